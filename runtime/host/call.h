// A call of a host function of this library: arguments checked as they are asked for, results. Here
// exceptions are in use; they end at the boundary (guarded).
#ifndef PLEXUS_RUNTIME_HOST_CALL_H
#define PLEXUS_RUNTIME_HOST_CALL_H

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "plexus_rt.h"

namespace plx::host {

// Why a function fails; the message goes to the runtime.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Dims = std::vector<int64_t>;

class Call {
 public:
  Call(plx_host_frame *frame, const plx_tensor *args, int32_t num_args, plx_tensor *results,
       int32_t num_results)
      : frame_(frame),
        args_(args, static_cast<size_t>(num_args)),
        results_(results, static_cast<size_t>(num_results)) {}

  // ---- arguments; Failure where there is none of that number and type
  size_t num_args() const { return args_.size(); }
  const plx_tensor &arg(size_t index) const;
  Dims dims(size_t index) const;
  int64_t count(size_t index) const;
  std::span<const plx_string> strings(size_t index) const;
  template <typename T>
  std::span<const T> numbers(size_t index, int32_t element_type) const {
    return {static_cast<const T *>(typed(index, element_type).data),
            static_cast<size_t>(count(index))};
  }

  // ---- attributes; empty lists and fallbacks where there is none
  int64_t int_of(const char *name, int64_t fallback) const;
  std::vector<int64_t> ints(const char *name) const;
  std::vector<double> floats(const char *name) const;
  std::vector<std::string> strings_of(const char *name) const;
  std::string string_of(const char *name, const std::string &fallback) const;

  // ---- results
  template <typename T>
  std::span<T> result(size_t index, int32_t element_type, const Dims &dims) {
    void *data = place(index, element_type, dims);
    return {static_cast<T *>(data),
            static_cast<size_t>(plx_num_elements(static_cast<int32_t>(dims.size()), dims.data()))};
  }
  // Bytes that live as long as the result needs them.
  plx_string keep(std::string_view text);

 private:
  const plx_tensor &typed(size_t index, int32_t element_type) const;
  void *place(size_t index, int32_t element_type, const Dims &dims);

  plx_host_frame *frame_;
  std::span<const plx_tensor> args_;
  std::span<plx_tensor> results_;
};

inline std::string_view view(const plx_string &text) {
  return {text.bytes > 0 ? text.data : "", static_cast<size_t>(text.bytes)};
}

// numpy's broadcasting of two arguments: the result's dims, and where each result element reads.
struct Broadcast {
  Broadcast(const Dims &a, const Dims &b);
  Dims dims;
  std::vector<int64_t> from_a, from_b;  // by element of the result
};

// A function of the table: calls F and says what it threw.
template <void (*F)(Call &)>
int32_t guarded(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
                plx_tensor *results, int32_t num_results) {
  try {
    Call call(frame, args, num_args, results, num_results);
    F(call);
    return 0;
  } catch (const std::exception &failure) {
    // An empty message: plx_host_result has said what is wrong.
    if (failure.what()[0] != 0) plx_host_error(frame, failure.what());
    return 1;
  }
}

}  // namespace plx::host
#endif  // PLEXUS_RUNTIME_HOST_CALL_H
