#include "runtime/host/call.h"

#include <algorithm>
#include <cstring>

namespace plx::host {

const plx_tensor &Call::arg(size_t index) const {
  if (index >= args_.size() || args_[index].element_type == PLX_OBJECT)
    throw Failure("argument " + std::to_string(index) + " must be a tensor");
  return args_[index];
}

const plx_tensor &Call::typed(size_t index, int32_t element_type) const {
  const plx_tensor &tensor = arg(index);
  if (tensor.element_type != element_type)
    throw Failure("argument " + std::to_string(index) + " is a tensor of " +
                  plx_element_name(tensor.element_type) + "; expected " +
                  plx_element_name(element_type));
  return tensor;
}

Dims Call::dims(size_t index) const {
  const plx_tensor &tensor = arg(index);
  return Dims(tensor.dims, tensor.dims + tensor.rank);
}

int64_t Call::count(size_t index) const {
  const plx_tensor &tensor = arg(index);
  return plx_num_elements(tensor.rank, tensor.dims);
}

std::span<const plx_string> Call::strings(size_t index) const {
  return numbers<plx_string>(index, PLX_STRING);
}

std::vector<int64_t> Call::ints(const char *name) const {
  std::vector<int64_t> out(
      static_cast<size_t>(std::max<int64_t>(0, plx_host_ints(frame_, name, nullptr, 0))));
  plx_host_ints(frame_, name, out.data(), static_cast<int64_t>(out.size()));
  return out;
}

int64_t Call::int_of(const char *name, int64_t fallback) const {
  std::vector<int64_t> values = ints(name);
  return values.empty() ? fallback : values[0];
}

std::vector<double> Call::floats(const char *name) const {
  std::vector<double> out(
      static_cast<size_t>(std::max<int64_t>(0, plx_host_floats(frame_, name, nullptr, 0))));
  plx_host_floats(frame_, name, out.data(), static_cast<int64_t>(out.size()));
  return out;
}

std::vector<std::string> Call::strings_of(const char *name) const {
  std::vector<plx_string> raw(
      static_cast<size_t>(std::max<int64_t>(0, plx_host_strings(frame_, name, nullptr, 0))));
  plx_host_strings(frame_, name, raw.data(), static_cast<int64_t>(raw.size()));
  std::vector<std::string> out;
  for (const plx_string &text : raw) out.emplace_back(view(text));
  return out;
}

std::string Call::string_of(const char *name, const std::string &fallback) const {
  std::vector<std::string> values = strings_of(name);
  return values.empty() ? fallback : values[0];
}

void *Call::place(size_t index, int32_t element_type, const Dims &dims) {
  if (index >= results_.size() ||
      plx_host_result(frame_, &results_[index], element_type, static_cast<int32_t>(dims.size()),
                      dims.data()) != PLX_OK)
    throw Failure("");
  return results_[index].data;
}

plx_string Call::keep(std::string_view text) {
  auto bytes = static_cast<int64_t>(text.size());
  if (bytes == 0) return {nullptr, 0};
  auto *copy = static_cast<char *>(plx_host_bytes(frame_, bytes));
  if (copy == nullptr) throw Failure("");
  memcpy(copy, text.data(), text.size());
  return {copy, bytes};
}

namespace {

// Steps of an argument's elements along each axis of the result, 0 where it is repeated.
Dims steps_of(const Dims &own, const Dims &whole) {
  Dims steps(whole.size(), 0);
  int64_t step = 1;
  for (size_t k = 0; k < own.size(); ++k) {
    size_t axis = own.size() - 1 - k;
    if (own[axis] != 1) steps[whole.size() - 1 - k] = step;
    step *= own[axis];
  }
  return steps;
}

std::string text_of(const Dims &dims) {
  std::string out;
  for (int64_t size : dims) out += (out.empty() ? "" : ", ") + std::to_string(size);
  return "[" + out + "]";
}

}  // namespace

Broadcast::Broadcast(const Dims &a, const Dims &b) : dims(std::max(a.size(), b.size()), 1) {
  for (size_t k = 0; k < dims.size(); ++k) {
    int64_t x = k < a.size() ? a[a.size() - 1 - k] : 1;
    int64_t y = k < b.size() ? b[b.size() - 1 - k] : 1;
    if (x != y && x != 1 && y != 1)
      throw Failure("shapes " + text_of(a) + " and " + text_of(b) + " do not broadcast");
    dims[dims.size() - 1 - k] = x == 1 ? y : x;
  }
  int64_t count = plx_num_elements(static_cast<int32_t>(dims.size()), dims.data());
  if (count < 0) throw Failure("the result " + text_of(dims) + " is too large");
  Dims a_steps = steps_of(a, dims), b_steps = steps_of(b, dims), index(dims.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at_a = 0, at_b = 0;
    for (size_t d = 0; d < dims.size(); ++d) {
      at_a += index[d] * a_steps[d];
      at_b += index[d] * b_steps[d];
    }
    from_a.push_back(at_a);
    from_b.push_back(at_b);
    for (size_t d = dims.size(); d-- > 0 && ++index[d] == dims[d];) index[d] = 0;
  }
}

}  // namespace plx::host
