// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// A softmax of rows is one kernel: its folds run inside the row.
// CHECK-LABEL: func.func @softmax
// CHECK: plx.kernel map ["$i0", "$i1"] < [n, 37]
// CHECK: %[[MAX:.*]] = plx.fold max
// CHECK: plx.apply sub(%{{.*}}, %[[MAX]])
// CHECK: %[[SUM:.*]] = plx.fold sum
// CHECK: %[[R:.*]] = plx.apply div(%{{.*}}, %[[SUM]])
// CHECK: plx.store %[[R]]
// CHECK-NOT: plx.kernel
func.func @softmax(%x: tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>> {
  %m = plx.reduce max %x [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %mb = plx.broadcast %m [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
  %d = plx.pointwise sub(%x, %mb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
  %e = plx.pointwise exp(%d) : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
  %s = plx.reduce sum %e [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %sb = plx.broadcast %s [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
  %r = plx.pointwise div(%e, %sb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
  return %r : tensor<?x37xf32, #plx.dims<[n, 37]>>
}

// -----

// So is a layer normalisation: mean and variance of a row are two folds.
// CHECK-LABEL: func.func @layernorm
// CHECK: plx.kernel map ["$i0", "$i1"] < [6, 48]
// CHECK-COUNT-2: plx.fold sum
// CHECK-NOT: plx.kernel
func.func @layernorm(%x: tensor<6x48xf32>) -> tensor<6x48xf32> {
  %n = plx.constant dense<48.0> : tensor<6xf32>
  %s = plx.reduce sum %x [1] : (tensor<6x48xf32>) -> tensor<6xf32>
  %m = plx.pointwise div(%s, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  %mb = plx.broadcast %m [0] : (tensor<6xf32>) -> tensor<6x48xf32>
  %d = plx.pointwise sub(%x, %mb) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
  %q = plx.pointwise mul(%d, %d) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
  %v = plx.reduce sum %q [1] : (tensor<6x48xf32>) -> tensor<6xf32>
  %w = plx.pointwise div(%v, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  %o = plx.pointwise sqrt(%w) : (tensor<6xf32>) -> tensor<6xf32>
  %ob = plx.broadcast %o [0] : (tensor<6xf32>) -> tensor<6x48xf32>
  %y = plx.pointwise div(%d, %ob) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
  return %y : tensor<6x48xf32>
}

// -----

// Negative twin: folds of columns would be computed anew for each row, so they are kernels of their own.
// CHECK-LABEL: func.func @columns
// CHECK: %[[SUM:.*]] = plx.kernel map ["$i0"] < [48]
// CHECK: plx.fold sum
// CHECK: plx.kernel map ["$i0", "$i1"] < [6, 48] (%{{.*}}, %[[SUM]])
// CHECK-NOT: plx.fold
func.func @columns(%x: tensor<6x48xf32>) -> tensor<6x48xf32> {
  %s = plx.reduce sum %x [0] : (tensor<6x48xf32>) -> tensor<48xf32>
  %sb = plx.broadcast %s [1] : (tensor<48xf32>) -> tensor<6x48xf32>
  %y = plx.pointwise div(%x, %sb) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
  return %y : tensor<6x48xf32>
}
