#include "compiler/cuda/Kernels.h"

#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "compiler/cuda/Nvrtc.h"
#include "ir/kernel/HostProgram.h"
#include "ir/kernel/Kernel.h"
#include "runtime/include/plexus_abi.h"

namespace plx::cuda {

namespace {

// Kernels in one source for the emulator: its compiler is a process, whose start costs as much as
// several of them.
constexpr size_t kKernelsPerSource = 24;

constexpr size_t kNodesNamed = 12;

/// What is true of all launches of a kernel.
struct Launches {
  LaunchFacts facts;
  std::vector<std::string> nodes;  // each once
};

void addLaunch(RunOp run, ProgramOp program, Launches &launches) {
  for (llvm::StringRef node :
       llvm::split(run.getNodes().value_or(llvm::StringRef()), llvm::StringRef(", ")))
    if (!node.empty() && launches.nodes.size() < kNodesNamed &&
        !llvm::is_contained(launches.nodes, node.str()))
      launches.nodes.push_back(node.str());
  LaunchFacts &facts = launches.facts;
  facts.isShared.resize(run.getBuffers().size());
  for (auto [i, buffer] : llvm::enumerate(run.getBuffers())) {
    facts.isAligned &= isWholeBuffer(buffer);
    // A donated input may be an output's buffer, which others may write.
    facts.isShared[i] |= llvm::count(run.getBuffers(), buffer) > 1 ||
                         (buffer.getDefiningOp<InputOp>() && program.getDonatedAttr());
  }
}

std::map<std::string, Launches> launchesOf(mlir::ModuleOp module) {
  std::map<std::string, Launches> launches;
  for (ProgramOp program : programsOf(module))
    program.walk([&](RunOp run) { addLaunch(run, program, launches[run.getCallee().str()]); });
  return launches;
}

DeviceKernelInfo infoOf(const KernelSource &source) {
  DeviceKernelInfo info;
  info.entry = source.name;
  info.schedule = source.schedule;
  info.nodes = source.nodes;
  info.blocks = source.blocks ? source.blocks.str() : "";
  info.threads = source.threads;
  info.numSizes = source.numSizes;
  info.wantsScratch = static_cast<bool>(source.scratch);
  for (const OperandFacts &facts : source.operands) {
    int access = (facts.reads ? PLX_READ : 0) | (facts.writes ? PLX_WRITE : 0);
    info.operands.push_back({access, facts.elementBytes, facts.bytes});
  }
  return info;
}

/// Runs work(i) for i in [0, count), on as many threads as asked for.
void inParallel(size_t count, int threads, llvm::function_ref<void(size_t)> work) {
  std::atomic<size_t> next = 0;
  auto loop = [&] {
    for (size_t i; (i = next.fetch_add(1)) < count;) work(i);
  };
  size_t wanted = threads > 0 ? threads : std::thread::hardware_concurrency();
  std::vector<std::thread> pool;
  for (size_t t = 1; t < std::min(wanted, count); ++t) pool.emplace_back(loop);
  loop();
  for (std::thread &thread : pool) thread.join();
}

DeviceCode emulatedCode(const std::vector<KernelSource> &sources) {
  DeviceCode out;
  out.device = "cuda-emulated";
  for (size_t i = 0; i < sources.size(); ++i) {
    if (i % kKernelsPerSource == 0) out.images.push_back({PLX_IMAGE_SOURCE, 0, prelude()});
    DeviceKernelInfo info = infoOf(sources[i]);
    info.firstImage = static_cast<int>(out.images.size()) - 1;
    out.images.back().bytes += sources[i].text;
    out.kernels.push_back(std::move(info));
  }
  return out;
}

}  // namespace

std::vector<KernelSource> printKernels(mlir::ModuleOp module, const CompileOptions &options) {
  std::map<std::string, Launches> launches = launchesOf(module);
  std::vector<KernelSource> sources;
  for (mlir::Operation &op : module.getOps()) {
    if (!mlir::isa<KernelFuncOp, IrregularFuncOp>(op)) continue;
    std::string name = mlir::cast<mlir::SymbolOpInterface>(op).getName().str();
    Launches &all = launches[name];
    all.facts.allowsTf32 = options.tf32;
    KernelSource source = printKernel(&op, absl::StrJoin(all.nodes, ", "), all.facts);
    source.symbol = name;
    auto set = [&](llvm::StringRef attribute, Dim dim) {
      op.setAttr(attribute, DimsAttr::get(module.getContext(), {dim}));
    };
    set("units", source.blocks);
    op.removeAttr("grain");
    op.removeAttr("scratch");
    if (source.scratch) set("scratch", source.scratch);
    if (auto kernel = mlir::dyn_cast<KernelFuncOp>(op)) kernel.setSchedule(source.schedule);
    sources.push_back(std::move(source));
  }
  return sources;
}

absl::StatusOr<DeviceCode> compileSources(const std::vector<KernelSource> &sources,
                                          const CompileOptions &options) {
  if (!options.deviceImages) {
    DeviceCode out;
    out.device = options.device;
    for (const KernelSource &source : sources) {
      out.kernels.push_back(infoOf(source));
      out.kernels.back().source = prelude() + source.text;
    }
    return out;
  }
  if (options.device == "cuda-emulated") return emulatedCode(sources);
  const std::vector<int> &architectures = options.cudaArchitectures;
  if (architectures.empty() || architectures.front() <= 0)
    return absl::InvalidArgumentError(
        "--cpu takes a list of CUDA architectures with --device cuda, as in sm_80,sm_90");
  absl::StatusOr<const Nvrtc *> nvrtc = Nvrtc::get();
  if (!nvrtc.ok()) return nvrtc.status();
  size_t perKernel = architectures.size();
  std::vector<absl::StatusOr<NvrtcResult>> results(sources.size() * perKernel,
                                                   absl::InternalError("not compiled"));
  std::string before = prelude();
  inParallel(results.size(), options.compileThreads, [&](size_t i) {
    const KernelSource &source = sources[i / perKernel];
    results[i] = (*nvrtc)->compile(before + source.text, source.name + ".cu",
                                   architectures[i % perKernel], /*wantCubin=*/true);
  });
  DeviceCode out;
  out.device = "cuda";
  for (size_t k = 0; k < sources.size(); ++k) {
    DeviceKernelInfo info = infoOf(sources[k]);
    info.firstImage = static_cast<int>(out.images.size());
    for (size_t a = 0; a < perKernel; ++a) {
      absl::StatusOr<NvrtcResult> &result = results[k * perKernel + a];
      if (!result.ok()) {
        return absl::Status(result.status().code(),
                            absl::StrCat(result.status().message(), "\nkernel '", sources[k].name,
                                         "' of ", sources[k].nodes));
      }
      out.images.push_back({PLX_IMAGE_CUBIN, architectures[a], std::move(result->cubin)});
      for (const KernelReport &report : result->reports)
        info.reports.push_back({architectures[a], report.registers,
                                report.spillStores + report.spillLoads, report.sharedBytes});
      for (const std::string &warning : result->warnings) info.warnings.push_back(warning);
      // PTX of the newest architecture runs on later ones.
      if (a + 1 == perKernel)
        out.images.push_back({PLX_IMAGE_PTX, architectures[a], std::move(result->ptx)});
    }
    info.numImages = static_cast<int>(out.images.size()) - info.firstImage;
    out.kernels.push_back(std::move(info));
  }
  return out;
}

}  // namespace plx::cuda
