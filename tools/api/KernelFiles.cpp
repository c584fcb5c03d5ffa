#include "tools/api/KernelFiles.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "runtime/include/plexus_abi.h"

namespace plx {

namespace {

absl::Status writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) return absl::PermissionDeniedError(absl::StrCat("'", path, "' cannot be written"));
  return absl::OkStatus();
}

llvm::json::Object reportOf(const DeviceReport &report) {
  return llvm::json::Object{{"architecture", absl::StrCat("sm_", report.architecture)},
                            {"registers", report.registers},
                            {"spilled_bytes", report.spilledBytes},
                            {"shared_bytes", report.sharedBytes}};
}

/// What a reader, or whoever launches the kernel by other means, has to know.
llvm::json::Object entryOf(const DeviceKernelInfo &kernel, const std::string &file) {
  llvm::json::Array operands, reports, warnings;
  for (const DeviceOperand &operand : kernel.operands)
    operands.push_back(llvm::json::Object{{"access", operand.access == PLX_READ_WRITE ? "read-write"
                                                     : operand.access == PLX_WRITE    ? "write"
                                                                                      : "read"},
                                          {"element_bytes", operand.elementBytes},
                                          {"bytes", operand.bytes}});
  for (const DeviceReport &report : kernel.reports) reports.push_back(reportOf(report));
  for (const std::string &warning : kernel.warnings) warnings.push_back(warning);
  return llvm::json::Object{{"kernel", kernel.entry},
                            {"file", file},
                            {"schedule", kernel.schedule},
                            {"nodes", kernel.nodes},
                            {"threads", kernel.threads},
                            {"blocks", kernel.blocks},
                            {"dynamic_shared_bytes", kernel.sharedBytes},
                            {"sizes", kernel.numSizes},
                            {"operands", std::move(operands)},
                            {"wants_scratch", kernel.wantsScratch},
                            {"compiled", std::move(reports)},
                            {"warnings", std::move(warnings)}};
}

/// The bytes of a kernel's file: its source, or the image of that kind.
const std::string *bytesOf(const DeviceCode &code, const DeviceKernelInfo &kernel, int emit) {
  if (emit == PLEXUS_EMIT_CUDA) return &kernel.source;
  int kind = emit == PLEXUS_EMIT_PTX ? PLX_IMAGE_PTX : PLX_IMAGE_CUBIN;
  for (int i = kernel.firstImage + kernel.numImages - 1; i >= kernel.firstImage; --i)
    if (code.images[i].kind == kind) return &code.images[i].bytes;
  return nullptr;
}

}  // namespace

absl::Status writeKernels(const Model &model, int emit, const std::string &folder) {
  if (model.device() != "cuda")
    return absl::InvalidArgumentError(
        absl::StrCat("kernels are written for --device cuda; this model is for ", model.device()));
  absl::StatusOr<CompiledProgram> program = model.compileKernels(emit != PLEXUS_EMIT_CUDA);
  if (!program.ok()) return program.status();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return absl::PermissionDeniedError(
        absl::StrCat("folder '", folder, "' cannot be made: ", error.message()));
  const char *ending = emit == PLEXUS_EMIT_CUDA  ? ".cu"
                       : emit == PLEXUS_EMIT_PTX ? ".ptx"
                                                 : ".cubin";
  llvm::json::Array kernels;
  for (const DeviceKernelInfo &kernel : program->device.kernels) {
    const std::string *bytes = bytesOf(program->device, kernel, emit);
    if (!bytes)
      return absl::InternalError(absl::StrCat("kernel '", kernel.entry, "' has no image"));
    std::string file = kernel.entry + ending;
    if (absl::Status status = writeFile(absl::StrCat(folder, "/", file), *bytes); !status.ok())
      return status;
    kernels.push_back(entryOf(kernel, file));
  }
  std::string index;
  llvm::raw_string_ostream(index) << llvm::formatv(
      "{0:2}", llvm::json::Value(llvm::json::Object{{"model", program->info.modelName},
                                                    {"kernels", std::move(kernels)}}));
  return writeFile(folder + "/index.json", index + "\n");
}

}  // namespace plx
