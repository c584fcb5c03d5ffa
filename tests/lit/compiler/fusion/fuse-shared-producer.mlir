// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// What users in two kernels read is computed once, into memory.
// CHECK-LABEL: func.func @two_kernels
// CHECK: %[[E:.*]] = plx.kernel map ["$i0"] < [100]
// CHECK: plx.apply exp
// CHECK: plx.kernel map ["$i0"] < [100] (%[[E]])
// CHECK: plx.kernel map [] < [] (%[[E]])
// CHECK-NOT: plx.apply exp
func.func @two_kernels(%x: tensor<100xf32>) -> (tensor<100xf32>, tensor<f32>) {
  %e = plx.pointwise exp(%x) : (tensor<100xf32>) -> tensor<100xf32>
  %n = plx.pointwise neg(%e) : (tensor<100xf32>) -> tensor<100xf32>
  %s = plx.reduce sum %e [0] : (tensor<100xf32>) -> tensor<f32>
  return %n, %s : tensor<100xf32>, tensor<f32>
}

// -----

// What two users in one kernel read is computed there, once.
// CHECK-LABEL: func.func @one_kernel
// CHECK: plx.kernel map
// CHECK: %[[E:.*]] = plx.apply exp
// CHECK: %[[N:.*]] = plx.apply neg(%[[E]])
// CHECK: plx.apply mul(%[[E]], %[[N]])
// CHECK-NOT: plx.kernel
func.func @one_kernel(%x: tensor<100xf32>) -> tensor<100xf32> {
  %e = plx.pointwise exp(%x) : (tensor<100xf32>) -> tensor<100xf32>
  %n = plx.pointwise neg(%e) : (tensor<100xf32>) -> tensor<100xf32>
  %m = plx.pointwise mul(%e, %n) : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
  return %m : tensor<100xf32>
}

// -----

// A result of the function is in memory; its other users load it.
// CHECK-LABEL: func.func @returned
// CHECK: %[[E:.*]] = plx.kernel map
// CHECK: plx.apply exp
// CHECK: %[[N:.*]] = plx.kernel map ["$i0"] < [100] (%[[E]])
// CHECK: return %[[E]], %[[N]]
func.func @returned(%x: tensor<100xf32>) -> (tensor<100xf32>, tensor<100xf32>) {
  %e = plx.pointwise exp(%x) : (tensor<100xf32>) -> tensor<100xf32>
  %n = plx.pointwise neg(%e) : (tensor<100xf32>) -> tensor<100xf32>
  return %e, %n : tensor<100xf32>, tensor<100xf32>
}

// -----

// Repeated work: each exp would be computed once a row of the result.
// CHECK-LABEL: func.func @broadcast
// CHECK: %[[E:.*]] = plx.kernel map ["$i0"] < [100]
// CHECK: plx.apply exp
// CHECK: plx.kernel map ["$i0", "$i1"] < [64, 100] (%[[E]], %{{.*}})
func.func @broadcast(%x: tensor<100xf32>, %y: tensor<64x100xf32>) -> tensor<64x100xf32> {
  %e = plx.pointwise exp(%x) : (tensor<100xf32>) -> tensor<100xf32>
  %b = plx.broadcast %e [1] : (tensor<100xf32>) -> tensor<64x100xf32>
  %m = plx.pointwise mul(%b, %y) : (tensor<64x100xf32>, tensor<64x100xf32>) -> tensor<64x100xf32>
  return %m : tensor<64x100xf32>
}

// -----

// Negative twin: a cheap function may be repeated rather than stored.
// CHECK-LABEL: func.func @cheap
// CHECK: plx.kernel map ["$i0", "$i1"] < [64, 100] (%{{.*}}, %{{.*}})
// CHECK: plx.apply neg
// CHECK-NOT: plx.kernel
func.func @cheap(%x: tensor<100xf32>, %y: tensor<64x100xf32>) -> tensor<64x100xf32> {
  %e = plx.pointwise neg(%x) : (tensor<100xf32>) -> tensor<100xf32>
  %b = plx.broadcast %e [1] : (tensor<100xf32>) -> tensor<64x100xf32>
  %m = plx.pointwise mul(%b, %y) : (tensor<64x100xf32>, tensor<64x100xf32>) -> tensor<64x100xf32>
  return %m : tensor<64x100xf32>
}

// -----

// A few cheap functions of one tensor that is in memory for others too are computed by each kernel that reads them.
// CHECK-LABEL: func.func @copies
// CHECK: plx.kernel
// CHECK: plx.apply mul
// CHECK: plx.fold sum
// CHECK: plx.kernel
// CHECK: plx.apply mul
// CHECK: plx.apply add
// CHECK-NOT: plx.kernel
func.func @copies(%g: tensor<40xf32>, %v: tensor<40xf32>) -> (tensor<f32>, tensor<40xf32>) {
  %s = plx.pointwise mul(%g, %g) : (tensor<40xf32>, tensor<40xf32>) -> tensor<40xf32>
  %n = plx.reduce sum %s [0] : (tensor<40xf32>) -> tensor<f32>
  %t = plx.pointwise add(%s, %g) : (tensor<40xf32>, tensor<40xf32>) -> tensor<40xf32>
  %w = plx.pointwise add(%t, %v) : (tensor<40xf32>, tensor<40xf32>) -> tensor<40xf32>
  return %n, %w : tensor<f32>, tensor<40xf32>
}

// -----

// So is what centers a tensor by a mean of each column: the mean is in memory, the difference is not.
// CHECK-LABEL: func.func @centered
// CHECK: %[[MEAN:.*]] = plx.kernel
// CHECK: %[[VARIANCE:.*]] = plx.kernel{{.*}} (%arg0, %[[MEAN]])
// CHECK: plx.apply sub
// CHECK: plx.fold sum
// CHECK: plx.kernel map ["$i0", "$i1"] < [40, 8] (%arg0, %[[MEAN]], %[[VARIANCE]])
// CHECK: plx.apply sub
// CHECK-NOT: plx.kernel
func.func @centered(%x: tensor<40x8xf32>) -> tensor<40x8xf32> {
  %m = plx.reduce sum %x [0] : (tensor<40x8xf32>) -> tensor<8xf32>
  %b = plx.broadcast %m [1] : (tensor<8xf32>) -> tensor<40x8xf32>
  %c = plx.pointwise sub(%x, %b) : (tensor<40x8xf32>, tensor<40x8xf32>) -> tensor<40x8xf32>
  %s = plx.pointwise mul(%c, %c) : (tensor<40x8xf32>, tensor<40x8xf32>) -> tensor<40x8xf32>
  %v = plx.reduce sum %s [0] : (tensor<40x8xf32>) -> tensor<8xf32>
  %vb = plx.broadcast %v [1] : (tensor<8xf32>) -> tensor<40x8xf32>
  %r = plx.pointwise div(%c, %vb) : (tensor<40x8xf32>, tensor<40x8xf32>) -> tensor<40x8xf32>
  return %r : tensor<40x8xf32>
}
