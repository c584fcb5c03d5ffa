#include "compiler/cuda/Nvrtc.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace plx::cuda {

namespace {

// From the NVRTC documentation (docs.nvidia.com/cuda/nvrtc), "Basic Usage" and the API reference.
using Program = struct NvrtcProgramTag *;
using Result = int;  // 0: success; 6: the source does not compile
constexpr Result kCompilationFailed = 6;

}  // namespace

struct Nvrtc::Functions {
  Result (*version)(int *, int *);
  Result (*numSupportedArchs)(int *);
  Result (*supportedArchs)(int *);
  const char *(*errorString)(Result);
  Result (*createProgram)(Program *, const char *, const char *, int, const char *const *,
                          const char *const *);
  Result (*destroyProgram)(Program *);
  Result (*compileProgram)(Program, int, const char *const *);
  Result (*logSize)(Program, size_t *);
  Result (*log)(Program, char *);
  Result (*ptxSize)(Program, size_t *);
  Result (*ptx)(Program, char *);
  Result (*cubinSize)(Program, size_t *);
  Result (*cubin)(Program, char *);
};

namespace {

/// The folder of the compiler's library.
std::string ownFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&ownFolder), &info) || !info.dli_fname) return "";
  return std::filesystem::path(info.dli_fname).parent_path().string();
}

/// Where the library may be, in order.
std::vector<std::string> candidates() {
  if (const char *path = std::getenv("PLEXUS_NVRTC")) return {path};
  std::vector<std::string> out;
  std::filesystem::path here = ownFolder();
  for (const char *folder : {".", "../lib"})
    for (const char *name : {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"})
      out.push_back((here / folder / name).string());
  for (const char *name : {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"}) out.push_back(name);
  return out;
}

std::string whereItWasSearched() {
  if (const char *path = std::getenv("PLEXUS_NVRTC"))
    return absl::StrCat("$PLEXUS_NVRTC, which is '", path, "'");
  return absl::StrCat("'", ownFolder(), "' and on the loader's path");
}

void *openLibrary(std::string &why) {
  for (const std::string &path : candidates()) {
    bool isFile = path.find('/') != std::string::npos;
    std::error_code error;
    if (isFile && !std::getenv("PLEXUS_NVRTC") && !std::filesystem::exists(path, error)) continue;
    // Its second library (libnvrtc-builtins) lies beside it: opened first, by its full path, so
    // that it is found wherever they lie.
    if (isFile) {
      std::filesystem::path folder = std::filesystem::path(path).parent_path();
      for (auto entry = std::filesystem::directory_iterator(folder, error);
           !error && entry != std::filesystem::directory_iterator(); ++entry)
        if (absl::StrContains(entry->path().filename().string(), "libnvrtc-builtins"))
          dlopen(entry->path().c_str(), RTLD_LAZY | RTLD_GLOBAL);
    }
    if (void *library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL)) return library;
    if (const char *message = dlerror()) why = message;
  }
  return nullptr;
}

template <typename Function>
bool find(void *library, const char *name, Function &out, std::string &missing) {
  out = reinterpret_cast<Function>(dlsym(library, name));
  if (!out) missing = name;
  return out;
}

/// Registers, spills and shared memory from the assembler's -v lines; warnings.
void readLog(const std::string &log, NvrtcResult &out) {
  static const std::regex entry(
      "Compiling entry function '([^']+)'|Function properties for (\\S+)");
  static const std::regex spills("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
  static const std::regex registers("Used (\\d+) registers");
  static const std::regex shared("(\\d+) bytes smem");
  KernelReport *current = nullptr;
  for (absl::string_view view : absl::StrSplit(log, '\n')) {
    std::string line(view);
    std::smatch match;
    if (absl::StrContains(line, "warning")) out.warnings.push_back(line);
    if (std::regex_search(line, match, entry)) {
      std::string name = match[1].matched ? match[1].str() : match[2].str();
      current = nullptr;
      for (KernelReport &report : out.reports)
        if (report.name == name) current = &report;
      if (!current && match[1].matched) current = &out.reports.emplace_back(KernelReport{name});
    }
    if (!current) continue;
    if (std::regex_search(line, match, spills)) {
      current->spillStores = std::atoi(match[1].str().c_str());
      current->spillLoads = std::atoi(match[2].str().c_str());
    }
    if (std::regex_search(line, match, registers))
      current->registers = std::atoi(match[1].str().c_str());
    if (std::regex_search(line, match, shared))
      current->sharedBytes = std::atoi(match[1].str().c_str());
  }
}

}  // namespace

absl::Status Nvrtc::open() {
  std::string why, missing;
  void *library = openLibrary(why);
  if (!library)
    return absl::NotFoundError(absl::StrCat(
        "CUDA kernels are compiled by NVRTC, and libnvrtc.so was not found in ",
        whereItWasSearched(), why.empty() ? "" : absl::StrCat(" (", why, ")"),
        ": install a CUDA toolkit (12.4 or later) or `pip install nvidia-cuda-nvrtc`, and set "
        "PLEXUS_NVRTC to the library's path"));
  auto *f = new Functions{};
  bool good = find(library, "nvrtcVersion", f->version, missing) &&
              find(library, "nvrtcGetNumSupportedArchs", f->numSupportedArchs, missing) &&
              find(library, "nvrtcGetSupportedArchs", f->supportedArchs, missing) &&
              find(library, "nvrtcGetErrorString", f->errorString, missing) &&
              find(library, "nvrtcCreateProgram", f->createProgram, missing) &&
              find(library, "nvrtcDestroyProgram", f->destroyProgram, missing) &&
              find(library, "nvrtcCompileProgram", f->compileProgram, missing) &&
              find(library, "nvrtcGetProgramLogSize", f->logSize, missing) &&
              find(library, "nvrtcGetProgramLog", f->log, missing) &&
              find(library, "nvrtcGetPTXSize", f->ptxSize, missing) &&
              find(library, "nvrtcGetPTX", f->ptx, missing) &&
              find(library, "nvrtcGetCUBINSize", f->cubinSize, missing) &&
              find(library, "nvrtcGetCUBIN", f->cubin, missing);
  if (!good)
    return absl::NotFoundError(
        absl::StrCat("the NVRTC library found has no function '", missing,
                     "': it is too old; Plexus needs that of CUDA 12.4 or later"));
  functions_ = f;
  int major = 0, minor = 0, count = 0;
  f->version(&major, &minor);
  version_ = major * 1000 + minor * 10;
  if (f->numSupportedArchs(&count) == 0) {
    architectures_.resize(count);
    f->supportedArchs(architectures_.data());
  }
  return absl::OkStatus();
}

absl::StatusOr<const Nvrtc *> Nvrtc::get() {
  static auto *nvrtc = new Nvrtc();
  static const auto *status = new absl::Status(nvrtc->open());
  if (!status->ok()) return *status;
  return nvrtc;
}

absl::StatusOr<NvrtcResult> Nvrtc::compile(const std::string &source, const std::string &name,
                                           int architecture, bool wantCubin) const {
  const Functions &f = *functions_;
  if (std::find(architectures_.begin(), architectures_.end(), architecture) == architectures_.end())
    return absl::NotFoundError(absl::StrCat(
        "NVRTC ", version_ / 1000, ".", version_ % 1000 / 10, " does not know sm_", architecture,
        "; it knows ", absl::StrJoin(architectures_, ", ", [](std::string *out, int a) {
          absl::StrAppend(out, "sm_", a);
        })));
  Program program;
  if (Result result = f.createProgram(&program, source.c_str(), name.c_str(), 0, nullptr, nullptr))
    return absl::InternalError(absl::StrCat("NVRTC: ", f.errorString(result)));
  // --fmad=false: a product and a sum are rounded as the language says; kernels ask for fmaf.
  std::string arch =
      absl::StrCat("--gpu-architecture=", wantCubin ? "sm_" : "compute_", architecture);
  std::vector<const char *> options = {arch.c_str(), "--std=c++17", "--fmad=false",
                                       "-default-device"};
  if (wantCubin) options.push_back("--ptxas-options=-v");
  Result result = f.compileProgram(program, static_cast<int>(options.size()), options.data());
  auto text = [&](Result (*size)(Program, size_t *), Result (*get)(Program, char *)) {
    size_t bytes = 0;
    if (size(program, &bytes) != 0 || bytes == 0) return std::string();
    std::string out(bytes, '\0');
    get(program, out.data());
    return out;
  };
  std::string log = text(f.logSize, f.log);
  NvrtcResult out;
  if (result == 0) {
    if (wantCubin) out.cubin = text(f.cubinSize, f.cubin);
    out.ptx = text(f.ptxSize, f.ptx);
    while (!out.ptx.empty() && out.ptx.back() == '\0') out.ptx.pop_back();
    readLog(log, out);
  }
  f.destroyProgram(&program);
  if (result == kCompilationFailed)
    return absl::InvalidArgumentError(absl::StrCat("NVRTC refuses ", name, ":\n", log.c_str()));
  if (result != 0)
    return absl::InternalError(
        absl::StrCat("NVRTC on ", name, ": ", f.errorString(result), "\n", log.c_str()));
  return out;
}

}  // namespace plx::cuda
