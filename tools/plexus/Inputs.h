// Inputs named on the command line: read from files, or made up.
#ifndef PLEXUS_TOOLS_PLEXUS_INPUTS_H
#define PLEXUS_TOOLS_PLEXUS_INPUTS_H

#include <string>
#include <string_view>
#include <vector>

#include "tools/plexus/Program.h"

namespace plx {

/// What a context's inputs borrow.
class Inputs {
 public:
  /// Sets every input of `context`: those of `items` ("NAME=FILE", NAME=random, zeros or ones), all
  /// others random. Throws Failure for a name, file, type or shape that does not fit.
  Inputs(const Program &program, plx_context *context, const std::vector<std::string> &items,
         const CommonOptions &common);
  /// The same values for another context of a program with the same inputs.
  void setAll(plx_context *context) const;

 private:
  void readFile(int32_t index, const std::string &file);
  void makeUp(int32_t index, plx_context *context, const std::string &how);
  void set(int32_t index, plx_context *context) const;

  const Program &program_;
  std::vector<int64_t> dims_;  // by symbol; -1: not given
  uint64_t seed_;
  std::vector<Array> arrays_;    // by input, null for an object
  std::vector<Object> objects_;  // by input, null for a tensor
};

/// A view of `array` to give to `input`: a list of one stands for a scalar, as some exporters write
/// a scalar's data.
plx_tensor asInput(const plx_value &input, const plx_array *array);

/// Reads a SequenceProto or OptionalProto, by `kind`. Throws Failure.
Object readObject(const std::string &path, int32_t kind);

/// Reads a tensor: .npy, TensorProto, .npz or .safetensors, by the file's first bytes. `name`:
/// which member of a file of several; one of a single member may have another name. Throws Failure.
Array readArray(const std::string &path, const std::string &name);

/// The tensor `name` of an open .npz or .safetensors.
Array readNpz(std::string_view bytes, const std::string &path, const std::string &name);
Array readSafetensors(std::string_view bytes, const std::string &path, const std::string &name);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_INPUTS_H
