#include "tests/emulator/check.h"

#include <string.h>

#include <bit>
#include <utility>

#include "tests/emulator/report.h"
#include "tests/emulator/touch_faults.h"

namespace plx_emulator {
namespace {

#define PLX_EMU_HOT [[gnu::always_inline]] inline

constexpr uint64_t kWarpMask = (UINT64_C(1) << kWarpBits) - 1;

PLX_EMU_HOT uint64_t epoch(const Access &access) { return access.stamp >> kWarpBits; }

// ---- Races

// Whether what the running thread does now comes after `access`, or that lies before `first`: in an
// earlier launch, or an earlier block where memory is shared.
PLX_EMU_HOT bool ordered(const Access &access, uint64_t first) {
  uint64_t then = epoch(access);
  if (then < first) return true;
  if (then < now.block_first) return false;  // blocks are not ordered
  if (then < now.epoch || access.thread == now.thread) return true;
  return access.thread / kWarp == now.thread / kWarp &&
         (access.stamp & kWarpMask) < (now.stamp & kWarpMask);
}

PLX_EMU_HOT void note_read(Cell &cell, const Access &access, uint64_t first) {
  Access &read = cell.read, &other = cell.other_read;
  uint64_t then = epoch(read);
  // A read by an earlier block conflicts with all that comes: it stays.
  if (then < first || (then >= now.block_first && ordered(read, first))) {
    read = access;
  } else if (epoch(other) < now.epoch || other.thread / kWarp == read.thread / kWarp) {
    other = access;
  }
}

enum Found { kNothing, kAfterWrite, kAfterRead, kAfterOtherRead };

// Notes a touch, or gives the access that conflicts with it.
PLX_EMU_HOT Found visit(Cell &cell, Touch kind, uint64_t first, uint32_t pc) {
  uint16_t flags = kind == Touch::kAtomic ? kIsAtomic : 0;
  Access access = {now.stamp, pc, static_cast<uint16_t>(now.thread), flags};
  if (!ordered(cell.write, first) && !(flags & cell.write.flags & kIsAtomic)) return kAfterWrite;
  if (kind == Touch::kRead) {
    note_read(cell, access, first);
    return kNothing;
  }
  if (!ordered(cell.read, first)) return kAfterRead;
  if (!ordered(cell.other_read, first)) return kAfterOtherRead;
  cell.write = access;
  return kNothing;
}

PLX_EMU_COLD void fault_found(Touched touched, const Operand *operand, const Cell &cell,
                              Found found) {
  const Access &earlier = found == kAfterWrite  ? cell.write
                          : found == kAfterRead ? cell.read
                                                : cell.other_read;
  fault_race(touched, operand, earlier, found == kAfterWrite);
}

// ---- Global memory

// First and last of what is kept of the granules of a touch.
template <class T>
PLX_EMU_HOT std::pair<T *, T *> kept_of(T *first, const Operand &operand, uintptr_t address,
                                        unsigned bytes) {
  uintptr_t base = operand.view >> operand.shift;
  return {first + ((address >> operand.shift) - base),
          first + (((address + bytes - 1) >> operand.shift) - base)};
}

PLX_EMU_HOT bool unwritten(const Operand &operand, const Access &write, Touch kind) {
  return kind != Touch::kWrite && !(operand.access & PLX_READ) && epoch(write) < now.launch_first;
}

PLX_EMU_HOT void touch_cells(const Operand &operand, uintptr_t address, unsigned bytes, Touch kind,
                             uint32_t pc) {
  auto [cell, last] = kept_of(operand.cells, operand, address, bytes);
  for (; cell <= last; ++cell) {
    if (unwritten(operand, cell->write, kind)) [[unlikely]] {
      return fault_unwritten({address, bytes, kind, pc}, operand);
    }
    if (Found found = visit(*cell, kind, now.launch_first, pc)) [[unlikely]] {
      return fault_found({address, bytes, kind, pc}, &operand, *cell, found);
    }
  }
}

// Reads leave no trace here, so a write after another thread's read passes.
PLX_EMU_HOT void touch_writes(const Operand &operand, uintptr_t address, unsigned bytes, Touch kind,
                              uint32_t pc) {
  auto [write, last] = kept_of(operand.writes, operand, address, bytes);
  for (; write <= last; ++write) {
    if (unwritten(operand, *write, kind)) [[unlikely]] {
      return fault_unwritten({address, bytes, kind, pc}, operand);
    }
    uint16_t flags = kind == Touch::kAtomic ? kIsAtomic : 0;
    if (!ordered(*write, now.launch_first) && !(flags & write->flags)) [[unlikely]] {
      return fault_race({address, bytes, kind, pc}, &operand, *write, true);
    }
    if (kind == Touch::kRead) continue;
    *write = {now.stamp, pc, static_cast<uint16_t>(now.thread), flags};
  }
}

PLX_EMU_HOT void touch_global(const Operand &operand, uintptr_t address, unsigned bytes, Touch kind,
                              uint32_t pc) {
  if (address - operand.view + bytes > operand.bytes) [[unlikely]] {
    return fault_bounds({address, bytes, kind, pc});
  }
  if (kind != Touch::kRead && !(operand.access & PLX_WRITE)) [[unlikely]] {
    return fault_access({address, bytes, kind, pc}, operand);
  }
  if (now.report) [[unlikely]] {
    note_touch(false, address, bytes, pc);
  }
  if (operand.cells != nullptr) {
    touch_cells(operand, address, bytes, kind, pc);
  } else if (operand.writes != nullptr) {
    touch_writes(operand, address, bytes, kind, pc);
  }
}

// ---- Shared memory

PLX_EMU_HOT bool in_shared(uintptr_t address) {
  return address - now.static_begin < now.static_bytes || address - now.dynamic_begin < kMostShared;
}

// Bytes from the begin of the cells: dynamic memory follows static.
PLX_EMU_HOT uint64_t cell_offset(uintptr_t address) {
  uint64_t offset = address - now.static_begin;
  if (offset < now.static_bytes) return offset;
  return ((now.static_bytes + 15) & ~UINT64_C(15)) + (address - now.dynamic_begin);
}

// A touch smaller than all before: its granule holds for all from now on. What is known of the
// larger granules is true of their parts.
PLX_EMU_COLD void refine(uint32_t shift) {
  uint32_t ratio = now.shared_shift - shift;
  size_t count = (now.cell_bytes >> shift) + 1;
  if (now.shared_cells.size() < count) now.shared_cells.resize(count);
  for (size_t i = count; i-- > 0;) now.shared_cells[i] = now.shared_cells[i >> ratio];
  now.shared_shift = shift;
}

// The cells of a touch, first and last.
PLX_EMU_HOT std::pair<Cell *, Cell *> cells_of(uintptr_t address, unsigned bytes) {
  if (bytes < (1u << now.shared_shift)) [[unlikely]] {
    refine(static_cast<uint32_t>(std::countr_zero(bytes)));
  }
  uint64_t offset = cell_offset(address);
  Cell *cells = now.shared_cells.data();
  return {cells + (offset >> now.shared_shift), cells + ((offset + bytes - 1) >> now.shared_shift)};
}

PLX_EMU_HOT bool within_shared(uintptr_t address, unsigned bytes) {
  uint64_t offset = address - now.static_begin;
  if (offset >= now.static_bytes) {
    return address - now.dynamic_begin + bytes <= static_cast<uint64_t>(now.launch->shared_bytes);
  }
  const uint8_t *owner = now.static_owners + offset;
  return *owner != 0 && offset + bytes <= now.static_bytes && owner[bytes - 1] == *owner;
}

PLX_EMU_HOT void touch_shared(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  if (!within_shared(address, bytes)) [[unlikely]] {
    return fault_shared_bounds({address, bytes, kind, pc});
  }
  if (now.report) [[unlikely]] {
    note_touch(true, address, bytes, pc);
  }
  if (!now.shared_checked) return;
  ++now.shared_touches;
  auto [cell, last] = cells_of(address, bytes);
  for (; cell <= last; ++cell) {
    bool written = epoch(cell->write) >= now.block_first;
    if (written && (cell->write.flags & kIsPending)) [[unlikely]] {
      return fault_pending({address, bytes, kind, pc}, cell->write);
    }
    if (!written && kind != Touch::kWrite) [[unlikely]] {
      return fault_uninitialised({address, bytes, kind, pc});
    }
    if (Found found = visit(*cell, kind, now.block_first, pc)) [[unlikely]] {
      return fault_found({address, bytes, kind, pc}, nullptr, *cell, found);
    }
  }
}

// ---- Any memory

// Neither in the operand touched last nor shared.
[[gnu::noinline]] void touch_elsewhere(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  if (address - now.stack < now.stack_bytes) return;
  for (const Operand &operand : now.operands) {
    if (address - operand.view < operand.bytes) {
      now.operand = &operand;
      return touch_global(operand, address, bytes, kind, pc);
    }
  }
  if (kind == Touch::kRead && now.code->holds(address)) return;  // constants
  if (now.fault_cell != 0 && address - now.fault_cell < sizeof(plx_fault_cell)) return;
  fault_bounds({address, bytes, kind, pc});
}

PLX_EMU_HOT void touch_here(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  if (address & (bytes - 1)) [[unlikely]] {
    return fault_misaligned({address, bytes, kind, pc});
  }
  const Operand &last = *now.operand;
  if (address - last.view < last.bytes) {
    touch_global(last, address, bytes, kind, pc);
  } else if (in_shared(address)) {
    touch_shared(address, bytes, kind, pc);
  } else {
    touch_elsewhere(address, bytes, kind, pc);
  }
}

[[gnu::noinline]] void touch_any(uintptr_t address, unsigned bytes, Touch kind, const void *pc) {
  touch_here(address, bytes, kind, now.code->offset(pc));
}

// Whether a touch is one of those that leave no trace, and in bounds: of shared memory in a block
// where races are not looked for, reads of an operand that nothing writes. They are most of a large
// launch, so this needs no stack frame.
PLX_EMU_HOT bool leaves_no_trace(uintptr_t address, unsigned bytes, Touch kind) {
  if (address & (bytes - 1)) return false;
  uint64_t offset = address - now.static_begin;
  if (offset < now.static_bytes) {
    const uint8_t *owner = now.static_owners + offset;
    return now.shared_unseen && *owner != 0 && owner[bytes - 1] == *owner;
  }
  const Operand &last = *now.operand;
  return kind == Touch::kRead && last.reads_unseen && address - last.view < last.bytes &&
         address - last.view + bytes <= last.bytes;
}

PLX_EMU_HOT void touch_at(void *address, unsigned bytes, Touch kind, const void *pc) {
  uintptr_t at = reinterpret_cast<uintptr_t>(address);
  if (!leaves_no_trace(at, bytes, kind)) touch_any(at, bytes, kind, pc);
}

}  // namespace

bool is_shared(uintptr_t address) { return in_shared(address); }

void touch(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  touch_here(address, bytes, kind, pc);
}

void touch_range(uintptr_t address, uint64_t bytes, Touch kind, uint32_t pc) {
  while (bytes > 0) {
    unsigned piece = 16;
    while (piece > bytes || address % piece != 0) piece /= 2;
    touch(address, piece, kind, pc);
    address += piece;
    bytes -= piece;
  }
}

void begin_async(uintptr_t address, unsigned bytes, uint32_t pc) {
  touch(address, bytes, Touch::kWrite, pc);
  if (!now.shared_checked) return;
  auto [cell, last] = cells_of(address, bytes);
  for (; cell <= last; ++cell) cell->write.flags = kIsPending;
}

void end_async(uintptr_t address, unsigned bytes, uint32_t pc) {
  if (!now.shared_checked) return;
  auto [cell, last] = cells_of(address, bytes);
  for (; cell <= last; ++cell) {
    cell->write = {now.stamp, pc, static_cast<uint16_t>(now.thread), 0};
  }
}

void prepare_shared_cells(uint64_t bytes) {
  now.shared_shift = 4;
  now.cell_bytes = bytes;
  size_t count = (bytes >> now.shared_shift) + 1;
  if (now.shared_cells.size() < count) now.shared_cells.resize(count);
}

}  // namespace plx_emulator

// ---- What clang's instrumentation calls

#define PLX_EMU_EXPORT extern "C" __attribute__((visibility("default")))
#define PLX_EMU_TSAN(name, bytes, kind)                               \
  PLX_EMU_EXPORT void __tsan_##name##bytes(void *address) {           \
    plx_emulator::touch_at(address, bytes, plx_emulator::Touch::kind, \
                           __builtin_return_address(0));              \
  }
#define PLX_EMU_TSAN_SIZES(name, kind) \
  PLX_EMU_TSAN(name, 1, kind)          \
  PLX_EMU_TSAN(name, 2, kind)          \
  PLX_EMU_TSAN(name, 4, kind)          \
  PLX_EMU_TSAN(name, 8, kind)          \
  PLX_EMU_TSAN(name, 16, kind)
PLX_EMU_TSAN_SIZES(read, kRead)
PLX_EMU_TSAN_SIZES(write, kWrite)
PLX_EMU_TSAN_SIZES(unaligned_read, kRead)
PLX_EMU_TSAN_SIZES(unaligned_write, kWrite)

PLX_EMU_EXPORT void __tsan_init() {}

PLX_EMU_EXPORT void *__tsan_memset(void *to, int value, size_t bytes) {
  uint32_t pc = plx_emulator::now.code->offset(__builtin_return_address(0));
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(to), bytes, plx_emulator::Touch::kWrite,
                            pc);
  return memset(to, value, bytes);
}

PLX_EMU_EXPORT void *__tsan_memmove(void *to, const void *from, size_t bytes) {
  uint32_t pc = plx_emulator::now.code->offset(__builtin_return_address(0));
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(from), bytes, plx_emulator::Touch::kRead,
                            pc);
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(to), bytes, plx_emulator::Touch::kWrite,
                            pc);
  return memmove(to, from, bytes);
}

PLX_EMU_EXPORT void *__tsan_memcpy(void *to, const void *from, size_t bytes) {
  uint32_t pc = plx_emulator::now.code->offset(__builtin_return_address(0));
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(from), bytes, plx_emulator::Touch::kRead,
                            pc);
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(to), bytes, plx_emulator::Touch::kWrite,
                            pc);
  return memmove(to, from, bytes);
}

PLX_EMU_EXPORT void plx_emu_touch_atomic(const void *address, int bytes, const void *pc) {
  plx_emulator::touch(reinterpret_cast<uintptr_t>(address), static_cast<unsigned>(bytes),
                      plx_emulator::Touch::kAtomic, plx_emulator::now.code->offset(pc));
}
