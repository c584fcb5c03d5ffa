#include "tests/emulator/touch_faults.h"

#include <algorithm>

#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

constexpr uintptr_t kNear = UINT64_C(16) << 30;  // bytes; the gap between views (heap.cc)

const char *verb(Touch kind) {
  return kind == Touch::kRead ? "reads" : kind == Touch::kWrite ? "writes" : "changes atomically";
}

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

void fault_of(const char *kind, Touched touched, const std::string &place,
              const std::string &rest = "") {
  fault(kind, at(touched.pc),
        text("%s %s %u byte%s of %s%s", who(now.block, now.thread).c_str(), verb(touched.kind),
             touched.bytes, touched.bytes == 1 ? "" : "s", place.c_str(), rest.c_str()));
}

// The view that lies nearest to an address, nullptr when none is near.
const Operand *nearest_operand(uintptr_t address) {
  const Operand *nearest = nullptr;
  uintptr_t least = kNear;
  for (const Operand &operand : now.operands) {
    uintptr_t end = operand.view + operand.bytes;
    uintptr_t distance = address < operand.view ? operand.view - address
                         : address < end        ? 0
                                                : address - end;
    if (distance >= least) continue;
    least = distance;
    nearest = &operand;
  }
  return nearest;
}

}  // namespace

void fault_misaligned(Touched touched) {
  fault_of("misaligned access", touched,
           text("address 0x%llx, no multiple of that",
                static_cast<unsigned long long>(touched.address)));
}

void fault_bounds(Touched touched) {
  const Operand *nearest = nearest_operand(touched.address);
  fault_of("out of bounds", touched,
           nearest != nullptr ? element_of(*nearest, touched.address)
                              : text("address 0x%llx, which lies in no operand",
                                     static_cast<unsigned long long>(touched.address)));
}

void fault_access(Touched touched, const Operand &operand) {
  fault_of("write to an operand that is only read", touched, element_of(operand, touched.address));
}

void fault_unwritten(Touched touched, const Operand &operand) {
  fault_of("read of what was not written", touched, element_of(operand, touched.address),
           ", which the kernel may only write, before any thread wrote it");
}

void fault_shared_bounds(Touched touched) {
  bool is_static = touched.address - now.static_begin < now.static_bytes;
  fault_of(is_static ? "out of bounds of a shared array" : "out of bounds", touched,
           shared_place(touched.address),
           is_static ? "" : text(", of which the launch has %d", now.launch->shared_bytes));
}

void fault_uninitialised(Touched touched) {
  fault_of("read of uninitialised shared memory", touched, shared_place(touched.address),
           ", which no thread of the block has written");
}

void fault_pending(Touched touched, Access copy) {
  fault_of("touch of an unfinished cp.async", touched, shared_place(touched.address),
           text(", which %s copies to since %s and has not waited for",
                who(now.block, copy.thread).c_str(), at(copy.pc).c_str()));
}

void fault_race(Touched touched, const Operand *operand, Access earlier, bool earlier_wrote) {
  uint64_t epoch = earlier.stamp >> kWarpBits;
  bool other_block = epoch < now.block_first;
  const char *kind = operand == nullptr ? "race in shared memory"
                     : other_block      ? "race between blocks in global memory"
                                        : "race in global memory";
  fault_of(
      kind, touched,
      operand == nullptr ? shared_place(touched.address) : element_of(*operand, touched.address),
      text(", which %s %s at %s%s", who(block_of(epoch), earlier.thread).c_str(),
           earlier_wrote ? "wrote" : "read", at(earlier.pc).c_str(),
           other_block ? "" : ", with no barrier between"));
}

}  // namespace plx_emulator

// ---- What clang's undefined-behaviour checks come to (emulated.cuh). Not all of it is undefined
// on a device, but it is another value there than here.

namespace {

struct Location {
  const char *file;
  uint32_t line, column;
};
// A type's name stands in quotes behind two 16-bit numbers.
struct OutOfBounds {
  Location location;
  const char *array_type, *index_type;
};
struct Overflow {
  Location location;
  const char *type;
};
struct ShiftOutOfBounds {
  Location location;
  const char *left_type, *right_type;
};

std::string place_of(const Location &location) {
  return plx_emulator::now.code->quoted(plx_emulator::text("%s:%u", location.file, location.line));
}

}  // namespace

#define PLX_EMU_EXPORT extern "C" __attribute__((visibility("default")))

// An index beyond the type of its array, also of one in registers.
PLX_EMU_EXPORT void plx_emu_index_beyond(OutOfBounds *data, uint64_t index) {
  using namespace plx_emulator;
  fault("index beyond an array", place_of(data->location),
        text("%s uses index %lld of an array of type %s", who(now.block, now.thread).c_str(),
             static_cast<long long>(index), data->array_type + 4));
}

PLX_EMU_EXPORT void plx_emu_division_by_zero(Overflow *data) {
  using namespace plx_emulator;
  fault("division by zero", place_of(data->location),
        text("%s divides a number of type %s by 0", who(now.block, now.thread).c_str(),
             data->type + 4));
}

PLX_EMU_EXPORT void plx_emu_shift_beyond(ShiftOutOfBounds *data, uint64_t by) {
  using namespace plx_emulator;
  fault("shift by too much", place_of(data->location),
        text("%s shifts a number of type %s by %lld", who(now.block, now.thread).c_str(),
             data->left_type + 4, static_cast<long long>(by)));
}
