// Diagnostics of a context as a status.
#ifndef PLEXUS_FRONTENDS_BUILDER_ERRORS_H
#define PLEXUS_FRONTENDS_BUILDER_ERRORS_H

#include <string>

#include "absl/status/status.h"
#include "ir/types/Place.h"
#include "mlir/IR/Diagnostics.h"

namespace plx::builder {

/// Collects the messages of errors while it lives.
class Errors {
 public:
  explicit Errors(mlir::MLIRContext *context)
      : handler_(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error) return;
          std::string place = placeText(diagnostic.getLocation());
          text_ +=
              (text_.empty() ? "" : "\n") + place + (place.empty() ? "" : ": ") + diagnostic.str();
        }) {}
  /// What was said, or where nothing was, `otherwise`.
  absl::Status status(const std::string &otherwise) const {
    return absl::InvalidArgumentError(text_.empty() ? otherwise : text_);
  }

 private:
  std::string text_;
  mlir::ScopedDiagnosticHandler handler_;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_ERRORS_H
