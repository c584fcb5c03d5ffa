// The reference evaluator as a program of the runtime: its host program is the evaluator, so that
// inputs, checks, outputs and messages are those of every other program.
#ifndef PLEXUS_TOOLS_API_REFERENCE_H
#define PLEXUS_TOOLS_API_REFERENCE_H

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "compiler/package/Session.h"
#include "ir/eval/Evaluator.h"
#include "tools/api/Model.h"

namespace plx {

/// Contexts of its program take turns.
class Reference {
 public:
  static absl::StatusOr<std::unique_ptr<Reference>> create(std::shared_ptr<const Model> model);
  ~Reference();
  plx_program *program() const { return session_->program(); }

 private:
  explicit Reference(std::shared_ptr<const Model> model);
  static int32_t run(plx_run *run);
  int32_t evaluate(plx_run *run);
  int32_t fail(plx_run *run, const std::string &message);
  static int32_t sayMessage(void *reference, plx_host_frame *frame, const plx_tensor *args,
                            int32_t numArgs, plx_tensor *results, int32_t numResults);
  absl::StatusOr<eval::Value> input(const plx_run &run, int32_t index) const;
  absl::Status output(plx_run *run, int32_t index, const eval::Value &value);

  std::shared_ptr<const Model> model_;
  mlir::OwningOpRef<mlir::ModuleOp> program_;
  eval::Evaluator evaluator_;
  std::unique_ptr<Session> session_;
  std::mutex mutex_;
  std::string message_;  // of the last failure
};

/// What @main's signature says: symbols, inputs and outputs.
absl::StatusOr<ProgramInfo> signatureOf(const Model &model);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_REFERENCE_H
