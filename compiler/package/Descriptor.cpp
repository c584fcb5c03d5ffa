#include "compiler/package/Descriptor.h"

#include <cstddef>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "compiler/package/ElfWriter.h"
#include "runtime/include/plexus_abi.h"
#include "runtime/include/plexus_rt.h"

namespace plx {
namespace {

/// The descriptor's tables while they are written: bytes, and the pointers among them.
class Tables {
 public:
  enum class Target { Text, Data, Symbol };
  struct Pointer {
    uint64_t offset;  // of the pointer
    Target target;
    int64_t addend;  // offset of what it points at
    std::string symbol;
  };

  /// Room for `count` structs T, zeroed; gives its offset.
  template <typename T>
  uint64_t reserve(size_t count) {
    uint64_t offset = (data_.size() + 7) / 8 * 8;
    data_.resize(offset + count * sizeof(T));
    return offset;
  }
  template <typename T>
  void put(uint64_t offset, const T &value) {
    memcpy(&data_[offset], &value, sizeof(T));
  }
  /// A copy of bytes, zeros after them up to `size`, aligned to 8; gives its offset.
  uint64_t putBytes(const std::string &bytes, size_t size) {
    uint64_t offset = reserve<uint64_t>((size + 7) / 8);
    data_.replace(offset, bytes.size(), bytes);
    return offset;
  }
  void pointToText(uint64_t offset, const std::string &text) {
    auto [place, isNew] = texts_.try_emplace(text, text_.size());
    if (isNew) text_.append(text.c_str(), text.size() + 1);
    pointers_.push_back({offset, Target::Text, static_cast<int64_t>(place->second), {}});
  }
  void pointToData(uint64_t offset, uint64_t target) {
    pointers_.push_back({offset, Target::Data, static_cast<int64_t>(target), {}});
  }
  void pointToSymbol(uint64_t offset, std::string symbol) {
    pointers_.push_back({offset, Target::Symbol, 0, std::move(symbol)});
  }

  std::string object(ElfTarget target, uint64_t descriptor) const;

 private:
  std::string data_, text_;
  std::map<std::string, uint64_t> texts_;
  std::vector<Pointer> pointers_;
};

std::string Tables::object(ElfTarget target, uint64_t descriptor) const {
  ElfWriter writer(target);
  unsigned text = writer.addSection(".rodata.plx", ElfWriter::Alloc, 1, text_.size(),
                                    {{0, text_.data(), text_.size()}});
  unsigned data = writer.addSection(".data.rel.ro.plx", ElfWriter::Alloc | ElfWriter::Write, 8,
                                    data_.size(), {{0, data_.data(), data_.size()}});
  using Binding = ElfWriter::Binding;
  unsigned textSymbol =
      writer.addSymbol(".Lplx_text", Binding::Local, text, 0, text_.size(), false);
  unsigned dataSymbol =
      writer.addSymbol(".Lplx_tables", Binding::Local, data, 0, data_.size(), false);
  writer.addSymbol(PLX_MODULE_SYMBOL, Binding::Global, data, descriptor, sizeof(plx_module), false);
  std::map<std::string, unsigned> symbols;
  for (const Pointer &pointer : pointers_) {
    unsigned symbol = pointer.target == Target::Text ? textSymbol : dataSymbol;
    if (pointer.target == Target::Symbol) {
      auto [place, isNew] = symbols.try_emplace(pointer.symbol);
      if (isNew) place->second = writer.addSymbol(pointer.symbol, Binding::Global, 0, 0, 0, true);
      symbol = place->second;
    }
    writer.addRelocation(data, pointer.offset, symbol, pointer.addend);
  }
  return writer.str();
}

uint64_t putSymbols(Tables &tables, const ProgramInfo &info) {
  uint64_t base = tables.reserve<plx_symbol>(info.symbols.size());
  for (size_t i = 0; i < info.symbols.size(); ++i) {
    uint64_t at = base + i * sizeof(plx_symbol);
    tables.put(at + offsetof(plx_symbol, lower_bound), info.symbols[i].second);
    tables.pointToText(at + offsetof(plx_symbol, name), info.symbols[i].first);
  }
  return base;
}

uint64_t putDims(Tables &tables, const std::vector<DimInfo> &dims) {
  uint64_t base = tables.reserve<plx_dim>(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) {
    uint64_t at = base + i * sizeof(plx_dim);
    tables.put(at, plx_dim{dims[i].constant, dims[i].symbol, 0, nullptr});
    tables.pointToText(at + offsetof(plx_dim, text), dims[i].text);
  }
  return base;
}

uint64_t putValues(Tables &tables, const std::vector<ValueInfo> &values, bool areOutputs) {
  uint64_t base = tables.reserve<plx_value>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const ValueInfo &value = values[i];
    uint64_t at = base + i * sizeof(plx_value);
    uint64_t dims = putDims(tables, value.dims);
    plx_value entry = {};
    entry.element_type = value.elementType;
    bool isTensor = value.kind == PLX_KIND_TENSOR;
    entry.rank = isTensor ? static_cast<int32_t>(value.dims.size()) : -1;
    entry.kind = value.kind;
    entry.donated = areOutputs ? value.donated : 0;
    tables.put(at, entry);
    tables.pointToText(at + offsetof(plx_value, name), value.name);
    if (!value.dims.empty()) tables.pointToData(at + offsetof(plx_value, dims), dims);
  }
  return base;
}

uint64_t putParameters(Tables &tables, const std::vector<PlacedWeight> &weights) {
  uint64_t base = tables.reserve<plx_parameter>(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const PlacedWeight &weight = weights[i];
    uint64_t at = base + i * sizeof(plx_parameter);
    uint64_t dims = tables.reserve<int64_t>(weight.dims.size());
    for (size_t d = 0; d < weight.dims.size(); ++d)
      tables.put(dims + d * sizeof(int64_t), weight.dims[d]);
    plx_parameter entry = {};
    entry.element_type = weight.elementType;
    entry.rank = static_cast<int32_t>(weight.dims.size());
    entry.bytes = weight.bytes;
    entry.offset = weight.offset;
    tables.put(at, entry);
    tables.pointToText(at + offsetof(plx_parameter, name), weight.name);
    if (!weight.dims.empty()) tables.pointToData(at + offsetof(plx_parameter, dims), dims);
  }
  return base;
}

uint64_t putKernels(Tables &tables, const std::vector<KernelInfo> &kernels) {
  uint64_t base = tables.reserve<plx_kernel>(kernels.size());
  for (size_t i = 0; i < kernels.size(); ++i) {
    uint64_t at = base + i * sizeof(plx_kernel);
    tables.put(at, plx_kernel{nullptr, nullptr, nullptr, kernels[i].flops, kernels[i].bytes});
    tables.pointToText(at + offsetof(plx_kernel, name), kernels[i].name);
    tables.pointToText(at + offsetof(plx_kernel, schedule), kernels[i].schedule);
    tables.pointToText(at + offsetof(plx_kernel, nodes), kernels[i].nodes);
  }
  return base;
}

uint64_t putSites(Tables &tables, const std::vector<SiteInfo> &sites) {
  uint64_t base = tables.reserve<plx_site>(sites.size());
  for (size_t i = 0; i < sites.size(); ++i) {
    uint64_t at = base + i * sizeof(plx_site);
    tables.pointToText(at + offsetof(plx_site, node), sites[i].node);
    tables.pointToText(at + offsetof(plx_site, op), sites[i].op);
    if (!sites[i].message.empty())
      tables.pointToText(at + offsetof(plx_site, message), sites[i].message);
  }
  return base;
}

uint64_t putImports(Tables &tables, const std::vector<ImportInfo> &imports) {
  uint64_t base = tables.reserve<plx_import>(imports.size());
  for (size_t i = 0; i < imports.size(); ++i) {
    uint64_t at = base + i * sizeof(plx_import);
    tables.pointToText(at + offsetof(plx_import, name), imports[i].name);
    if (!imports[i].attributes.empty())
      tables.pointToText(at + offsetof(plx_import, attributes), imports[i].attributes);
  }
  return base;
}

uint64_t putImages(Tables &tables, const DeviceCode &code) {
  uint64_t base = tables.reserve<plx_image>(code.images.size());
  for (size_t i = 0; i < code.images.size(); ++i) {
    const DeviceImage &image = code.images[i];
    uint64_t at = base + i * sizeof(plx_image);
    // Text is terminated; a cubin is read in place, aligned.
    uint64_t bytes = image.bytes.size() + (image.kind == PLX_IMAGE_CUBIN ? 0 : 1);
    tables.put(at, plx_image{image.kind, image.architecture, nullptr, bytes});
    tables.pointToData(at + offsetof(plx_image, data), tables.putBytes(image.bytes, bytes));
  }
  return base;
}

void putDeviceKernel(Tables &tables, uint64_t at, const DeviceKernelInfo &kernel) {
  uint64_t operands = tables.reserve<plx_operand>(kernel.operands.size());
  for (size_t i = 0; i < kernel.operands.size(); ++i) {
    const DeviceOperand &operand = kernel.operands[i];
    uint64_t place = operands + i * sizeof(plx_operand);
    tables.put(place, plx_operand{operand.access, operand.elementBytes, nullptr});
    tables.pointToText(place + offsetof(plx_operand, bytes), operand.bytes);
  }
  plx_device_kernel entry = {};
  entry.num_operands = static_cast<int32_t>(kernel.operands.size());
  entry.num_sizes = kernel.numSizes;
  entry.first_image = kernel.firstImage;
  entry.num_images = kernel.numImages;
  entry.threads = kernel.threads;
  entry.shared_bytes = kernel.sharedBytes;
  entry.wants_scratch = kernel.wantsScratch;
  tables.put(at, entry);
  tables.pointToText(at + offsetof(plx_device_kernel, entry), kernel.entry);
  if (!kernel.operands.empty())
    tables.pointToData(at + offsetof(plx_device_kernel, operands), operands);
}

uint64_t putDeviceCode(Tables &tables, const CompiledProgram &program) {
  const DeviceCode &code = program.device;
  const std::vector<KernelInfo> &kernels = program.info.kernels;
  uint64_t base = tables.reserve<plx_device_code>(1);
  uint64_t images = putImages(tables, code);
  uint64_t table = tables.reserve<plx_device_kernel>(kernels.size());
  for (size_t i = 0; i < kernels.size(); ++i)
    putDeviceKernel(tables, table + i * sizeof(plx_device_kernel),
                    code.kernels[kernels[i].deviceKernel]);
  plx_device_code entry = {};
  entry.num_images = static_cast<int32_t>(code.images.size());
  tables.put(base, entry);
  tables.pointToText(base + offsetof(plx_device_code, device), code.device);
  if (!code.images.empty()) tables.pointToData(base + offsetof(plx_device_code, images), images);
  if (!kernels.empty()) tables.pointToData(base + offsetof(plx_device_code, kernels), table);
  return base;
}

plx_module scalarsOf(const CompiledProgram &program, const WeightsPlace &weights) {
  const ProgramInfo &info = program.info;
  plx_module module = {};
  module.magic = PLX_ABI_MAGIC;
  module.abi_version = PLX_ABI_VERSION;
  module.descriptor_bytes = sizeof(plx_module);
  module.num_symbols = static_cast<int32_t>(info.symbols.size());
  module.num_inputs = static_cast<int32_t>(info.inputs.size());
  module.num_outputs = static_cast<int32_t>(info.outputs.size());
  module.num_parameters = static_cast<int32_t>(program.weights.size());
  module.num_kernels = static_cast<int32_t>(info.kernels.size());
  module.num_sites = static_cast<int32_t>(info.sites.size());
  module.num_imports = static_cast<int32_t>(info.imports.size());
  module.num_states = info.numStates;
  module.scratch_bytes = info.scratchBytes;
  module.arena_bytes = info.arenaBytes;
  module.weights_bytes = program.weightsBytes;
  if (weights.kind == WeightsPlace::Kind::External) module.weights_hash = weights.hash;
  return module;
}

/// Weights must ascend, be aligned and lie inside the blob: the runtime would refuse the module.
absl::Status checkWeights(const CompiledProgram &program) {
  uint64_t end = 0;
  for (const PlacedWeight &weight : program.weights) {
    bool fits = weight.offset >= end && weight.offset <= program.weightsBytes &&
                weight.bytes <= program.weightsBytes - weight.offset;
    if (!fits || weight.offset % PLX_ALIGNMENT != 0)
      return absl::InternalError(
          absl::StrCat("weight '", weight.name, "' at offset ", weight.offset, " of ", weight.bytes,
                       " bytes does not fit the blob of ", program.weightsBytes,
                       " bytes after offset ", end, ", or is not aligned to ", PLX_ALIGNMENT));
    end = weight.offset + weight.bytes;
  }
  return absl::OkStatus();
}

std::vector<Piece> piecesOf(const CompiledProgram &program) {
  std::vector<Piece> pieces;
  for (const PlacedWeight &weight : program.weights)
    if (weight.bytes > 0) pieces.push_back({weight.offset, weight.data, weight.bytes});
  return pieces;
}

}  // namespace

absl::StatusOr<std::string> emitDescriptor(const CompiledProgram &program,
                                           const WeightsPlace &weights) {
  const ProgramInfo &info = program.info;
  absl::StatusOr<ElfTarget> target = elfTargetOf(info.triple);
  if (!target.ok()) return target.status();
  if (absl::Status status = checkWeights(program); !status.ok()) return status;

  Tables tables;
  uint64_t at = tables.reserve<plx_module>(1);
  tables.put(at, scalarsOf(program, weights));
  tables.pointToText(at + offsetof(plx_module, name), info.modelName);
  tables.pointToText(at + offsetof(plx_module, producer), "plexus " PLX_RT_VERSION);
  tables.pointToText(at + offsetof(plx_module, target_cpu), info.targetCpu);
  tables.pointToText(at + offsetof(plx_module, features), info.features);
  auto table = [&](size_t field, size_t count, uint64_t offset) {
    if (count > 0) tables.pointToData(at + field, offset);
  };
  table(offsetof(plx_module, symbols), info.symbols.size(), putSymbols(tables, info));
  table(offsetof(plx_module, inputs), info.inputs.size(), putValues(tables, info.inputs, false));
  table(offsetof(plx_module, outputs), info.outputs.size(), putValues(tables, info.outputs, true));
  table(offsetof(plx_module, parameters), program.weights.size(),
        putParameters(tables, program.weights));
  table(offsetof(plx_module, kernels), info.kernels.size(), putKernels(tables, info.kernels));
  table(offsetof(plx_module, sites), info.sites.size(), putSites(tables, info.sites));
  table(offsetof(plx_module, imports), info.imports.size(), putImports(tables, info.imports));
  if (!program.device.device.empty())
    tables.pointToData(at + offsetof(plx_module, device_code), putDeviceCode(tables, program));
  tables.pointToSymbol(at + offsetof(plx_module, run), info.runSymbol);
  if (program.weightsBytes > 0) {
    if (weights.kind == WeightsPlace::Kind::Inside)
      tables.pointToSymbol(at + offsetof(plx_module, weights), kWeightsSymbol);
    else
      tables.pointToText(at + offsetof(plx_module, weights_file), weights.file);
  }
  return tables.object(*target, at);
}

absl::Status writeWeightsObject(const CompiledProgram &program, int file) {
  absl::StatusOr<ElfTarget> target = elfTargetOf(program.info.triple);
  if (!target.ok()) return target.status();
  if (absl::Status status = checkWeights(program); !status.ok()) return status;
  ElfWriter writer(*target);
  unsigned section = writer.addSection(".rodata.plx_weights", ElfWriter::Alloc, PLX_ALIGNMENT,
                                       program.weightsBytes, piecesOf(program));
  writer.addSymbol(kWeightsSymbol, ElfWriter::Binding::Global, section, 0, program.weightsBytes,
                   true);
  return writer.writeTo(file);
}

absl::Status writeWeightsBlob(const CompiledProgram &program, int file) {
  if (absl::Status status = checkWeights(program); !status.ok()) return status;
  return forEachRange(
      piecesOf(program), program.weightsBytes,
      [&](const char *data, uint64_t bytes) { return writeAll(file, data, bytes); });
}

}  // namespace plx
