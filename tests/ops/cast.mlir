// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @cast
// CHECK: plx.cast %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xi64>
// CHECK: plx.cast %{{.*}} {saturate = false} : (tensor<2x3xf32>) -> tensor<2x3xf8E4M3FN>
func.func @cast(%x: tensor<2x3xf32>) -> (tensor<2x3xi64>, tensor<2x3xf8E4M3FN>) {
  %r = plx.cast %x : (tensor<2x3xf32>) -> tensor<2x3xi64>
  %s = plx.cast %x {saturate = false} : (tensor<2x3xf32>) -> tensor<2x3xf8E4M3FN>
  return %r, %s : tensor<2x3xi64>, tensor<2x3xf8E4M3FN>
}
