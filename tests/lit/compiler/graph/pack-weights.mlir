// Weights of contractions in panels of the register tile's width.
// RUN: plexus-opt --plx-pack-weights="vector-bytes=64 vector-registers=32" %s | FileCheck %s

// Stored [n, k]: packed [n / R, k, R], read through views alone.
// CHECK-LABEL: @product
func.func @product(%x: tensor<100x64xf32>) -> tensor<100x96xf32> {
  // CHECK: %[[W:.*]] = plx.parameter "w"
  // CHECK-NEXT: %[[KN:.*]] = plx.transpose %[[W]] [1, 0]
  // CHECK-NEXT: %[[SPLIT:.*]] = plx.reshape %[[KN]] : (tensor<64x96xf32>) -> tensor<64x3x32xf32>
  // CHECK-NEXT: %[[P:.*]] = plx.transpose %[[SPLIT]] [1, 0, 2] {plx.packed} : {{.*}} -> tensor<3x64x32xf32>
  // CHECK-NEXT: %[[U:.*]] = plx.transpose %[[P]] [1, 0, 2] :
  // CHECK-NEXT: %[[J:.*]] = plx.reshape %[[U]] : {{.*}} -> tensor<64x96xf32>
  // CHECK-NEXT: %[[V:.*]] = plx.transpose %[[J]] [1, 0] : {{.*}} -> tensor<96x64xf32>
  // CHECK-NEXT: plx.dot_general %arg0, %[[V]] batch [] x [] contract [1] x [1] {plx.panel = 32 : i64}
  %w = plx.parameter "w" : tensor<96x64xf32>
  %0 = plx.dot_general %x, %w batch [] x [] contract [1] x [1] : (tensor<100x64xf32>, tensor<96x64xf32>) -> tensor<100x96xf32>
  return %0 : tensor<100x96xf32>
}

// A last panel that is not full is filled with zeros, which the views leave out.
// CHECK-LABEL: @padded
func.func @padded(%x: tensor<100x64xf32>) -> tensor<100x40xf32> {
  // CHECK: %[[Z:.*]] = plx.constant dense<0.000000e+00> : tensor<f32>
  // CHECK: plx.pad %{{.*}}, %[[Z]] [0, 0] [0, 8] [0, 0] : {{.*}} -> tensor<64x48xf32>
  // CHECK: plx.packed
  // CHECK: %[[V:.*]] = plx.slice %{{.*}} [0, 0] [64, 40] [1, 1]
  // CHECK: plx.dot_general %arg0, %[[V]] {{.*}}{plx.panel = 48 : i64}
  %w = plx.parameter "w" : tensor<64x40xf32>
  %0 = plx.dot_general %x, %w batch [] x [] contract [1] x [0] : (tensor<100x64xf32>, tensor<64x40xf32>) -> tensor<100x40xf32>
  return %0 : tensor<100x40xf32>
}

// Batch dims stay in front; the order of the contracted dims is the op's.
// CHECK-LABEL: @batch
func.func @batch(%x: tensor<4x32x8x2xf32>) -> tensor<4x32x64xf32> {
  // CHECK: plx.transpose %{{.*}} [0, 2, 3, 1] : (tensor<4x64x8x2xf32>) -> tensor<4x8x2x64xf32>
  // CHECK: {plx.packed} : {{.*}} -> tensor<4x{{.*}}x8x2x{{.*}}xf32>
  // CHECK: plx.dot_general {{.*}}plx.panel
  %w = plx.parameter "w" : tensor<4x64x8x2xf32>
  %0 = plx.dot_general %x, %w batch [0] x [0] contract [2, 3] x [2, 3] : (tensor<4x32x8x2xf32>, tensor<4x64x8x2xf32>) -> tensor<4x32x64xf32>
  return %0 : tensor<4x32x64xf32>
}

// CHECK-LABEL: @convolution
func.func @convolution(%x: tensor<1x16x16x8xf32>) -> tensor<1x14x14x64xf32> {
  // CHECK: {plx.packed} : {{.*}} -> tensor<{{[0-9]+}}x3x3x8x{{[0-9]+}}xf32>
  // CHECK: plx.convolution {{.*}}plx.panel
  %w = plx.parameter "w" : tensor<3x3x8x64xf32>
  %0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x16x16x8xf32>, tensor<3x3x8x64xf32>) -> tensor<1x14x14x64xf32>
  return %0 : tensor<1x14x14x64xf32>
}

// One matrix for all entries of a batch would be packed once an entry.
// CHECK-LABEL: @repeated
// CHECK-NOT: plx.packed
func.func @repeated(%x: tensor<9x64x64xf32>) -> tensor<9x64x64xf32> {
  %w = plx.parameter "w" : tensor<64x64xf32>
  %0 = plx.broadcast %w [1, 2] : (tensor<64x64xf32>) -> tensor<9x64x64xf32>
  %1 = plx.dot_general %x, %0 batch [0] x [0] contract [2] x [1] : (tensor<9x64x64xf32>, tensor<9x64x64xf32>) -> tensor<9x64x64xf32>
  return %1 : tensor<9x64x64xf32>
}

// Groups, two operands of run time, few columns, ints, two free dims: none is packed.
// CHECK-LABEL: @others
// CHECK-NOT: plx.packed
// CHECK-NOT: plx.panel
func.func @others(%x: tensor<1x16x16x8xf32>, %a: tensor<64x64xf32>, %i: tensor<64x64xi32>) -> (tensor<1x14x14x64xf32>, tensor<64x64xf32>, tensor<64x3xf32>, tensor<64x64xi32>, tensor<64x8x8xf32>) {
  %g = plx.parameter "g" : tensor<3x3x4x64xf32>
  %few = plx.parameter "few" : tensor<64x3xf32>
  %ints = plx.parameter "ints" : tensor<64x64xi32>
  %two = plx.parameter "two" : tensor<64x8x8xf32>
  %0 = plx.convolution %x, %g strides [1, 1] dilations [1, 1] groups 2 : (tensor<1x16x16x8xf32>, tensor<3x3x4x64xf32>) -> tensor<1x14x14x64xf32>
  %1 = plx.dot_general %a, %a batch [] x [] contract [1] x [0] : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %2 = plx.dot_general %a, %few batch [] x [] contract [1] x [0] : (tensor<64x64xf32>, tensor<64x3xf32>) -> tensor<64x3xf32>
  %3 = plx.dot_general %i, %ints batch [] x [] contract [1] x [0] : (tensor<64x64xi32>, tensor<64x64xi32>) -> tensor<64x64xi32>
  %4 = plx.dot_general %a, %two batch [] x [] contract [1] x [0] : (tensor<64x64xf32>, tensor<64x8x8xf32>) -> tensor<64x8x8xf32>
  return %0, %1, %2, %3, %4 : tensor<1x14x14x64xf32>, tensor<64x64xf32>, tensor<64x3xf32>, tensor<64x64xi32>, tensor<64x8x8xf32>
}

// What a loop reads again and again, packed once in front of it; what it makes itself is not.
// CHECK-LABEL: @loop
func.func @loop(%h: tensor<16x64xf32>, %xs: tensor<10x64x64xf32>, %w: tensor<96x64xf32>) -> (tensor<16x64xf32>, tensor<10x16x96xf32>, tensor<10x16x64xf32>) {
  // CHECK: %[[KN:.*]] = plx.transpose %arg2 [1, 0]
  // CHECK: %[[P:.*]] = plx.transpose %{{.*}} [1, 0, 2] {plx.packed} : {{.*}} -> tensor<2x64x48xf32>
  // CHECK-NEXT: plx.scan
  // CHECK: %[[U:.*]] = plx.transpose %[[P]] [1, 0, 2] :
  // CHECK: plx.dot_general %{{.*}} {plx.panel = 48 : i64}
  // CHECK-NOT: plx.panel
  %0:3 = plx.scan (%h) over (%xs) {
  ^bb0(%a: tensor<16x64xf32>, %x: tensor<64x64xf32>):
    %y = plx.dot_general %a, %w batch [] x [] contract [1] x [1] : (tensor<16x64xf32>, tensor<96x64xf32>) -> tensor<16x96xf32>
    %z = plx.dot_general %a, %x batch [] x [] contract [1] x [1] : (tensor<16x64xf32>, tensor<64x64xf32>) -> tensor<16x64xf32>
    plx.yield %z, %y, %z : tensor<16x64xf32>, tensor<16x96xf32>, tensor<16x64xf32>
  } : (tensor<16x64xf32>, tensor<10x64x64xf32>) -> (tensor<16x64xf32>, tensor<10x16x96xf32>, tensor<10x16x64xf32>)
  return %0#0, %0#1, %0#2 : tensor<16x64xf32>, tensor<10x16x96xf32>, tensor<10x16x64xf32>
}
