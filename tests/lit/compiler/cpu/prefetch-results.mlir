// RUN: rm -rf %t && plexus compile %s -o %t.so --save-temps %t
// RUN: cat %t/kernels_*.ll | FileCheck %s
// REQUIRES: plexus

// Sums of many terms ask for the lines of their results before they begin.
// CHECK-LABEL: define {{.*}}@plx_k_{{.*}}(
// CHECK: call void @llvm.prefetch.p0(ptr {{[^,]+}}, i32 1, i32 3, i32 1)
// CHECK: call {{.*}} @llvm.fma
func.func @main(%a: tensor<28x256xf32>, %b: tensor<256x32xf32>) -> tensor<28x32xf32> {
  %x = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<28x256xf32>, tensor<256x32xf32>) -> tensor<28x32xf32>
  return %x : tensor<28x32xf32>
}
