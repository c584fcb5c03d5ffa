// RUN: plexus-opt %s --plx-reuse-buffers --split-input-file | FileCheck %s

// A launch writes over what it is the last to read element by element, of whatever shape; not over what is read later, read at
// other places, of another size, or begun here.
// CHECK-LABEL: plx.program @main
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: %[[A:.*]] = plx.alloc [8] x 4
// CHECK: plx.run @twice [](%[[X]], %[[A]])
// CHECK-NEXT: plx.run @twice [](%[[A]], %[[A]])
// CHECK-NEXT: %[[C:.*]] = plx.alloc [8] x 4
// CHECK-NEXT: plx.run @turn [](%[[A]], %[[C]])
// CHECK-NEXT: %[[D:.*]] = plx.alloc [8] x 4
// CHECK-NEXT: plx.run @twice [](%[[A]], %[[D]])
// CHECK-NEXT: plx.run @both [](%[[A]], %[[D]], %[[A]])
// CHECK: plx.copy %[[C]]
// CHECK: plx.copy %[[A]]
plx.kernel_func @twice map ["$0"] < [8] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a ["$0"] : tensor<8xf32> -> f32
  %y = plx.apply add(%x, %x) : (f32, f32) -> f32
  plx.store %y, %r ["$0"] : f32, tensor<8xf32>
}
plx.kernel_func @turn map ["$0"] < [8] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a [-"$0" + 7] : tensor<8xf32> -> f32
  plx.store %x, %r ["$0"] : f32, tensor<8xf32>
}
plx.kernel_func @both map ["$0"] < [8] symbols [] inputs 2 {
^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a ["$0"] : tensor<8xf32> -> f32
  %y = plx.load %b ["$0"] : tensor<8xf32> -> f32
  %z = plx.apply add(%x, %y) : (f32, f32) -> f32
  plx.store %z, %r ["$0"] : f32, tensor<8xf32>
}
plx.program @main ["x"] [tensor<8xf32>] -> ["y", "z"] [tensor<8xf32>, tensor<8xf32>] {
  %x = plx.input 0
  %a = plx.alloc [8] x 4
  plx.run @twice [](%x, %a)
  %b = plx.alloc [2, 4] x 4
  plx.run @twice [](%a, %b)
  %c = plx.alloc [8] x 4
  plx.run @turn [](%b, %c)
  %d = plx.alloc [8] x 4
  plx.run @twice [](%b, %d)
  %e = plx.alloc [8] x 4
  plx.run @both [](%b, %d, %e)
  %y = plx.output 0 [8]
  plx.copy %c to %y [8] x 4
  %z = plx.output 1 [8]
  plx.copy %e to %z [8] x 4
}

// -----

// What a loop reads in its next iteration stays.
// CHECK-LABEL: plx.program @loop
// CHECK: %[[X:.*]] = plx.alloc
// CHECK: scf.while
// CHECK: %[[T:.*]] = plx.alloc [8] x 4
// CHECK-NEXT: plx.run @twice [](%[[X]], %[[T]])
plx.kernel_func @twice map ["$0"] < [8] symbols [] inputs 1 {
^bb0(%a: tensor<8xf32>, %r: tensor<8xf32>):
  %x = plx.load %a ["$0"] : tensor<8xf32> -> f32
  plx.store %x, %r ["$0"] : f32, tensor<8xf32>
}
plx.program @loop ["x"] [tensor<8xf32>] -> [] [] {
  %i = plx.input 0
  %x = plx.alloc [8] x 4
  plx.run @twice [](%i, %x)
  %true = arith.constant true
  %r = scf.while (%c = %true) : (i1) -> i1 {
    scf.condition(%c) %c : i1
  } do {
  ^bb0(%c: i1):
    %t = plx.alloc [8] x 4
    plx.run @twice [](%x, %t)
    scf.yield %c : i1
  }
}
