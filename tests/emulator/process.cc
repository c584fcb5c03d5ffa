#include "tests/emulator/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

extern char **environ;

namespace plx_emulator {

std::string find_program(const std::string &name) {
  auto resolved = [](const std::string &path) -> std::string {
    if (access(path.c_str(), X_OK) != 0) return "";
    char *real = realpath(path.c_str(), nullptr);
    std::string result = real == nullptr ? path : real;
    free(real);
    return result;
  };
  if (name.find('/') != std::string::npos) return resolved(name);
  const char *path = getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string found = resolved(folder + "/" + name);
    if (!found.empty()) return found;
  }
  return "";
}

int run_program(const std::vector<std::string> &command, std::string *output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 127;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
  std::vector<char *> arguments;
  for (const std::string &part : command) arguments.push_back(const_cast<char *>(part.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  int started = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  char part[4096];
  for (;;) {
    ssize_t got = started == 0 ? read(ends[0], part, sizeof part) : 0;
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    output->append(part, static_cast<size_t>(got));
  }
  close(ends[0]);
  if (started != 0) return 127;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace plx_emulator
