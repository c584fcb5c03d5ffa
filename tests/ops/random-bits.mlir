// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @random_bits
// CHECK: plx.random_bits %{{.*}} : (tensor<2xui64>) -> tensor<4x8xui32>
func.func @random_bits(%key: tensor<2xui64>) -> tensor<4x8xui32> {
  %r = plx.random_bits %key : (tensor<2xui64>) -> tensor<4x8xui32>
  return %r : tensor<4x8xui32>
}
