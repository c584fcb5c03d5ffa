#include "tools/plexus/Inputs.h"

#include <cstring>

#include "tools/plexus/Failure.h"

namespace plx {
namespace {

/// Bytes of the number one of an element type, little-endian.
std::string oneOf(int32_t elementType) {
  auto number = [](uint64_t bits, size_t bytes) {
    return std::string(reinterpret_cast<const char *>(&bits), bytes);
  };
  switch (elementType) {
    case PLX_F32:
      return number(0x3f800000, 4);
    case PLX_F64:
      return number(0x3ff0000000000000, 8);
    case PLX_F16:
      return number(0x3c00, 2);
    case PLX_BF16:
      return number(0x3f80, 2);
    case PLX_C64:
      return number(0x3f800000, 8);
    case PLX_C128:
      return number(0x3ff0000000000000, 8) + number(0, 8);
    case PLX_F8E4M3FN:
      return number(0x38, 1);
    case PLX_F8E4M3FNUZ:
      return number(0x40, 1);
    case PLX_F8E5M2:
      return number(0x3c, 1);
    case PLX_F8E5M2FNUZ:
      return number(0x40, 1);
    case PLX_F8E8M0:
      return number(127, 1);
    case PLX_F4E2M1:
      return number(2, 1);
    default:
      return number(1, static_cast<size_t>(plx_element_bytes(elementType)));
  }
}

void fillWithOnes(const plx_tensor &tensor) {
  std::string one = oneOf(tensor.element_type);
  int64_t count = plx_num_elements(tensor.rank, tensor.dims);
  for (int64_t i = 0; i < count; ++i)
    memcpy(static_cast<char *>(tensor.data) + static_cast<size_t>(i) * one.size(), one.data(),
           one.size());
}

std::string inputsThereAre(const plx_module &module) {
  std::string out;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    char type[256];
    plx_format_value_type(&module.inputs[i], type, sizeof type);
    out += std::string(i ? ", " : "") + "'" + module.inputs[i].name + "' " + type;
  }
  return out.empty() ? "the model has none" : "the inputs are " + out;
}

/// Splits NAME=WHAT where NAME is an input: names may hold '=' themselves.
std::pair<int32_t, std::string> splitItem(const Program &program, const std::string &item) {
  for (size_t equals = item.find('='); equals != std::string::npos;
       equals = item.find('=', equals + 1)) {
    int32_t index = plx_program_find_input(program.get(), item.substr(0, equals).c_str());
    if (index >= 0) return {index, item.substr(equals + 1)};
  }
  size_t equals = item.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Failure("--input " + item + ": expected NAME=FILE", kWrongUsage);
  throw Failure("--input " + item + ": there is no input '" + item.substr(0, equals) + "'; " +
                inputsThereAre(program.module()));
}

}  // namespace

plx_tensor asInput(const plx_value &input, const plx_array *array) {
  plx_tensor view = plx_array_view(array);
  if (input.rank == 0 && view.rank == 1 && view.dims[0] == 1) view.rank = 0;
  return view;
}

Inputs::Inputs(const Program &program, plx_context *context, const std::vector<std::string> &items,
               const CommonOptions &common)
    : program_(program), seed_(common.seed) {
  const plx_module &module = program.module();
  dims_.assign(static_cast<size_t>(module.num_symbols), -1);
  for (const auto &[name, size] : parseDims(common.dims)) {
    bool known = false;
    for (int32_t i = 0; i < module.num_symbols; ++i)
      if (name == module.symbols[i].name) {
        dims_[static_cast<size_t>(i)] = size;
        known = true;
      }
    if (!known)
      throw Failure("--dim " + name + ": the model has no symbolic dim of this name; " +
                    inputsThereAre(module));
  }
  std::vector<std::string> how(static_cast<size_t>(module.num_inputs), "random");
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    arrays_.emplace_back(nullptr, plx_array_destroy);
    objects_.emplace_back(nullptr, plx_object_release);
  }
  for (const std::string &item : items) {
    auto [index, what] = splitItem(program, item);
    how[static_cast<size_t>(index)] = what;
  }
  auto isMadeUp = [](const std::string &what) {
    return what == "random" || what == "zeros" || what == "ones";
  };
  // Files first: what is made up takes its symbolic dims from them.
  for (int32_t i = 0; i < module.num_inputs; ++i)
    if (!isMadeUp(how[static_cast<size_t>(i)])) {
      readFile(i, how[static_cast<size_t>(i)]);
      set(i, context);
    }
  for (int32_t i = 0; i < module.num_inputs; ++i)
    if (isMadeUp(how[static_cast<size_t>(i)])) {
      makeUp(i, context, how[static_cast<size_t>(i)]);
      set(i, context);
    }
}

void Inputs::setAll(plx_context *context) const {
  for (size_t i = 0; i < arrays_.size(); ++i) set(static_cast<int32_t>(i), context);
}

void Inputs::set(int32_t index, plx_context *context) const {
  plx_error error;
  plx_object *object = objects_[static_cast<size_t>(index)].get();
  if (object)
    return checkStatus(plx_context_set_input_object(context, index, object, &error), error);
  plx_tensor view =
      asInput(program_.module().inputs[index], arrays_[static_cast<size_t>(index)].get());
  checkStatus(plx_context_set_input_at(context, index, &view, &error), error);
}

void Inputs::readFile(int32_t index, const std::string &file) {
  const plx_value &input = program_.module().inputs[index];
  if (input.kind != PLX_KIND_TENSOR) {
    objects_[static_cast<size_t>(index)] = readObject(file, input.kind);
    return;
  }
  arrays_[static_cast<size_t>(index)] = readArray(file, program_.module().inputs[index].name);
}

void Inputs::makeUp(int32_t index, plx_context *context, const std::string &how) {
  plx_array *array = nullptr;
  plx_error error;
  int32_t kind = program_.module().inputs[index].kind;
  if (kind == PLX_KIND_MAP)
    throw Failure(std::string("input '") + program_.module().inputs[index].name +
                  "' is a map, which is not made up; give --input NAME=FILE (MapProto)");
  if (kind != PLX_KIND_TENSOR) {  // of nothing
    plx_object *empty = nullptr;
    checkStatus(plx_object_of_items(kind, nullptr, 0, &empty, &error), error);
    objects_[static_cast<size_t>(index)].reset(empty);
    return;
  }
  checkStatus(plx_random_input(program_.get(), context, index, dims_.data(), seed_, &array, &error),
              error);
  arrays_[static_cast<size_t>(index)].reset(array);
  plx_tensor view = plx_array_view(array);
  bool isString = view.element_type == PLX_STRING;
  if (how == "ones" && !isString) fillWithOnes(view);
  if (how == "zeros" && view.data && !isString)
    memset(view.data, 0, static_cast<size_t>(plx_tensor_bytes(&view)));
}

// ---- files

Object readObject(const std::string &path, int32_t kind) {
  plx_object *object = nullptr;
  plx_error error;
  checkStatus(plx_object_read(path.c_str(), kind, &object, &error), error);
  return Object(object, plx_object_release);
}

Array readArray(const std::string &path, const std::string &name) {
  plx_mapping mapping;
  plx_error error;
  checkStatus(plx_map_file(path.c_str(), PLX_MAP_FOLLOW, &mapping, &error), error);
  std::unique_ptr<plx_mapping, void (*)(plx_mapping *)> owner(
      &mapping, [](plx_mapping *mapped) { plx_unmap_file(mapped); });
  std::string_view bytes(static_cast<const char *>(mapping.data), mapping.bytes);
  using namespace std::string_view_literals;
  if (bytes.starts_with("PK\3\4"sv) || bytes.starts_with("PK\5\6"sv))
    return readNpz(bytes, path, name);
  if (bytes.starts_with("\x89PNG"sv) || bytes.starts_with("\xff\xd8\xff"sv))
    throw Failure("'" + path +
                  "' is an image: images are not read yet; .npy, .npz, TensorProto "
                  "(.pb) and .safetensors are");
  // An eight-byte length, then JSON.
  if (bytes.size() > 9 && bytes[8] == '{') return readSafetensors(bytes, path, name);
  plx_array *array = nullptr;
  checkStatus(plx_array_read(path.c_str(), &array, &error), error);
  return Array(array, plx_array_destroy);
}

}  // namespace plx
