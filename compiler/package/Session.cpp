#include "compiler/package/Session.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "compiler/package/Descriptor.h"
#include "compiler/package/ElfWriter.h"
#include "compiler/package/SymbolCheck.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/MapperJITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/MemoryMapper.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/Support/MemoryBuffer.h"

namespace plx {

using llvm::orc::ExecutorAddr;
using llvm::orc::ExecutorSymbolDef;

/// ORC without LLJIT: no platform, no IR layer, no code generation, hence no target to set up.
struct Session::Code {
  std::unique_ptr<llvm::orc::ExecutionSession> session;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> linker;
  llvm::orc::JITDylib *library = nullptr;
  void *weights = nullptr;  // malloc'ed
  std::string reported;     // what the linker said of its failures

  ~Code() {
    // Gives the code's memory back through the linker, which goes then, before what it refers to.
    // Nothing can be done about a failure to unmap.
    if (session)
      if (llvm::Error error = session->endSession()) llvm::consumeError(std::move(error));
    linker.reset();
    free(weights);
  }

  llvm::Error start(size_t objectBytes);
  llvm::Error define(std::initializer_list<std::pair<const char *, ExecutorSymbolDef>> list);
  llvm::Error defineRuntime();
  llvm::Error add(const std::string &name, const std::string &bytes);
  absl::Status copyWeights(const CompiledProgram &compiled);
};

namespace {

absl::Status fromLlvm(llvm::Error error, llvm::StringRef what) {
  return absl::InternalError(what.str() + ": " + toString(std::move(error)));
}

template <typename Function>
ExecutorSymbolDef addressOf(Function *function) {
  return {ExecutorAddr::fromPtr(function),
          llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

}  // namespace

/// Objects call each other over at most 2 GiB, and the kernel places what is mapped one by one
/// wherever there is room: all of them go into one reserved range.
static llvm::Expected<std::unique_ptr<llvm::jitlink::JITLinkMemoryManager>> oneRange(
    size_t objectBytes) {
  constexpr size_t kUnit = size_t{16} << 20;
  size_t range = (2 * objectBytes + kUnit) / kUnit * kUnit + kUnit;
  return llvm::orc::MapperJITLinkMemoryManager::CreateWithMapper<llvm::orc::InProcessMemoryMapper>(
      range);
}

llvm::Error Session::Code::start(size_t objectBytes) {
  // In place: linking on the calling thread. Helper threads would not survive a fork.
  llvm::Expected<std::unique_ptr<llvm::orc::SelfExecutorProcessControl>> control =
      llvm::orc::SelfExecutorProcessControl::Create(
          nullptr, std::make_unique<llvm::orc::InPlaceTaskDispatcher>());
  if (!control) return control.takeError();
  session = std::make_unique<llvm::orc::ExecutionSession>(std::move(*control));
  session->setErrorReporter([this](llvm::Error error) {
    reported += (reported.empty() ? "" : "; ") + llvm::toString(std::move(error));
  });
  auto memory = oneRange(objectBytes);
  if (!memory) return memory.takeError();
  linker = std::make_unique<llvm::orc::ObjectLinkingLayer>(*session, std::move(*memory));
  library = &session->createBareJITDylib("model");
  return defineRuntime();
}

llvm::Error Session::Code::define(
    std::initializer_list<std::pair<const char *, ExecutorSymbolDef>> list) {
  llvm::orc::SymbolMap symbols;
  for (const auto &[name, symbol] : list) symbols[session->intern(name)] = symbol;
  return library->define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

/// The closed set of symbols that objects may need (SymbolCheck), by the addresses they have in the
/// runtime that is linked here.
llvm::Error Session::Code::defineRuntime() {
  if (weights)
    if (llvm::Error error = define(
            {{kWeightsSymbol, {ExecutorAddr::fromPtr(weights), llvm::JITSymbolFlags::Exported}}}))
      return error;
  return define({{"plx_rt_parallel", addressOf(&plx_rt_parallel)},
                 {"plx_rt_arena", addressOf(&plx_rt_arena)},
                 {"plx_rt_scratch", addressOf(&plx_rt_scratch)},
                 {"plx_rt_output", addressOf(&plx_rt_output)},
                 {"plx_rt_state", addressOf(&plx_rt_state)},
                 {"plx_rt_fail", addressOf(&plx_rt_fail)},
                 {"plx_rt_host_call", addressOf(&plx_rt_host_call)},
                 {"plx_rt_cancelled", addressOf(&plx_rt_cancelled)},
                 {"plx_rt_view", addressOf(&plx_rt_view)},
                 {"plx_rt_mark", addressOf(&plx_rt_mark)},
                 {"plx_rt_keep", addressOf(&plx_rt_keep)},
                 {"plx_rt_output_object", addressOf(&plx_rt_output_object)},
                 {"plx_rt_load", addressOf(&plx_rt_load)},
                 {"plx_rt_store", addressOf(&plx_rt_store)},
                 {"plx_rt_copy", addressOf(&plx_rt_copy)},
                 {"memcpy", addressOf(&memcpy)},
                 {"memmove", addressOf(&memmove)},
                 {"memset", addressOf(&memset)}});
}

llvm::Error Session::Code::add(const std::string &name, const std::string &bytes) {
  return linker->add(*library, llvm::MemoryBuffer::getMemBufferCopy(bytes, name));
}

absl::Status Session::Code::copyWeights(const CompiledProgram &compiled) {
  if (compiled.weightsBytes == 0) return absl::OkStatus();
  uint64_t bytes = (compiled.weightsBytes + PLX_ALIGNMENT - 1) / PLX_ALIGNMENT * PLX_ALIGNMENT;
  weights = aligned_alloc(PLX_ALIGNMENT, bytes);
  if (!weights)
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", bytes, " bytes of weights"));
  memset(static_cast<char *>(weights) + compiled.weightsBytes, 0, bytes - compiled.weightsBytes);
  uint64_t position = 0;
  for (const PlacedWeight &weight : compiled.weights) {
    memset(static_cast<char *>(weights) + position, 0, weight.offset - position);
    if (weight.bytes > 0)
      memcpy(static_cast<char *>(weights) + weight.offset, weight.data, weight.bytes);
    position = weight.offset + weight.bytes;
  }
  memset(static_cast<char *>(weights) + position, 0, compiled.weightsBytes - position);
  return absl::OkStatus();
}

Session::Session() : code_(std::make_unique<Code>()) {}

Session::~Session() { plx_program_release(program_); }

absl::StatusOr<std::unique_ptr<Session>> Session::create(const CompiledProgram &compiled) {
  if (absl::Status status = checkSymbols(compiled); !status.ok()) return status;
  plx_load_options options = {};
  options.struct_bytes = sizeof options;
  return create(compiled, nullptr, options);
}

absl::StatusOr<std::unique_ptr<Session>> Session::create(const CompiledProgram &compiled,
                                                         plx_run_fn hostProgram,
                                                         const plx_load_options &options) {
  std::unique_ptr<Session> session(new Session);
  if (absl::Status status = session->load(compiled, hostProgram, options); !status.ok())
    return status;
  return session;
}

absl::Status Session::load(const CompiledProgram &compiled, plx_run_fn hostProgram,
                           const plx_load_options &options) {
  absl::StatusOr<std::string> descriptor = emitDescriptor(compiled, {});
  if (!descriptor.ok()) return descriptor.status();
  if (absl::Status status = code_->copyWeights(compiled); !status.ok()) return status;
  size_t bytes = descriptor->size();
  for (const Object &object : compiled.objects) bytes += object.bytes.size();
  if (llvm::Error error = code_->start(bytes)) return fromLlvm(std::move(error), "session");
  if (hostProgram)
    if (llvm::Error error =
            code_->define({{compiled.info.runSymbol.c_str(), addressOf(hostProgram)}}))
      return fromLlvm(std::move(error), "session");
  if (llvm::Error error = code_->add("descriptor", *descriptor))
    return fromLlvm(std::move(error), "session: descriptor");
  for (const Object &object : compiled.objects)
    if (llvm::Error error = code_->add(object.name, object.bytes))
      return fromLlvm(std::move(error), "session: object");

  llvm::Expected<ExecutorSymbolDef> module =
      code_->session->lookup({code_->library}, code_->session->intern(PLX_MODULE_SYMBOL));
  if (!module)  // The lookup's own error says only which symbols were asked for.
    return fromLlvm(module.takeError(), "linking in memory: " + code_->reported);
  plx_error error;
  if (plx_program_create(module->getAddress().toPtr<const plx_module *>(), &options, &program_,
                         &error))
    return toStatus(error);
  return absl::OkStatus();
}

absl::Status toStatus(const plx_error &error) {
  switch (error.status) {
    case PLX_OK:
      return absl::OkStatus();
    case PLX_INVALID_ARGUMENT:
    case PLX_MISMATCH:
      return absl::InvalidArgumentError(error.message);
    case PLX_NOT_FOUND:
      return absl::NotFoundError(error.message);
    case PLX_OUT_OF_MEMORY:
      return absl::ResourceExhaustedError(error.message);
    case PLX_UNSUPPORTED:
      return absl::UnimplementedError(error.message);
    case PLX_CANCELLED:
      return absl::CancelledError(error.message);
    case PLX_IO:
    case PLX_BAD_FORMAT:
      return absl::DataLossError(error.message);
    default:
      return absl::InternalError(error.message);
  }
}

namespace {

plx_status runInContext(plx_context *context, absl::Span<const plx_tensor> inputs,
                        absl::Span<const plx_tensor> outputs, plx_error *error) {
  plx_status status = PLX_OK;
  for (size_t i = 0; i < inputs.size() && !status; ++i)
    status = plx_context_set_input_at(context, static_cast<int32_t>(i), &inputs[i], error);
  for (size_t i = 0; i < outputs.size() && !status; ++i)
    status = plx_context_bind_output(context, static_cast<int32_t>(i), outputs[i].data,
                                     static_cast<uint64_t>(plx_tensor_bytes(&outputs[i])), error);
  return status ? status : plx_context_run(context, error);
}

}  // namespace

absl::Status runOnce(const CompiledProgram &compiled, absl::Span<const plx_tensor> inputs,
                     absl::Span<const plx_tensor> outputs, int threads) {
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(compiled);
  if (!session.ok()) return session.status();
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = threads;
  plx_error error;
  plx_context *context = nullptr;
  if (plx_context_create((*session)->program(), &options, &context, &error)) return toStatus(error);
  std::unique_ptr<plx_context, decltype(&plx_context_destroy)> owner(context, plx_context_destroy);

  if (runInContext(context, inputs, outputs, &error)) return toStatus(error);
  for (size_t i = 0; i < outputs.size(); ++i) {
    plx_tensor result;
    if (plx_context_output(context, static_cast<int32_t>(i), &result, &error))
      return toStatus(error);
    if (result.element_type != outputs[i].element_type ||
        plx_tensor_bytes(&result) != plx_tensor_bytes(&outputs[i]))
      return absl::InternalError(absl::StrCat("output ", i, " has ", plx_tensor_bytes(&result),
                                              " bytes of ", plx_element_name(result.element_type),
                                              ", expected ", plx_tensor_bytes(&outputs[i]), " of ",
                                              plx_element_name(outputs[i].element_type)));
    if (result.data != outputs[i].data)
      memcpy(outputs[i].data, result.data, static_cast<size_t>(plx_tensor_bytes(&result)));
  }
  return absl::OkStatus();
}

}  // namespace plx
