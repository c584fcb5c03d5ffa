// RUN: rm -rf %t && plexus compile %s -o %t.so --save-temps %t
// RUN: cat %t/kernels_*.ll | FileCheck %s
// REQUIRES: plexus

// Sums of few terms end before a line would come.
// CHECK-LABEL: define {{.*}}@plx_k_{{.*}}(
// CHECK-NOT: @llvm.prefetch
// CHECK: call {{.*}} @llvm.fma
// CHECK-NOT: @llvm.prefetch
func.func @main(%a: tensor<28x16xf32>, %b: tensor<16x32xf32>) -> tensor<28x32xf32> {
  %x = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<28x16xf32>, tensor<16x32xf32>) -> tensor<28x32xf32>
  return %x : tensor<28x32xf32>
}
