// What would end the process, as a fault of the kernel: a division that overflows, an access by
// code that is not checked, a stack that is too small. For the length of a launch.
#ifndef PLEXUS_TESTS_EMULATOR_CRASH_H
#define PLEXUS_TESTS_EMULATOR_CRASH_H

#include <signal.h>

namespace plx_emulator {

class CrashGuard {
 public:
  CrashGuard();
  ~CrashGuard();
  CrashGuard(const CrashGuard &) = delete;
  CrashGuard &operator=(const CrashGuard &) = delete;

 private:
  struct sigaction old_[3];
  stack_t old_stack_;
};

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_CRASH_H
