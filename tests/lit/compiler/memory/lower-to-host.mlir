// RUN: plexus-opt %s --plx-lower-to-host --plx-verify-host --split-input-file | FileCheck %s

// A launch whose result is returned writes the output; others write the arena.
// CHECK-LABEL: plx.program @main ["x"] [tensor<?x4xf32, #plx.dims<[n, 4]>>] -> ["y"]
// CHECK: %[[W:.*]] = plx.weight "w" tensor<4xf32>
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[T:.*]] = plx.alloc [n, 4] x 4
// CHECK: plx.run @k [n](%[[X]], %[[W]], %[[T]]) nodes "a"
// CHECK: %[[Y:.*]] = plx.output 0 [4*n]
// CHECK: plx.run @k [n](%[[T]], %[[W]], %[[Y]])
// CHECK-NOT: func.func
plx.kernel_func @k map ["$0"] < [4 * n] symbols [n] inputs 2 {
^bb0(%a: tensor<?xf32, #plx.dims<[4 * n]>>, %b: tensor<4xf32>, %r: tensor<?xf32, #plx.dims<[4 * n]>>):
}
func.func @main(%x: tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "x"})
    -> (tensor<?xf32, #plx.dims<[4 * n]>> {plx.name = "y"}) {
  %w = plx.parameter "w" : tensor<4xf32>
  %t = plx.launch @k [n] (%x, %w) {nodes = "a"} : (tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<4xf32>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %u = plx.launch @k [n] (%t, %w) : (tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<4xf32>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %y = plx.reshape %u : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?xf32, #plx.dims<[4 * n]>>
  return %y : tensor<?xf32, #plx.dims<[4 * n]>>
}

// -----

// What no launch of this function writes, or what is returned twice, is copied.
// CHECK-LABEL: plx.program @main ["input0"] [tensor<3xf32>] -> ["output0", "output1", "output2", "output3"]
// CHECK: %[[C:.*]] = plx.weight "$constant0" tensor<3xf32> = dense<1.000000e+00> : tensor<3xf32>
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[O0:.*]] = plx.output 0 [3]
// CHECK: plx.run @k [](%[[X]], %[[O0]])
// CHECK: %[[O1:.*]] = plx.output 1 [3]
// CHECK: plx.copy %[[O0]] to %[[O1]] [3] x 4
// CHECK: %[[O2:.*]] = plx.output 2 [3]
// CHECK: plx.copy %[[X]] to %[[O2]] [3] x 4
// CHECK: %[[O3:.*]] = plx.output 3 [3]
// CHECK: plx.copy %[[C]] to %[[O3]] [3] x 4
plx.kernel_func @k map ["$0"] < [3] symbols [] inputs 1 {
^bb0(%a: tensor<3xf32>, %r: tensor<3xf32>):
}
func.func @main(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %c = plx.constant dense<1.0> : tensor<3xf32>
  %y = plx.launch @k [] (%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %y, %y, %x, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// Values become symbols, symbols values; sizes claimed equal are checked.
// CHECK-LABEL: plx.program @main
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[V:.*]] = plx.input 1
// CHECK: %[[A:.*]] = plx.load_scalar %[[V]][0] i64
// CHECK: %[[B:.*]] = plx.load_scalar %[[V]][1] i64
// CHECK: plx.set_symbol "a" = %[[A]] ge 1
// CHECK: plx.set_symbol "b" = %[[B]] ge 0
// CHECK: %[[N:.*]] = plx.size [n]
// CHECK: %[[AB:.*]] = plx.size [(a ge 1)*b]
// CHECK: plx.require %[[N]] = %[[AB]] axis 0 "dim {2} is {0} by `n` but {1} by `(a ge 1)*b`"
// CHECK: %[[D:.*]] = plx.alloc [2] x 8
// CHECK: %[[D0:.*]] = plx.size [n]
// CHECK: %[[D1:.*]] = plx.size [b + 7]
// CHECK: plx.store_scalars %[[D]] = (%[[D0]], %[[D1]]) i64
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %v: tensor<2xi64>)
    -> (tensor<?xf32, #plx.dims<[a ge 1 * b]>>, tensor<2xi64>) {
  plx.bind %v ["a", "b"] [1, 0] : tensor<2xi64>
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[a ge 1 * b]>>
  %d = plx.dims [n, b + 7] : tensor<2xi64>
  return %r, %d : tensor<?xf32, #plx.dims<[a ge 1 * b]>>, tensor<2xi64>
}

// -----

// A kernel that finds sizes writes buffers of their upper bound; an output gets its exact size by a copy.
// CHECK-LABEL: plx.program @main
// CHECK: %[[R:.*]] = plx.alloc [1, n] x 8
// CHECK: %[[C:.*]] = plx.alloc [] x 8
// CHECK: plx.run @nz [n]({{.*}}, %[[R]], %[[C]])
// CHECK: %[[K:.*]] = plx.load_scalar %[[C]][0] i64
// CHECK: plx.set_symbol "k" = %[[K]] ge 0
// CHECK: %[[O:.*]] = plx.output 0 [1, k]
// CHECK: plx.copy %[[R]] to %[[O]] [1, k] x 8
plx.irregular_func @nz "nonzero" [tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<i64>] inputs 1 symbols [n] {}
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<1x?xi64, #plx.dims<[1, k]>> {
  %r, %c = plx.launch @nz [n] (%x) {bounds = [#plx.dims<[1, n]>, #plx.dims<[]>], counts = [{result = 1, symbol = "k", lower = 0}]}
      : (tensor<?xf32, #plx.dims<[n]>>) -> (tensor<1x?xi64, #plx.dims<[1, k]>>, tensor<i64>)
  return %r : tensor<1x?xi64, #plx.dims<[1, k]>>
}
