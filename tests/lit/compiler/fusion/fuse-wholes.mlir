// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// Sums of whole tensors that are joined to one number take a kernel each: each can be done when its tensor is there.
// CHECK-LABEL: func.func @norm
// CHECK: plx.kernel map [] < [] (%{{.*}}) {
// CHECK: plx.fold sum
// CHECK: plx.kernel map [] < [] (%{{.*}}) {
// CHECK: plx.fold sum
// CHECK: plx.kernel
// CHECK-NOT: plx.fold
func.func @norm(%a: tensor<40x50xf32>, %b: tensor<3000xf32>) -> tensor<f32> {
  %s = plx.pointwise mul(%a, %a) : (tensor<40x50xf32>, tensor<40x50xf32>) -> tensor<40x50xf32>
  %t = plx.pointwise mul(%b, %b) : (tensor<3000xf32>, tensor<3000xf32>) -> tensor<3000xf32>
  %u = plx.reduce sum %s [0, 1] : (tensor<40x50xf32>) -> tensor<f32>
  %v = plx.reduce sum %t [0] : (tensor<3000xf32>) -> tensor<f32>
  %w = plx.pointwise add(%u, %v) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %r = plx.pointwise sqrt(%w) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

// -----

// One sum keeps what follows it, and folds along rows stay together.
// CHECK-LABEL: func.func @mean
// CHECK: plx.kernel
// CHECK: plx.fold max
// CHECK: plx.fold sum
// CHECK: plx.apply mul
// CHECK-NOT: plx.kernel
func.func @mean(%a: tensor<40x50xf32>, %c: tensor<f32>) -> tensor<f32> {
  %m = plx.reduce max %a [1] : (tensor<40x50xf32>) -> tensor<40xf32>
  %s = plx.reduce sum %m [0] : (tensor<40xf32>) -> tensor<f32>
  %r = plx.pointwise mul(%s, %c) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
