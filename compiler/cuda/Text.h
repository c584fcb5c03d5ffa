// Lines of C++ while they are written, indented.
#ifndef PLEXUS_COMPILER_CUDA_TEXT_H
#define PLEXUS_COMPILER_CUDA_TEXT_H

#include <string>

#include "absl/strings/str_cat.h"

namespace plx::cuda {

class Text {
 public:
  template <typename... Parts>
  void line(const Parts &...parts) {
    out_.append(2 * depth_, ' ');
    absl::StrAppend(&out_, parts..., "\n");
  }
  /// `head {` ... `}`
  template <typename... Parts>
  void open(const Parts &...head) {
    line(head..., " {");
    ++depth_;
  }
  void close(const char *tail = "") {
    --depth_;
    line("}", tail);
  }
  void indent() { ++depth_; }
  const std::string &str() const { return out_; }

 private:
  std::string out_;
  int depth_ = 0;
};

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_TEXT_H
