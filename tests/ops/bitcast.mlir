// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @bitcast
// CHECK: plx.bitcast %{{.*}} : (tensor<2xf32>) -> tensor<2xui32>
func.func @bitcast(%x: tensor<2xf32>) -> tensor<2xui32> {
  %r = plx.bitcast %x : (tensor<2xf32>) -> tensor<2xui32>
  return %r : tensor<2xui32>
}
