// A folder that goes with its test.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FOLDER_H
#define PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FOLDER_H

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace plx::train {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/plexus-train-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string in(const std::string &name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace plx::train

#endif  // PLEXUS_TESTS_UNIT_RUNTIME_TRAIN_FOLDER_H
