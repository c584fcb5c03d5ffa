// A compiled object in the process: its kernels, its shared arrays, and the lines of its addresses.
#ifndef PLEXUS_TESTS_EMULATOR_CODE_H
#define PLEXUS_TESTS_EMULATOR_CODE_H

#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/include/plexus_rt.h"

namespace plx_emulator {

// As plx_emu_argument and plx_emu_kernel in emulated.cuh.
struct Argument {
  int32_t bytes;
  int32_t is_pointer;
};
struct Kernel {
  void (*call)(void *const *arguments);
  const Argument *arguments;
  int32_t num_arguments;
};

// A __shared__ array.
struct Variable {
  std::string name;  // "softmax::tile"
  uint64_t offset, bytes;
};

class Code {
 public:
  // The object at `path`, compiled from `source`.
  static plx_status open(const std::string &path, const std::string &source,
                         std::unique_ptr<Code> *out_code, plx_error *out_error);
  ~Code();
  Code(const Code &) = delete;
  Code &operator=(const Code &) = delete;

  const Kernel *find(const std::string &name) const;  // nullptr: not there

  // Static shared memory: one stretch, with gaps between the arrays.
  uintptr_t shared_begin() const { return shared_begin_; }
  uint64_t shared_bytes() const { return shared_bytes_; }
  // [shared_bytes]: 0 in a gap; bytes of one array have one number, those of its neighbours others.
  // As many 0 follow as the largest touch has bytes.
  const uint8_t *shared_owners() const { return owners_.data(); }
  const std::vector<Variable> &variables() const { return variables_; }

  // Whether an address lies in the object, where constants are.
  bool holds(uintptr_t address) const { return address - base_ < bytes_; }
  uint32_t offset(const void *pc) const {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pc) - base_);
  }
  // "kernel.cu:31 `y[i] = x[i];`", "kernel.cu:12 `...` (called at kernel.cu:31)" of return
  // addresses in the object.
  std::vector<std::string> lines(const std::vector<uint32_t> &offsets) const;
  // "kernel.cu:31" with what stands there; as it is where the text numbers its lines itself.
  std::string quoted(const std::string &place) const;
  std::string line(int number) const;

 private:
  Code() = default;
  bool read_symbols();

  std::string path_, source_;
  void *handle_ = nullptr;
  uintptr_t base_ = 0;
  uint64_t bytes_ = 0;
  uintptr_t shared_begin_ = 0;
  uint64_t shared_bytes_ = 0;
  std::vector<uint8_t> owners_;
  std::vector<Variable> variables_;
};

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_CODE_H
