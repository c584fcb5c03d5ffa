// Kernels written by hand in LLVM IR, for tests without compiler/cpu: loops over elements of f32.
#pragma once

#include <string>

namespace plx {

/// Function `name` of the kernel signature of plexus_abi.h: last buffer [i] = %v for each unit i.
/// `value` computes %v (float) out of %i and the addresses %b0, %b1, .. of the `buffers` buffers.
inline std::string loopKernel(const std::string &name, int buffers, const std::string &value) {
  std::string text = "define hidden void @" + name +
                     "(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {\n"
                     "entry:\n";
  for (int b = 0; b < buffers; ++b) {
    std::string n = std::to_string(b);
    text += "  %b" + n + ".at = getelementptr ptr, ptr %buffers, i64 " + n + "\n  %b" + n +
            " = load ptr, ptr %b" + n + ".at\n";
  }
  return text + R"(  br label %test
test:
  %i = phi i64 [%begin, %entry], [%next, %body]
  %more = icmp slt i64 %i, %end
  br i1 %more, label %body, label %done
body:
)" + value +
         R"(
  %v.at = getelementptr float, ptr %b)" +
         std::to_string(buffers - 1) + R"(, i64 %i
  store float %v, ptr %v.at
  %next = add i64 %i, 1
  br label %test
done:
  ret void
}
)";
}

}  // namespace plx
