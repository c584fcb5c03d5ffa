// Kernels written by hand in LLVM IR, for tests of the host program by itself. Buffers hold f32
// unless said otherwise.
#pragma once

#include <string>

#include "tests/unit/compiler/loop_kernel.h"

namespace plx {

inline constexpr char kOtherKernels[] = R"(
declare i32 @plx_rt_fail(ptr, i32, i32, i64, i64, i64)

define hidden void @plx_k_append(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
entry:
  %a = load ptr, ptr %buffers
  %r.at = getelementptr ptr, ptr %buffers, i64 1
  %r = load ptr, ptr %r.at
  %n = load i64, ptr %sizes
  br label %test
test:
  %i = phi i64 [%begin, %entry], [%next, %store]
  %more = icmp slt i64 %i, %end
  br i1 %more, label %body, label %done
body:
  %old = icmp slt i64 %i, %n
  br i1 %old, label %copy, label %new
copy:
  %ai.at = getelementptr float, ptr %a, i64 %i
  %ai = load float, ptr %ai.at
  br label %store
new:
  %last = sitofp i64 %n to float
  br label %store
store:
  %v = phi float [%ai, %copy], [%last, %new]
  %ri.at = getelementptr float, ptr %r, i64 %i
  store float %v, ptr %ri.at
  %next = add i64 %i, 1
  br label %test
done:
  ret void
}

define hidden void @plx_k_below(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
  %a = load ptr, ptr %buffers
  %b.at = getelementptr ptr, ptr %buffers, i64 1
  %b = load ptr, ptr %b.at
  %r.at = getelementptr ptr, ptr %buffers, i64 2
  %r = load ptr, ptr %r.at
  %x = load float, ptr %a
  %y = load float, ptr %b
  %less = fcmp olt float %x, %y
  %byte = zext i1 %less to i8
  store i8 %byte, ptr %r
  ret void
}

define hidden void @plx_k_sum(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
entry:
  %a = load ptr, ptr %buffers
  %r.at = getelementptr ptr, ptr %buffers, i64 1
  %r = load ptr, ptr %r.at
  %n = load i64, ptr %sizes
  br label %test
test:
  %i = phi i64 [0, %entry], [%next, %body]
  %s = phi float [0.0, %entry], [%t, %body]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %done
body:
  %ai.at = getelementptr float, ptr %a, i64 %i
  %ai = load float, ptr %ai.at
  %t = fadd float %s, %ai
  %next = add i64 %i, 1
  br label %test
done:
  store float %s, ptr %r
  ret void
}

define hidden void @plx_k_find(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
entry:
  %a = load ptr, ptr %buffers
  %r.at = getelementptr ptr, ptr %buffers, i64 1
  %r = load ptr, ptr %r.at
  %c.at = getelementptr ptr, ptr %buffers, i64 2
  %c = load ptr, ptr %c.at
  %n = load i64, ptr %sizes
  br label %test
test:
  %i = phi i64 [0, %entry], [%next, %join]
  %k = phi i64 [0, %entry], [%k2, %join]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %done
body:
  %ai.at = getelementptr float, ptr %a, i64 %i
  %ai = load float, ptr %ai.at
  %yes = fcmp ogt float %ai, 0.0
  br i1 %yes, label %found, label %join
found:
  %rk.at = getelementptr i64, ptr %r, i64 %k
  store i64 %i, ptr %rk.at
  %k1 = add i64 %k, 1
  br label %join
join:
  %k2 = phi i64 [%k, %body], [%k1, %found]
  %next = add i64 %i, 1
  br label %test
done:
  store i64 %k, ptr %c
  ret void
}

define hidden void @plx_k_broken(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
  %site.at = getelementptr i64, ptr %sizes, i64 1
  %site64 = load i64, ptr %site.at
  %site = trunc i64 %site64 to i32
  %code = call i32 @plx_rt_fail(ptr %run, i32 1, i32 %site, i64 7, i64 0, i64 3)
  ret void
}
)";

// add: out[i] = a[i] + b[i]. twice: out[i] = 2 a[i]. append [n]: out[0, n) = a, out[n] = n. below:
// out (i1) = a[0] < b[0]. sum [n]: out[0] = sum of a[0, n). find [n]: positions (i64) of a[i] > 0,
// their number (i64). broken [..., site]: fails at its site with fault INDEX 7 0 3, for kernels of
// one size.
inline std::string handWrittenKernels() {
  return loopKernel("plx_k_add", 3, R"(  %a.at = getelementptr float, ptr %b0, i64 %i
  %a = load float, ptr %a.at
  %b.at = getelementptr float, ptr %b1, i64 %i
  %b = load float, ptr %b.at
  %v = fadd float %a, %b)") +
         loopKernel("plx_k_twice", 2, R"(  %a.at = getelementptr float, ptr %b0, i64 %i
  %a = load float, ptr %a.at
  %v = fadd float %a, %a)") +
         kOtherKernels;
}

}  // namespace plx
