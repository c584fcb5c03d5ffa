// RUN: rm -rf %t && plexus compile %s -o %t.so --save-temps %t
// RUN: cat %t/kernels_*.ll | FileCheck %s
// REQUIRES: plexus

// A product over 8192 rows, as a gradient of weights is: while it adds up the terms of one block it
// asks for those of the next, of both operands.
// CHECK-LABEL: define {{.*}}@plx_k_{{.*}}(
// CHECK: call void @llvm.prefetch.p0(ptr {{[^,]+}}, i32 0, i32 3, i32 1)
// CHECK: call void @llvm.prefetch.p0(ptr {{[^,]+}}, i32 0, i32 3, i32 1)
// CHECK: call {{.*}} @llvm.fma
func.func @main(%a: tensor<8192x56xf32>, %b: tensor<8192x32xf32>) -> tensor<56x32xf32> {
  %x = plx.dot_general %a, %b batch [] x [] contract [0] x [0] : (tensor<8192x56xf32>, tensor<8192x32xf32>) -> tensor<56x32xf32>
  return %x : tensor<56x32xf32>
}
