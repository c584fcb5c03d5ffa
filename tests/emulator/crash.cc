#include "tests/emulator/crash.h"

#include <pthread.h>
#include <ucontext.h>

#include "tests/emulator/block.h"
#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

constexpr int kSignals[] = {SIGFPE, SIGSEGV, SIGBUS};

pthread_t launching;  // the thread whose crashes are a kernel's
alignas(16) char signal_stack[64 << 10];

// Runs on a stack of its own, since the thread's may be used up; does not come back, which is fine
// where the crash was in a kernel's code: it holds no lock, and its thread is given up.
void on_crash(int number, siginfo_t *info, void *context) {
  uintptr_t pc =
      static_cast<uintptr_t>(static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_RIP]);
  if (!pthread_equal(pthread_self(), launching) || !now.code->holds(pc)) {
    signal(number, SIG_DFL);  // not a kernel's: it happens again, and ends the process
    return;
  }
  uintptr_t address = reinterpret_cast<uintptr_t>(info->si_addr);
  bool overflow = number == SIGSEGV && now.stack - address <= 4096;
  const char *what = number == SIGFPE ? "an integer division that overflows or is by zero"
                     : overflow       ? "more than 256 KiB of local memory"
                                      : "an access to memory that is not there";
  // One more, as a return address would lie behind the instruction.
  uint32_t place = now.code->offset(reinterpret_cast<void *>(pc + 1));
  fault("crash", at(place), who(now.block, now.thread) + " ends by " + what);
}

}  // namespace

CrashGuard::CrashGuard() {
  launching = pthread_self();
  stack_t stack = {};
  stack.ss_sp = signal_stack;
  stack.ss_size = sizeof signal_stack;
  sigaltstack(&stack, &old_stack_);
  struct sigaction action = {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &action, &old_[i]);
}

CrashGuard::~CrashGuard() {
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &old_[i], nullptr);
  sigaltstack(&old_stack_, nullptr);
}

}  // namespace plx_emulator
