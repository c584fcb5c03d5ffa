// RUN: plexus-opt %s --plx-plan-memory --split-input-file | FileCheck %s

// Buffers that are not alive at one time share their place; the largest come first, at the bottom.
// CHECK-LABEL: plx.program @static
// CHECK-SAME: arenaBytes = 512 : i64
// CHECK: plx.alloc [100] x 4 at 0
// CHECK: plx.alloc [10] x 4 at 448
// CHECK: plx.alloc [40] x 4 at 0
// CHECK: plx.alloc [16] x 4 at 192
plx.program @static ["x"] [tensor<100xf32>] -> ["y"] [tensor<100xf32>] {
  %x = plx.input 0
  %a = plx.alloc [100] x 4
  plx.run @k [] (%x, %a)
  %b = plx.alloc [10] x 4
  plx.run @k [] (%a, %b)
  %c = plx.alloc [40] x 4
  plx.run @k [] (%b, %c)
  %d = plx.alloc [16] x 4
  plx.run @k [] (%b, %c, %d)
  %y = plx.output 0 [100]
  plx.run @k [] (%d, %c, %y)
}

// -----

// A chain at a symbolic size needs two places, however long it is.
// CHECK-LABEL: plx.program @chain
// CHECK-SAME: symbolicArena
// CHECK: plx.place 0 [n] x 4 from 0 []
// CHECK-NEXT: plx.place 2 [n] x 4 from 64 []
// CHECK-NEXT: plx.place 1 [n] x 4 from 0 [2, 0]
// CHECK-NEXT: plx.place 3 [n] x 4 from 64 [2]
// CHECK-NEXT: plx.reserve [0, 2, 1, 3]
// CHECK: %[[X:.*]] = plx.input 0
// CHECK: plx.alloc [n] x 4 slot 0
// CHECK: plx.alloc [3] x 4 at 0
plx.program @chain ["x"] [tensor<?xf32, #plx.dims<[n]>>] -> ["y"] [tensor<?xf32, #plx.dims<[n]>>] {
  %x = plx.input 0
  %a = plx.alloc [n] x 4
  plx.run @k [n] (%x, %a)
  %b = plx.alloc [n] x 4
  plx.run @k [n] (%a, %b)
  %c = plx.alloc [n] x 4
  plx.run @k [n] (%b, %c)
  %d = plx.alloc [n] x 4
  %s = plx.alloc [3] x 4
  plx.run @k [n] (%c, %d, %s)
  %y = plx.output 0 [n]
  plx.run @k [n] (%d, %s, %y)
}

// -----

// What depends on a size that the program finds out is placed behind that, above what was placed before.
// CHECK-LABEL: plx.program @found
// CHECK: plx.place 0 [n] x 4 from 64 []
// CHECK-NEXT: plx.reserve [0]
// CHECK: plx.set_symbol "m"
// CHECK-NEXT: plx.place 2 [m] x 4 from 0 [0]
// CHECK-NEXT: plx.reserve [2]
plx.program @found ["x"] [tensor<?xf32, #plx.dims<[n]>>] -> [] [] {
  %x = plx.input 0
  %a = plx.alloc [n] x 4
  %c = plx.alloc [] x 8
  plx.run @k [n] (%x, %a, %c)
  %v = plx.load_scalar %c[0] i64
  plx.set_symbol "m" = %v ge 0
  %b = plx.alloc [m] x 4
  plx.run @k [m] (%a, %b)
}

// -----

// What is made before a loop and read in it lives until the loop's end; a buffer passed through control flow lives on.
// CHECK-LABEL: plx.program @loop
// CHECK-SAME: arenaBytes = 192 : i64
plx.program @loop ["x"] [tensor<4xf32>] -> [] [] {
  %x = plx.input 0
  %go = arith.constant true
  %a = plx.alloc [4] x 4
  %s = plx.alloc [4] x 4
  // CHECK: scf.while
  %r = scf.while (%cur = %x) : (!plx.buffer) -> !plx.buffer {
    scf.condition(%go) %cur : !plx.buffer
  } do {
  ^bb0(%cur: !plx.buffer):
    plx.run @k [] (%a, %cur)
    // CHECK: plx.alloc [4] x 4 at 128
    %t = plx.alloc [4] x 4
    plx.run @k [] (%cur, %t)
    plx.run @k [] (%t, %s)
    scf.yield %s : !plx.buffer
  }
  %t = plx.alloc [4] x 4
  plx.run @k [] (%r, %t)
}

// -----

// CHECK-LABEL: plx.program @branches
// CHECK-SAME: arenaBytes = 192 : i64
plx.program @branches ["x"] [tensor<4xf32>] -> [] [] {
  %x = plx.input 0
  %go = arith.constant true
  %r = scf.if %go -> !plx.buffer {
    %a = plx.alloc [4] x 4
    plx.run @k [] (%x, %a)
    scf.yield %a : !plx.buffer
  } else {
    %b = plx.alloc [4] x 4
    plx.run @k [] (%x, %b)
    scf.yield %b : !plx.buffer
  }
  %t = plx.alloc [4] x 4
  plx.run @k [] (%r, %t)
}
