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
llvm::json::Object entryOf(const DeviceKernelInfo &kernel, llvm::json::Array files) {
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
                            {"files", std::move(files)},
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

struct File {
  std::string name;
  const std::string *bytes;
};

/// A kernel's files: its source, its PTX, or a cubin an architecture, which says so where there are
/// several.
std::vector<File> filesOf(const DeviceCode &code, const DeviceKernelInfo &kernel, int emit) {
  if (emit == PLEXUS_EMIT_CUDA) return {{kernel.entry + ".cu", &kernel.source}};
  std::vector<const DeviceImage *> images;
  int kind = emit == PLEXUS_EMIT_PTX ? PLX_IMAGE_PTX : PLX_IMAGE_CUBIN;
  for (int i = kernel.firstImage; i < kernel.firstImage + kernel.numImages; ++i)
    if (code.images[i].kind == kind) images.push_back(&code.images[i]);
  std::vector<File> files;
  for (const DeviceImage *image : images) {
    std::string which = images.size() > 1 ? absl::StrCat(".sm_", image->architecture) : "";
    files.push_back({absl::StrCat(kernel.entry, which, kind == PLX_IMAGE_PTX ? ".ptx" : ".cubin"),
                     &image->bytes});
  }
  return files;
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
  llvm::json::Array kernels;
  for (const DeviceKernelInfo &kernel : program->device.kernels) {
    llvm::json::Array names;
    for (const File &file : filesOf(program->device, kernel, emit)) {
      absl::Status status = writeFile(absl::StrCat(folder, "/", file.name), *file.bytes);
      if (!status.ok()) return status;
      names.push_back(file.name);
    }
    if (names.empty())
      return absl::InternalError(absl::StrCat("kernel '", kernel.entry, "' has no image"));
    kernels.push_back(entryOf(kernel, std::move(names)));
  }
  std::string index;
  llvm::raw_string_ostream(index) << llvm::formatv(
      "{0:2}", llvm::json::Value(llvm::json::Object{{"model", program->info.modelName},
                                                    {"kernels", std::move(kernels)}}));
  return writeFile(folder + "/index.json", index + "\n");
}

}  // namespace plx
