// RUN: plexus-opt %s --plx-lower-to-host --plx-update-in-place --split-input-file | FileCheck %s

// A result that updates an input is written where that may lie, by a kernel that goes element by element.
// CHECK-LABEL: plx.program @main
// CHECK-SAME: donated = array<i64: -1, 1>
// CHECK: %[[G:.*]] = plx.input 0
// CHECK: %[[P:.*]] = plx.input 1
// CHECK: %[[SUM:.*]] = plx.output 0
// CHECK: plx.run @sum [](%[[P]], %[[SUM]])
// CHECK: %[[OUT:.*]] = plx.output 1
// CHECK: plx.run @step [](%[[P]], %[[G]], %[[OUT]])
// CHECK-NOT: plx.copy
plx.kernel_func @sum map [] < [] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<1xf32>):
}
plx.kernel_func @step map ["$0"] < [8] symbols [] inputs 2 {
^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a ["$0"] : tensor<8xf32> -> f32
  %y = plx.load %b ["$0"] : tensor<8xf32> -> f32
  %z = plx.apply sub(%x, %y) : (f32, f32) -> f32
  plx.store %z, %r ["$0"] : f32, tensor<8xf32>
}
func.func @main(%g: tensor<8xf32>, %p: tensor<8xf32> {plx.name = "p"}) -> (tensor<f32>, tensor<8xf32> {plx.updates = "p"}) {
  %s = plx.launch @sum [] (%p) : (tensor<8xf32>) -> tensor<f32>
  %r = plx.launch @step [] (%p, %g) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %s, %r : tensor<f32>, tensor<8xf32>
}

// -----

// One that reads the old value elsewhere writes to the arena, and what it made is copied behind all that reads the old one; so is
// one whose input is read later.
// CHECK-LABEL: plx.program @main
// CHECK: %[[P:.*]] = plx.input 0
// CHECK: %[[Q:.*]] = plx.input 1
// CHECK: %[[A:.*]] = plx.alloc [8] x 4
// CHECK: plx.run @turn [](%[[P]], %[[A]])
// CHECK: %[[B:.*]] = plx.alloc [8] x 4
// CHECK: plx.run @twice [](%[[Q]], %[[B]])
// CHECK: %[[LATER:.*]] = plx.output 2
// CHECK: plx.run @twice [](%[[Q]], %[[LATER]])
// CHECK: %[[OA:.*]] = plx.output 0
// CHECK: plx.copy %[[A]] to %[[OA]]
// CHECK: %[[OB:.*]] = plx.output 1
// CHECK: plx.copy %[[B]] to %[[OB]]
plx.kernel_func @turn map ["$0"] < [8] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a [-1*"$0" + 7] : tensor<8xf32> -> f32
  plx.store %x, %r ["$0"] : f32, tensor<8xf32>
}
plx.kernel_func @twice map ["$0"] < [8] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a ["$0"] : tensor<8xf32> -> f32
  %y = plx.apply add(%x, %x) : (f32, f32) -> f32
  plx.store %y, %r ["$0"] : f32, tensor<8xf32>
}
func.func @main(%p: tensor<8xf32> {plx.name = "p"}, %q: tensor<8xf32> {plx.name = "q"})
    -> (tensor<8xf32> {plx.updates = "p"}, tensor<8xf32> {plx.updates = "q"}, tensor<8xf32>) {
  %a = plx.launch @turn [] (%p) : (tensor<8xf32>) -> tensor<8xf32>
  %b = plx.launch @twice [] (%q) : (tensor<8xf32>) -> tensor<8xf32>
  %c = plx.launch @twice [] (%q) : (tensor<8xf32>) -> tensor<8xf32>
  return %a, %b, %c : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// -----

// What is handed on as it is needs no other place; what two inputs exchange does.
// CHECK-LABEL: plx.program @main
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[A:.*]] = plx.input 1
// CHECK: %[[B:.*]] = plx.input 2
// CHECK: %[[OX:.*]] = plx.output 0
// CHECK: plx.copy %[[X]] to %[[OX]]
// CHECK: %[[T:.*]] = plx.alloc
// CHECK: plx.copy %[[B]] to %[[T]]
// CHECK: %[[OB:.*]] = plx.output 2
// CHECK: plx.copy %[[A]] to %[[OB]]
// CHECK: %[[OA:.*]] = plx.output 1
// CHECK: plx.copy %[[T]] to %[[OA]]
func.func @main(%x: tensor<4xf32> {plx.name = "x"}, %a: tensor<4xf32> {plx.name = "a"}, %b: tensor<4xf32> {plx.name = "b"})
    -> (tensor<4xf32> {plx.updates = "x"}, tensor<4xf32> {plx.updates = "a"}, tensor<4xf32> {plx.updates = "b"}) {
  return %x, %b, %a : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// A name that is no input's, or another type's, donates nothing.
// CHECK-LABEL: plx.program @main
// CHECK-NOT: donated
func.func @main(%x: tensor<4xf32> {plx.name = "x"}) -> (tensor<4xf32> {plx.updates = "y"}, tensor<2x2xf32> {plx.updates = "x"}) {
  %r = plx.reshape %x : (tensor<4xf32>) -> tensor<2x2xf32>
  return %x, %r : tensor<4xf32>, tensor<2x2xf32>
}
