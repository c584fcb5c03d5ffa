// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// Which of four neighbours is the greatest is asked in two places, at twice as many points each as there are answers: it is in memory.
// CHECK-LABEL: func.func @shared
// CHECK: %[[FIRST:.*]] = plx.kernel
// CHECK: plx.kernel map ["$i0"] < [128] (%[[FIRST]])
func.func @shared(%a: tensor<64xf32>, %b: tensor<64xf32>, %c: tensor<64xf32>, %d: tensor<64xf32>) -> tensor<128xf32> {
  %zero = plx.constant dense<0.0> : tensor<f32>
  %m0 = plx.pointwise max(%a, %b) : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %m1 = plx.pointwise max(%c, %d) : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %m = plx.pointwise max(%m0, %m1) : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %p0 = plx.pad %m, %zero [0] [1] [1] : (tensor<64xf32>, tensor<f32>) -> tensor<128xf32>
  %p1 = plx.pad %m, %zero [1] [0] [1] : (tensor<64xf32>, tensor<f32>) -> tensor<128xf32>
  %r = plx.pointwise sub(%p0, %p1) : (tensor<128xf32>, tensor<128xf32>) -> tensor<128xf32>
  return %r : tensor<128xf32>
}

// -----

// Negative twin: two reads are cheaper than a result to write and to read.
// CHECK-LABEL: func.func @cheap
// CHECK-COUNT-1: plx.kernel
// CHECK-NOT: plx.kernel
// CHECK: return
func.func @cheap(%a: tensor<64xf32>, %b: tensor<64xf32>) -> tensor<128xf32> {
  %zero = plx.constant dense<0.0> : tensor<f32>
  %m = plx.pointwise max(%a, %b) : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %p0 = plx.pad %m, %zero [0] [1] [1] : (tensor<64xf32>, tensor<f32>) -> tensor<128xf32>
  %p1 = plx.pad %m, %zero [1] [0] [1] : (tensor<64xf32>, tensor<f32>) -> tensor<128xf32>
  %r = plx.pointwise sub(%p0, %p1) : (tensor<128xf32>, tensor<128xf32>) -> tensor<128xf32>
  return %r : tensor<128xf32>
}
