// Compiles programs of launches, with kernels written by hand (kernels.h), and runs them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"
#include "compiler/package/Session.h"

namespace plx {

/// `program`: @main in plx with launches of the kernels add, twice, append, below, sum, find,
/// broken, which are declared for it. `parameters`: f32 weights by name.
absl::StatusOr<CompiledProgram> compileHost(
    const std::string &program, const std::map<std::string, std::vector<float>> &parameters = {});

/// A dense f32 or i64 tensor.
struct Array {
  std::vector<int64_t> dims;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  bool operator==(const Array &) const = default;
};
Array floats(std::vector<int64_t> dims, std::vector<float> values);
Array ints(std::vector<int64_t> dims, std::vector<int64_t> values);
void PrintTo(const Array &array, std::ostream *stream);

/// Runs a compiled program as often as wished.
class Runner {
 public:
  explicit Runner(const CompiledProgram &program);
  ~Runner();
  /// The message of the failure instead of outputs.
  absl::StatusOr<std::vector<Array>> run(const std::vector<Array> &inputs);
  plx_context *context() const { return context_; }

 private:
  std::unique_ptr<Session> session_;
  plx_context *context_ = nullptr;
};

}  // namespace plx
