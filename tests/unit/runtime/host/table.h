// Calls of the library's functions by name, as the runtime's table gives them.
#ifndef PLEXUS_TESTS_RUNTIME_HOST_TABLE_H
#define PLEXUS_TESTS_RUNTIME_HOST_TABLE_H

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plexus_rt.h"

namespace plx_test {

// A tensor of strings with its dims.
class Strings {
 public:
  Strings(std::vector<int64_t> dims, std::vector<std::string> texts)
      : dims_(std::move(dims)), texts_(std::move(texts)) {
    for (const std::string &text : texts_)
      strings_.push_back({text.data(), static_cast<int64_t>(text.size())});
    tensor = {strings_.data(), dims_.data(), static_cast<int32_t>(dims_.size()), PLX_STRING};
  }
  explicit Strings(std::vector<std::string> texts)
      : Strings({static_cast<int64_t>(texts.size())}, texts) {}
  Strings(const Strings &) = delete;
  plx_tensor tensor;

 private:
  std::vector<int64_t> dims_;
  std::vector<std::string> texts_;
  std::vector<plx_string> strings_;
};

// The results of a call, or its message.
class Called {
 public:
  Called(const char *function, const char *attributes, std::vector<plx_tensor> args,
         int32_t num_results = 1)
      : results_(static_cast<size_t>(num_results)) {
    plx_error error;
    failed_ =
        plx_call_host_function(function, attributes, args.data(), static_cast<int32_t>(args.size()),
                               results_.data(), num_results, &error) != PLX_OK;
    if (failed_) message_ = error.message;
  }
  ~Called() {
    for (plx_object *result : results_) plx_object_release(result);
  }
  Called(const Called &) = delete;

  const std::string &message() const { return message_; }
  plx_tensor tensor(size_t index = 0) const {
    EXPECT_FALSE(failed_) << message_;
    return failed_ ? plx_tensor{} : plx_object_tensor(results_[index]);
  }
  std::vector<int64_t> dims(size_t index = 0) const {
    plx_tensor view = tensor(index);
    return {view.dims, view.dims + view.rank};
  }
  std::vector<std::string> strings(size_t index = 0) const {
    std::vector<std::string> out;
    for (const plx_string &text : numbers<plx_string>(index))
      out.emplace_back(text.bytes > 0 ? text.data : "", static_cast<size_t>(text.bytes));
    return out;
  }
  template <typename T>
  std::vector<T> numbers(size_t index = 0) const {
    plx_tensor view = tensor(index);
    auto *data = static_cast<const T *>(view.data);
    return data == nullptr ? std::vector<T>()
                           : std::vector<T>(data, data + plx_num_elements(view.rank, view.dims));
  }

 private:
  std::vector<plx_object *> results_;
  bool failed_ = false;
  std::string message_;
};

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_HOST_TABLE_H
