// The fault of a launch, kept until its lines are looked up.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/emulator/block.h"
#include "tests/emulator/error.h"
#include "tests/emulator/state.h"

namespace plx_emulator {
namespace {

std::string message;        // "" none
std::vector<uint32_t> pcs;  // lines wanted: "\1" and an index stand for them

}  // namespace

std::string at(uint32_t pc) {
  pcs.push_back(pc);
  return text("\1%zu\1", pcs.size() - 1);
}

std::string who(uint32_t block, uint32_t thread) {
  return text("block %u, thread %u", block, thread);
}

bool faulted() { return !message.empty(); }

void fault(const char *kind, const std::string &where, const std::string &detail) {
  if (message.empty()) {
    message = text("cuda-emulated: %s in kernel '%s' at %s: %s", kind, now.launch->name,
                   where.c_str(), detail.c_str());
  }
  leave_thread();
}

std::string take_fault() {
  std::vector<std::string> lines;
  if (!pcs.empty()) lines = now.code->lines(pcs);
  std::string result;
  for (size_t i = 0; i < message.size();) {
    if (message[i] != '\1') {
      result += message[i++];
      continue;
    }
    size_t end = message.find('\1', i + 1);
    result += lines[std::stoul(message.substr(i + 1, end - i - 1))];
    i = end + 1;
  }
  message.clear();
  pcs.clear();
  return result;
}

}  // namespace plx_emulator
