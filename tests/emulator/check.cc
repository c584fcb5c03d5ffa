#include "tests/emulator/check.h"

#include <string.h>

#include <algorithm>
#include <bit>

#include "tests/emulator/error.h"
#include "tests/emulator/report.h"

namespace plx_emulator {
namespace {

constexpr uint64_t kWarpMask = (UINT64_C(1) << kWarpBits) - 1;
constexpr uintptr_t kNear = UINT64_C(16) << 30;  // the gap between views (heap.cc)

uint64_t epoch(const Access &access) { return access.stamp >> kWarpBits; }

const char *verb(Touch kind) {
  return kind == Touch::kRead ? "reads" : kind == Touch::kWrite ? "writes" : "changes atomically";
}

// ---- Where an address lies, in words

std::string element_of(const Operand &operand, uintptr_t address) {
  int64_t offset = static_cast<int64_t>(address - operand.view);
  int64_t bytes = std::max(operand.element_bytes, 1);
  int64_t element = offset >= 0 ? offset / bytes : -((-offset + bytes - 1) / bytes);
  std::string result =
      text("operand %d, element %lld", operand.index, static_cast<long long>(element));
  if (offset != element * bytes) {
    result += text(" + %lld bytes", static_cast<long long>(offset - element * bytes));
  }
  return result + text(" (it has %lld elements of %lld bytes)",
                       static_cast<long long>(operand.bytes / static_cast<uint64_t>(bytes)),
                       static_cast<long long>(bytes));
}

std::string shared_place(uintptr_t address) {
  uint64_t offset = address - now.static_begin;
  if (offset >= now.static_bytes) {
    return text("dynamic shared memory + %llu bytes",
                static_cast<unsigned long long>(address - now.dynamic_begin));
  }
  const Variable *nearest = nullptr;  // the last that begins before
  for (const Variable &variable : now.code->variables()) {
    if (variable.offset <= offset && (!nearest || variable.offset > nearest->offset)) {
      nearest = &variable;
    }
  }
  if (nearest == nullptr) return "shared memory before the first array";
  return text("shared array '%s' (%llu bytes) + %llu bytes", nearest->name.c_str(),
              static_cast<unsigned long long>(nearest->bytes),
              static_cast<unsigned long long>(offset - nearest->offset));
}

[[gnu::noinline, gnu::cold]] void fault_here(const char *kind, uint32_t pc, Touch touched,
                                             unsigned bytes, const std::string &place,
                                             const std::string &rest) {
  fault(kind, at(pc),
        text("%s %s %u byte%s of %s%s", who(now.block, now.thread).c_str(), verb(touched), bytes,
             bytes == 1 ? "" : "s", place.c_str(), rest.c_str()));
}

[[gnu::noinline, gnu::cold]] void fault_race(bool shared, uint32_t pc, Touch touched,
                                             unsigned bytes, const std::string &place,
                                             const Access &earlier, bool earlier_wrote) {
  const char *kind = shared                             ? "race in shared memory"
                     : epoch(earlier) < now.block_first ? "race between blocks in global memory"
                                                        : "race in global memory";
  fault_here(kind, pc, touched, bytes, place,
             text(", which %s %s at %s%s", who(block_of(epoch(earlier)), earlier.thread).c_str(),
                  earlier_wrote ? "wrote" : "read", at(earlier.pc).c_str(),
                  epoch(earlier) < now.block_first ? "" : ", with no barrier between"));
}

// ---- Races

// Whether what the running thread does now comes after `access`, or that lies before `first`: in an
// earlier launch, or an earlier block where memory is shared.
inline bool ordered(const Access &access, uint64_t first) {
  uint64_t then = epoch(access);
  if (then < first) return true;
  if (then < now.block_first) return false;  // blocks are not ordered
  if (then < now.epoch || access.thread == now.thread) return true;
  return access.thread / kWarp == now.thread / kWarp &&
         (access.stamp & kWarpMask) < (now.stamp & kWarpMask);
}

inline void note_read(Cell &cell, const Access &access, uint64_t first) {
  Access &read = cell.read, &other = cell.other_read;
  // A read by an earlier block conflicts with all that comes: it stays.
  bool replace = epoch(read) < first || (epoch(read) >= now.block_first && ordered(read, first));
  if (replace) {
    read = access;
  } else if (ordered(other, first) || epoch(other) < now.block_first ||
             other.thread / kWarp == read.thread / kWarp) {
    other = access;
  }
}

// The access that conflicts with this one, or nullptr; notes this one.
inline const Access *visit(Cell &cell, Touch kind, uint64_t first, uint32_t pc) {
  uint16_t flags = kind == Touch::kAtomic ? kIsAtomic : 0;
  Access access = {now.stamp, pc, static_cast<uint16_t>(now.thread), flags};
  if (!ordered(cell.write, first) && !(flags & cell.write.flags & kIsAtomic)) return &cell.write;
  if (kind == Touch::kRead) {
    note_read(cell, access, first);
    return nullptr;
  }
  if (!ordered(cell.read, first)) return &cell.read;
  if (!ordered(cell.other_read, first)) return &cell.other_read;
  cell.write = access;
  return nullptr;
}

// ---- Global memory

inline void touch_global(const Operand &operand, uintptr_t address, unsigned bytes, Touch kind,
                         uint32_t pc) {
  if (address - operand.view + bytes > operand.bytes) {
    fault_here("out of bounds", pc, kind, bytes, element_of(operand, address), "");
  }
  if (kind != Touch::kRead && !(operand.access & PLX_WRITE)) {
    fault_here("write to an operand that is only read", pc, kind, bytes,
               element_of(operand, address), "");
  }
  if (now.report) [[unlikely]] {
    note_touch(false, address, bytes, pc);
  }
  if (operand.cells == nullptr) return;
  uintptr_t base = operand.view >> operand.shift;
  Cell *cell = operand.cells + ((address >> operand.shift) - base);
  Cell *last = operand.cells + (((address + bytes - 1) >> operand.shift) - base);
  for (; cell <= last; ++cell) {
    if (kind != Touch::kWrite && !(operand.access & PLX_READ) &&
        epoch(cell->write) < now.launch_first) {
      fault_here("read of what was not written", pc, kind, bytes, element_of(operand, address),
                 ", which the kernel may only write, before any thread wrote it");
    }
    if (const Access *earlier = visit(*cell, kind, now.launch_first, pc)) {
      Access copy = *earlier;
      fault_race(false, pc, kind, bytes, element_of(operand, address), copy,
                 earlier == &cell->write);
    }
  }
}

[[gnu::noinline, gnu::cold]] void fault_bounds(uintptr_t address, unsigned bytes, Touch kind,
                                               uint32_t pc) {
  const Operand *nearest = nullptr;
  uintptr_t least = kNear;
  for (const Operand &operand : now.operands) {
    uintptr_t distance =
        address >= operand.view ? address - operand.view - operand.bytes : operand.view - address;
    if (address >= operand.view && address - operand.view < operand.bytes) distance = 0;
    if (distance < least) {
      least = distance;
      nearest = &operand;
    }
  }
  fault_here("out of bounds", pc, kind, bytes,
             nearest != nullptr ? element_of(*nearest, address)
                                : text("address 0x%llx, which lies in no operand",
                                       static_cast<unsigned long long>(address)),
             "");
}

// ---- Shared memory

// Bytes from the begin of the cells: dynamic memory follows static.
inline uint64_t cell_offset(uintptr_t address) {
  uint64_t offset = address - now.static_begin;
  if (offset < now.static_bytes) return offset;
  return ((now.static_bytes + 15) & ~UINT64_C(15)) + (address - now.dynamic_begin);
}

// A touch smaller than all before: its granule holds for all from now on. What is known of the
// larger granules is true of their parts.
[[gnu::noinline, gnu::cold]] void refine(uint32_t shift) {
  uint32_t ratio = now.shared_shift - shift;
  size_t count = (now.cell_bytes >> shift) + 1;
  if (now.shared_cells.size() < count) now.shared_cells.resize(count);
  for (size_t i = count; i-- > 0;) now.shared_cells[i] = now.shared_cells[i >> ratio];
  now.shared_shift = shift;
}

// The cells of a touch, first and last.
inline std::pair<Cell *, Cell *> cells_of(uintptr_t address, unsigned bytes) {
  if (bytes < (1u << now.shared_shift)) [[unlikely]] {
    refine(static_cast<uint32_t>(std::countr_zero(bytes)));
  }
  uint64_t offset = cell_offset(address);
  Cell *cells = now.shared_cells.data();
  return {cells + (offset >> now.shared_shift), cells + ((offset + bytes - 1) >> now.shared_shift)};
}

inline void check_shared_bounds(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  uint64_t offset = address - now.static_begin;
  if (offset < now.static_bytes) {
    const uint8_t *owner = now.static_owners + offset;
    if (*owner != 0 && offset + bytes <= now.static_bytes && owner[bytes - 1] == *owner) return;
    fault_here("out of bounds of a shared array", pc, kind, bytes, shared_place(address), "");
  } else if (address - now.dynamic_begin + bytes >
             static_cast<uint64_t>(now.launch->shared_bytes)) {
    fault_here("out of bounds", pc, kind, bytes, shared_place(address),
               text(", of which the launch has %d", now.launch->shared_bytes));
  }
}

inline void touch_shared(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  check_shared_bounds(address, bytes, kind, pc);
  if (now.report) [[unlikely]] {
    note_touch(true, address, bytes, pc);
  }
  if (!now.shared_checked) return;
  ++now.shared_touches;
  auto [cell, last] = cells_of(address, bytes);
  for (; cell <= last; ++cell) {
    bool written = epoch(cell->write) >= now.block_first;
    if (written && (cell->write.flags & kIsPending)) {
      fault_here("touch of an unfinished cp.async", pc, kind, bytes, shared_place(address),
                 text(", which %s copies to since %s and has not waited for",
                      who(now.block, cell->write.thread).c_str(), at(cell->write.pc).c_str()));
    }
    if (!written && kind != Touch::kWrite) {
      fault_here("read of uninitialised shared memory", pc, kind, bytes, shared_place(address),
                 ", which no thread of the block has written");
    }
    if (const Access *earlier = visit(*cell, kind, now.block_first, pc)) {
      Access copy = *earlier;
      fault_race(true, pc, kind, bytes, shared_place(address), copy, earlier == &cell->write);
    }
  }
}

}  // namespace

bool is_shared(uintptr_t address) {
  return address - now.static_begin < now.static_bytes || address - now.dynamic_begin < kMostShared;
}

void touch(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc) {
  if (address & (bytes - 1)) [[unlikely]] {
    fault_here(
        "misaligned access", pc, kind, bytes,
        text("address 0x%llx, no multiple of that", static_cast<unsigned long long>(address)), "");
  }
  if (const Operand *last = now.operand; last != nullptr && address - last->view < last->bytes) {
    return touch_global(*last, address, bytes, kind, pc);
  }
  if (is_shared(address)) return touch_shared(address, bytes, kind, pc);
  if (address - now.stack < now.stack_bytes) return;
  for (const Operand &operand : now.operands) {
    if (address - operand.view < operand.bytes) {
      now.operand = &operand;
      return touch_global(operand, address, bytes, kind, pc);
    }
  }
  if (kind == Touch::kRead && now.code->holds(address)) return;  // constants
  if (now.fault_cell != 0 && address - now.fault_cell < sizeof(plx_fault_cell)) return;
  fault_bounds(address, bytes, kind, pc);
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

namespace {

inline void touch_at(const void *address, unsigned bytes, Touch kind, const void *pc) {
  touch(reinterpret_cast<uintptr_t>(address), bytes, kind, now.code->offset(pc));
}

struct SourceLocation {
  const char *file;
  uint32_t line, column;
};
struct OutOfBounds {
  SourceLocation location;
  const void *array_type, *index_type;
};

}  // namespace
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
  plx_emulator::touch_range(reinterpret_cast<uintptr_t>(to), bytes, plx_emulator::Touch::kWrite,
                            plx_emulator::now.code->offset(__builtin_return_address(0)));
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
  plx_emulator::touch_at(address, static_cast<unsigned>(bytes), plx_emulator::Touch::kAtomic, pc);
}

// An index beyond the type of its array, also of one in registers.
PLX_EMU_EXPORT void __ubsan_handle_out_of_bounds(plx_emulator::OutOfBounds *data, uint64_t index) {
  using namespace plx_emulator;
  // A type descriptor: two 16-bit numbers, then the name in quotes.
  const char *type = static_cast<const char *>(data->array_type) + 4;
  fault("index beyond an array", text("%s:%u", data->location.file, data->location.line),
        text("%s uses index %lld of an array of type %s", who(now.block, now.thread).c_str(),
             static_cast<long long>(index), type));
}
