// RUN: plexus-opt %s --plx-order-launches --split-input-file | FileCheck %s

// Each update, and the share of the norm, follows its gradient; an update waits for what still reads the old value.
// CHECK-LABEL: func.func @main
// CHECK: plx.launch @gradient [](%{{.*}}, %[[Q:.*]]) :
// CHECK: plx.launch @square
// CHECK: %[[D:.*]] = plx.launch @back [](%{{.*}}, %[[Q]])
// CHECK: %[[NQ:.*]] = plx.launch @update [](%[[Q]]
// CHECK: plx.launch @gradient
// CHECK: plx.launch @square
// CHECK: plx.launch @add
// CHECK: plx.launch @update
func.func @main(%x: tensor<1024xf32>, %p: tensor<1024xf32> {plx.name = "p"}, %q: tensor<1024xf32> {plx.name = "q"})
    -> (tensor<f32>, tensor<1024xf32> {plx.updates = "p"}, tensor<1024xf32> {plx.updates = "q"}) {
  %gq = plx.launch @gradient [] (%x, %q) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %d = plx.launch @back [] (%gq, %q) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %gp = plx.launch @gradient [] (%d, %p) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %sq = plx.launch @square [] (%gq) : (tensor<1024xf32>) -> tensor<f32>
  %sp = plx.launch @square [] (%gp) : (tensor<1024xf32>) -> tensor<f32>
  %n = plx.launch @add [] (%sq, %sp) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %np = plx.launch @update [] (%p, %gp) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %nq = plx.launch @update [] (%q, %gq) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  return %n, %np, %nq : tensor<f32>, tensor<1024xf32>, tensor<1024xf32>
}

// -----

// What reads arguments alone stands where it is wanted; nothing goes before a check of sizes that it stands behind.
// CHECK-LABEL: func.func @main
// CHECK-NOT: plx.launch
// CHECK: plx.require
// CHECK: plx.launch @gradient
// CHECK-NEXT: plx.launch @update
// CHECK: plx.launch @large
func.func @main(%p: tensor<?xf32, #plx.dims<[n]>> {plx.name = "p"}, %x: tensor<?xf32, #plx.dims<[m]>>)
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.updates = "p"}, tensor<?x9xf32, #plx.dims<[n, 9]>>) {
  %g = plx.launch @gradient [n] (%p) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %n = plx.size [n]
  %m = plx.size [m]
  plx.require %n = %m axis 0 "no"
  %r = plx.launch @large [n] (%g) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x9xf32, #plx.dims<[n, 9]>>
  %s = plx.launch @large [n] (%g) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x9xf32, #plx.dims<[n, 9]>>
  %t = plx.launch @large [n] (%s) : (tensor<?x9xf32, #plx.dims<[n, 9]>>) -> tensor<?x9xf32, #plx.dims<[n, 9]>>
  %u = plx.launch @update [n] (%p, %g) : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %u, %t : tensor<?xf32, #plx.dims<[n]>>, tensor<?x9xf32, #plx.dims<[n, 9]>>
}

// -----

// A program that updates nothing stays as it is.
// CHECK-LABEL: func.func @main
// CHECK: plx.launch @large
// CHECK: plx.launch @small
func.func @main(%x: tensor<64xf32>) -> (tensor<64x64xf32>, tensor<f32>) {
  %a = plx.launch @large [] (%x) : (tensor<64xf32>) -> tensor<64x64xf32>
  %b = plx.launch @small [] (%x) : (tensor<64xf32>) -> tensor<f32>
  return %a, %b : tensor<64x64xf32>, tensor<f32>
}
