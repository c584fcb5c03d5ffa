#include "tools/plexus/ConfigFile.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tools/plexus/Failure.h"

namespace plx {
namespace {

/// The value of "--config FILE" or "--config=FILE"; "" where there is none.
std::string fileOf(const std::vector<std::string> &arguments) {
  const std::string name = "--config";
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == name && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].starts_with(name + "=")) return arguments[i].substr(name.size() + 1);
  }
  return "";
}

bool isGiven(const CLI::Option &option, const std::vector<std::string> &arguments) {
  auto names = [&](const std::string &argument) {
    return std::any_of(option.get_lnames().begin(), option.get_lnames().end(),
                       [&](const std::string &name) {
                         return argument == "--" + name || argument.starts_with("--" + name + "=");
                       }) ||
           std::any_of(option.get_snames().begin(), option.get_snames().end(),
                       [&](const std::string &name) { return argument == "-" + name; });
  };
  return std::any_of(arguments.begin(), arguments.end(), names);
}

}  // namespace

std::vector<std::string> withConfig(const CLI::App &command, std::vector<std::string> arguments) {
  std::string path = fileOf(arguments);
  if (path.empty() || arguments.empty() || arguments[0] != command.get_name()) return arguments;
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) throw Failure("--config: '" + path + "' cannot be read");
  std::istringstream stream(text.str());
  std::vector<std::string> further;
  for (const CLI::ConfigItem &item : CLI::ConfigTOML().from_config(stream)) {
    const CLI::Option *option = command.get_option_no_throw("--" + item.name);
    if (!option || !item.parents.empty() || item.name == "config")
      throw Failure("--config: '" + path + "': '" + item.fullname() + "' is no option of " +
                        command.get_name() + ", which --help lists",
                    kWrongUsage);
    if (isGiven(*option, arguments)) continue;
    for (const std::string &value : item.inputs) {
      bool isFlag = option->get_expected_max() == 0;
      if (!isFlag)
        further.push_back("--" + item.name + "=" + value);
      else if (value == "true")
        further.push_back("--" + item.name);
    }
  }
  arguments.insert(arguments.end(), further.begin(), further.end());
  return arguments;
}

}  // namespace plx
