#include "tests/unit/compiler/host/host_harness.h"

#include <gtest/gtest.h>

#include "compiler/host/Emit.h"
#include "compiler/memory/Passes.h"
#include "compiler/native/Target.h"
#include "ir/Dialect.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/include/plexus_abi.h"
#include "runtime/include/plexus_rt.h"
#include "tests/unit/compiler/host/kernels.h"

namespace plx {
namespace {

constexpr char kDeclarations[] = R"(
plx.kernel_func @add map ["$0"] < [s0] symbols [s0] inputs 2 {
^bb0(%a: tensor<?xf32, #plx.dims<[s0]>>, %b: tensor<?xf32, #plx.dims<[s0]>>, %r: tensor<?xf32, #plx.dims<[s0]>>):
} attributes {units = #plx.dims<[s0]>, grain = 4}
plx.kernel_func @twice map ["$0"] < [s0] symbols [s0] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[s0]>>, %r: tensor<?xf32, #plx.dims<[s0]>>):
} attributes {units = #plx.dims<[s0]>, scratch = #plx.dims<[4096]>}
plx.kernel_func @append map ["$0"] < [s0 + 1] symbols [s0] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[s0]>>, %r: tensor<?xf32, #plx.dims<[s0 + 1]>>):
} attributes {units = #plx.dims<[s0 + 1]>, scratch = #plx.dims<[8 * s0]>}
plx.kernel_func @below map [] < [] symbols [] inputs 2 {
^bb0(%a: tensor<f32>, %b: tensor<f32>, %r: tensor<i1>):
} attributes {units = #plx.dims<[1]>}
plx.kernel_func @sum row [] < [] symbols [s0] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[s0]>>, %r: tensor<f32>):
} attributes {units = #plx.dims<[1]>}
plx.irregular_func @find "nonzero" [tensor<?xf32, #plx.dims<[s0]>>, tensor<?xi64, #plx.dims<[s0]>>, tensor<i64>]
  inputs 1 symbols [s0] {} {units = #plx.dims<[1]>}
plx.kernel_func @broken map ["$0"] < [s0] symbols [s0] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[s0]>>, %r: tensor<?xf32, #plx.dims<[s0]>>):
} attributes {units = #plx.dims<[1]>}
)";

absl::StatusOr<Object> kernelObject(llvm::TargetMachine &machine) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(handWrittenKernels(), diagnostic, context);
  if (!module) return absl::InternalError(diagnostic.getMessage().str());
  module->setModuleIdentifier("kernels");
  return emitObject(*module, machine, false);
}

void placeWeights(const HostProgram &host,
                  const std::map<std::string, std::vector<float>> &parameters,
                  CompiledProgram &out) {
  auto owned = std::make_shared<std::vector<std::string>>();
  owned->reserve(host.weights.size());
  for (const HostWeight &weight : host.weights) {
    std::string bytes = weight.bytes;
    if (!weight.isConstant) {
      const std::vector<float> &values = parameters.at(weight.name);
      bytes.assign(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
    }
    owned->push_back(bytes);
    out.weights.push_back({weight.name, weight.elementType, weight.dims, out.weightsBytes,
                           bytes.size(), owned->back().data()});
    out.weightsBytes += (bytes.size() + 63) / 64 * 64;
  }
  out.owned = owned;
}

}  // namespace

absl::StatusOr<CompiledProgram> compileHost(
    const std::string &program, const std::map<std::string, std::vector<float>> &parameters) {
  mlir::DialectRegistry registry;
  registry.insert<PlxDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect,
                  mlir::scf::SCFDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  std::string errors;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    errors += diagnostic.str() + "\n";
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(kDeclarations + program, &context);
  if (!module) return absl::InvalidArgumentError(errors);
  mlir::PassManager passes(&context);
  passes.addPass(createLowerToHostPass());
  passes.addPass(createPlanMemoryPass());
  passes.addPass(createVerifyHostPass());
  if (failed(passes.run(*module))) return absl::InvalidArgumentError(errors);

  llvm::LLVMContext llvmContext;
  HostOptions options;
  options.modelName = "m";
  absl::StatusOr<HostProgram> host = emitHostProgram(*module, llvmContext, options);
  if (!host.ok()) return host.status();
  absl::StatusOr<TargetName> target = resolveTarget({});
  if (!target.ok()) return target.status();
  auto machine = makeTargetMachine(*target);
  if (!machine.ok()) return machine.status();
  CompiledProgram out;
  out.info = host->info;
  out.info.targetCpu = "generic";
  for (absl::StatusOr<Object> object :
       {emitObject(*host->module, **machine, false), kernelObject(**machine)}) {
    if (!object.ok()) return object.status();
    out.objects.push_back(*std::move(object));
  }
  placeWeights(*host, parameters, out);
  return out;
}

Array floats(std::vector<int64_t> dims, std::vector<float> values) {
  return {std::move(dims), std::move(values), {}};
}
Array ints(std::vector<int64_t> dims, std::vector<int64_t> values) {
  return {std::move(dims), {}, std::move(values)};
}

void PrintTo(const Array &array, std::ostream *stream) {
  *stream << testing::PrintToString(array.dims) << " " << testing::PrintToString(array.floats)
          << " " << testing::PrintToString(array.ints);
}

Runner::Runner(const CompiledProgram &program) {
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(program);
  if (!session.ok()) {
    ADD_FAILURE() << session.status();
    return;
  }
  session_ = *std::move(session);
  plx_error error;
  EXPECT_EQ(plx_context_create(session_->program(), nullptr, &context_, &error), PLX_OK)
      << error.message;
}

Runner::~Runner() {
  if (context_) plx_context_destroy(context_);
}

absl::StatusOr<std::vector<Array>> Runner::run(const std::vector<Array> &inputs) {
  plx_error error;
  if (!context_) return absl::InternalError("not compiled");
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Array &array = inputs[i];
    bool isInt = !array.ints.empty() || (array.floats.empty() && array.dims.empty());
    const void *data = isInt ? static_cast<const void *>(array.ints.data()) : array.floats.data();
    plx_tensor view = {const_cast<void *>(data), array.dims.data(),
                       static_cast<int32_t>(array.dims.size()), isInt ? PLX_I64 : PLX_F32};
    const char *name = plx_program_module(session_->program())->inputs[i].name;
    if (plx_context_set_input(context_, name, &view, &error) != PLX_OK)
      return absl::InvalidArgumentError(error.message);
  }
  if (plx_context_run(context_, &error) != PLX_OK) return absl::InvalidArgumentError(error.message);
  std::vector<Array> outputs;
  for (int i = 0; i < plx_program_module(session_->program())->num_outputs; ++i) {
    plx_tensor view;
    if (plx_context_output(context_, i, &view, &error) != PLX_OK)
      return absl::InternalError(error.message);
    Array array{{view.dims, view.dims + view.rank}, {}, {}};
    int64_t count = 1;
    for (int64_t dim : array.dims) count *= dim;
    if (view.element_type == PLX_I64)
      array.ints.assign(static_cast<int64_t *>(view.data),
                        static_cast<int64_t *>(view.data) + count);
    else
      array.floats.assign(static_cast<float *>(view.data), static_cast<float *>(view.data) + count);
    outputs.push_back(std::move(array));
  }
  return outputs;
}

}  // namespace plx
