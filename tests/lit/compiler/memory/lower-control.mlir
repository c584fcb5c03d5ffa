// RUN: plexus-opt %s --plx-lower-to-host --plx-verify-host --split-input-file | FileCheck %s

// Branches give their own buffers, no copy is made; the sizes of the one taken are set.
// CHECK-LABEL: plx.program @main
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[C:.*]] = plx.load_scalar %{{.*}}[0] i1
// CHECK: %[[P:.*]] = arith.cmpi ne, %[[C]]
// CHECK: %[[R:.*]] = scf.if %[[P]] -> (!plx.buffer) {
// CHECK:   %[[A:.*]] = plx.alloc [n + 1] x 4
// CHECK:   plx.run @k [n](%[[X]], %[[A]])
// CHECK:   %[[M:.*]] = plx.size [n + 1]
// CHECK:   plx.set_symbol "m" = %[[M]] ge 0
// CHECK:   scf.yield %[[A]]
// CHECK: } else {
// CHECK:   plx.set_symbol "m"
// CHECK:   scf.yield %[[X]]
plx.kernel_func @k map ["$0"] < [n + 1] symbols [n] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[n]>>, %r: tensor<?xf32, #plx.dims<[n + 1]>>):
}
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %c: tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>> {
  %r = plx.if %c fresh ["m"] {
    %t = plx.launch @k [n] (%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n + 1]>>
    plx.yield %t : tensor<?xf32, #plx.dims<[n + 1]>>
  } else {
    plx.yield %x : tensor<?xf32, #plx.dims<[n]>>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
}

// -----

// A state of fixed size goes back and forth between two buffers of the arena, written by the launch itself; the initial value
// is read where it is. Outputs of known number are written in place.
// CHECK-LABEL: plx.program @main
// CHECK-SAME: -> ["output0", "output1"]
// CHECK-NOT: numStates
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[A:.*]] = plx.alloc [4] x 4
// CHECK: %[[B:.*]] = plx.alloc [4] x 4
// CHECK: %[[ALL:.*]] = plx.alloc [9, 4] x 4
// CHECK: %[[LOOP:.*]]:5 = scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %[[X]], %{{.*}} = %[[A]], %{{.*}} = %[[B]])
// CHECK: ^bb0(%[[I:.*]]: i64, %[[GO:.*]]: i1, %[[CUR:.*]]: !plx.buffer, %[[NEXT:.*]]: !plx.buffer, %[[SPARE:.*]]: !plx.buffer):
// CHECK-NEXT: plx.check_cancelled
// CHECK: %[[SLICE:.*]] = plx.advance %{{.*}} by %[[I]] [4] x 4
// CHECK: plx.run @k [](%[[CUR]], %[[SLICE]], %[[NEXT]])
// CHECK: %[[PART:.*]] = plx.advance %[[ALL]] by %[[I]] [4] x 4
// CHECK: plx.copy %[[NEXT]] to %[[PART]] [4] x 4
// CHECK: scf.yield %{{.*}}, %[[GO]], %[[NEXT]], %[[SPARE]], %[[NEXT]]
plx.kernel_func @k map ["$0"] < [4] symbols [] inputs 2 {
^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>, %r: tensor<4xf32>):
}
func.func @main(%h: tensor<4xf32>, %x: tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>) {
  %s, %all = plx.scan (%h) over (%x) {
  ^bb0(%a: tensor<4xf32>, %row: tensor<4xf32>):
    %t = plx.launch @k [] (%a, %row) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    plx.yield %t, %t : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
  return %s, %all : tensor<4xf32>, tensor<9x4xf32>
}

// -----

// States that grow and outputs of unknown number have growable buffers; carried sizes are set anew each time.
// CHECK-LABEL: plx.program @main
// CHECK-SAME: numStates = 3 : i64
// CHECK: plx.set_symbol "k"
// CHECK: scf.while
// CHECK: plx.check_cancelled
// CHECK: %[[NEXT:.*]] = plx.state %{{.*}} [k + 1] x 4
// CHECK: plx.run @k [k](%{{.*}}, %[[NEXT]])
// CHECK: %[[COUNT:.*]] = arith.addi
// CHECK: %[[IS:.*]] = plx.state %{{.*}} count %[[COUNT]] [] x 8
// CHECK: %[[PART:.*]] = plx.advance %[[IS]]
// CHECK: plx.copy %{{.*}} to %[[PART]] [] x 8
// CHECK: %[[K:.*]] = plx.size [k + 1]
// CHECK: plx.set_symbol "k" = %[[K]] ge 0
// CHECK: %[[M:.*]] = plx.size [k]
// CHECK: plx.set_symbol "m" = %[[M]] ge 0
// CHECK: plx.set_symbol "t"
plx.kernel_func @k map ["$0"] < [n + 1] symbols [n] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[n]>>, %r: tensor<?xf32, #plx.dims<[n + 1]>>):
}
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %trips: tensor<i64>, %c: tensor<i1>)
    -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>) {
  %s, %all = plx.loop %trips, %c, (%x) fresh ["m", "t"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32, #plx.dims<[k]>>):
    %b = plx.launch @k [k] (%a) : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k + 1]>>
    plx.yield %go, %b, %i : tensor<i1>, tensor<?xf32, #plx.dims<[k + 1]>>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>)
  return %s, %all : tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>
}
