#include "tests/emulator/fiber.h"

#include <sys/mman.h>

namespace plx_emulator {
namespace {

constexpr uintptr_t kBytes = 256 << 10;  // a page is only there once it is touched
constexpr uintptr_t kGuard = 4096;

}  // namespace

Stack *make_stack(uint32_t color) {
  void *low = mmap(nullptr, kBytes + kGuard, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (low == MAP_FAILED) return nullptr;
  mprotect(low, kGuard, PROT_NONE);
  return new Stack{reinterpret_cast<uintptr_t>(low) + kGuard, kBytes, nullptr, color};
}

void prepare_stack(Stack *stack, void (*entry)()) {
  // Tops at one offset in their pages would share a few sets of the cache: each has its own.
  uintptr_t top = stack->low + stack->bytes - stack->color * 320 % 4096 / 64 * 64;
  auto *slot = reinterpret_cast<uintptr_t *>(top);
  *--slot = 0;  // where `entry` would return to; above it rsp is 8 mod 16, as after a call
  *--slot = reinterpret_cast<uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--slot = 0;  // rbp rbx r12 r13 r14 r15
  stack->resume = slot;
}

}  // namespace plx_emulator

asm(R"(
.text
.globl plx_emu_switch
.hidden plx_emu_switch
.type plx_emu_switch, @function
plx_emu_switch:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
.size plx_emu_switch, . - plx_emu_switch
)");
