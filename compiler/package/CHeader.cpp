#include "compiler/package/CHeader.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "runtime/include/plexus_rt.h"

namespace plx {
namespace {

std::string identifierOf(const std::string &text) {
  std::string out;
  for (unsigned char c : text) out += absl::ascii_isalnum(c) ? static_cast<char>(c) : '_';
  if (out.empty() || absl::ascii_isdigit(static_cast<unsigned char>(out[0]))) out.insert(0, "m");
  return out;
}

/// Names come from models: nothing in them may end the comment they stand in.
std::string inComment(const std::string &text) {
  std::string out;
  for (unsigned char c : text) out += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
  return absl::StrReplaceAll(out, {{"*/", "*_/"}, {"/*", "/_*"}});
}

/// C's type of an element in memory, or of an object.
const char *cTypeOf(const ValueInfo &value) {
  if (value.kind != PLX_KIND_TENSOR) return "plx_object";
  switch (value.elementType) {
    case PLX_F32:
      return "float";
    case PLX_F64:
      return "double";
    case PLX_I8:
    case PLX_I4:
    case PLX_I2:
      return "int8_t";
    case PLX_I16:
      return "int16_t";
    case PLX_I32:
      return "int32_t";
    case PLX_I64:
      return "int64_t";
    case PLX_U16:
    case PLX_F16:
    case PLX_BF16:
      return "uint16_t";
    case PLX_U32:
      return "uint32_t";
    case PLX_U64:
      return "uint64_t";
    case PLX_C64:
      return "float _Complex";
    case PLX_C128:
      return "double _Complex";
    case PLX_STRING:
      return "struct {const char *data; int64_t bytes;}";
    default:
      return "uint8_t";
  }
}

std::string shapeOf(const ValueInfo &value) {
  if (value.kind == PLX_KIND_SEQUENCE) return ", a sequence";
  if (value.kind == PLX_KIND_OPTIONAL) return ", an optional";
  if (value.kind == PLX_KIND_MAP) return ", a map";
  return absl::StrCat(
      "[",
      absl::StrJoin(value.dims, ", ",
                    [](std::string *out, const DimInfo &dim) { absl::StrAppend(out, dim.text); }),
      "]");
}

std::string tableOf(const char *title, const std::vector<ValueInfo> &values) {
  std::string out = absl::StrCat("   ", title, "\n");
  for (size_t i = 0; i < values.size(); ++i)
    absl::StrAppend(&out, "     ", i, "  ", inComment(values[i].name), "  ",
                    plx_element_name(values[i].elementType), inComment(shapeOf(values[i])), "  (",
                    cTypeOf(values[i]), ")\n");
  return out;
}

/// An enum that names the places of inputs or outputs.
std::string enumOf(const std::string &prefix, const char *kind,
                   const std::vector<ValueInfo> &values) {
  std::string out = "enum {\n";
  std::vector<std::string> used;
  for (size_t i = 0; i < values.size(); ++i) {
    std::string name = identifierOf(values[i].name);
    if (std::find(used.begin(), used.end(), name) != used.end()) absl::StrAppend(&name, "_", i);
    used.push_back(name);
    absl::StrAppend(&out, "  ", prefix, "_", kind, "_", name, " = ", i, ",\n");
  }
  return absl::StrCat(out, "  ", prefix, "_num_", kind, "s = ", values.size(), "\n};\n");
}

/// Dims of an example: symbols by themselves are 1.
std::string exampleDims(const ValueInfo &value) {
  if (value.dims.empty()) return "1";
  return absl::StrJoin(value.dims, ", ", [](std::string *out, const DimInfo &dim) {
    absl::StrAppend(out, dim.constant >= 0 ? dim.constant : 1);
  });
}

std::string exampleOf(const ProgramInfo &info, const std::string &prefix,
                      const std::string &header) {
  std::string out = absl::StrCat("     #include \"", header, "\"\n     char message[1024];\n     ",
                                 prefix, " *model = ", prefix,
                                 "_create(0, message, sizeof message);\n"
                                 "     if (!model) { puts(message); return 1; }\n     ",
                                 prefix, "_tensor in[", info.inputs.size() + (info.inputs.empty()),
                                 "], out[", info.outputs.size() + info.outputs.empty(), "];\n");
  for (size_t i = 0; i < info.inputs.size(); ++i) {
    const ValueInfo &input = info.inputs[i];
    absl::StrAppend(&out, "     int64_t dims", i, "[] = {", exampleDims(input), "};\n     in[", i,
                    "] = (", prefix, "_tensor){data", i, ", dims", i, ", ", input.dims.size(), ", ",
                    input.kind == PLX_KIND_TENSOR ? input.elementType : PLX_OBJECT, "};  // data",
                    i, ": ", cTypeOf(input), " ", inComment(shapeOf(input)), "\n");
  }
  absl::StrAppend(&out, "     if (", prefix,
                  "_run(model, in, out, message, sizeof message)) { puts(message); return 1; }\n");
  if (!info.outputs.empty())
    absl::StrAppend(&out, "     const ", cTypeOf(info.outputs[0]), " *first = out[0].data;\n");
  return absl::StrCat(out, "     ", prefix, "_destroy(model);\n");
}

constexpr char kPrototypes[] = R"(
/* A dense row-major tensor; owns nothing. element_type is ONNX's number: 1 float, 7 int64, 9 bool, ... A sequence or an
   optional has element_type -1, rank 0, and as data a plx_object, which plexus_rt.h makes and reads. */
typedef struct PREFIX_tensor {
  void *data;
  const int64_t *dims;
  int32_t rank;
  int32_t element_type;
} PREFIX_tensor;

/* A model ready to run. One thread uses it at a time; clones share its weights and run at once. */
typedef struct PREFIX PREFIX;

/* NULL on failure, with the reason in `message` (which may be NULL). threads 0: all CPUs. */
PREFIX *PREFIX_create(int32_t threads, char *message, uint64_t message_bytes);
PREFIX *PREFIX_clone(const PREFIX *model, int32_t threads, char *message, uint64_t message_bytes);
void PREFIX_destroy(PREFIX *model);

/* Runs once. inputs: all of them, in order; they are only read. outputs: filled with views that stay valid until the
   model's next run or destroy. 0, or another number with the reason in `message`. */
int32_t PREFIX_run(PREFIX *model, const PREFIX_tensor *inputs, PREFIX_tensor *outputs, char *message,
                   uint64_t message_bytes);

/* Memory of the caller that runs write output `index` to, where it fits; data NULL: the model's own again. */
int32_t PREFIX_bind_output(PREFIX *model, int32_t index, void *data, uint64_t bytes, char *message,
                           uint64_t message_bytes);

/* For users of plexus_rt.h: plx_program_create(&PREFIX_descriptor, ...). */
extern const struct plx_module PREFIX_descriptor;
)";

}  // namespace

std::string prefixOf(const std::string &path) {
  std::string name = path.substr(path.find_last_of('/') + 1);
  size_t dot = name.find('.', 1);
  return identifierOf(name.substr(0, dot));
}

std::string writeCHeader(const ProgramInfo &info, const std::string &prefix,
                         const std::string &headerName, const std::string &linkLine) {
  std::string guard = absl::AsciiStrToUpper(prefix) + "_H";
  return absl::StrCat(
      "/* ", inComment(info.modelName), ", compiled by plexus " PLX_RT_VERSION " for ",
      inComment(info.targetCpu), ". Link with: ", linkLine, "\n\n", tableOf("inputs", info.inputs),
      tableOf("outputs", info.outputs), "\n   Example:\n", exampleOf(info, prefix, headerName),
      "*/\n#ifndef ", guard, "\n#define ", guard,
      "\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
      enumOf(prefix, "input", info.inputs), enumOf(prefix, "output", info.outputs),
      absl::StrReplaceAll(kPrototypes, {{"PREFIX", prefix}}),
      "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

}  // namespace plx
