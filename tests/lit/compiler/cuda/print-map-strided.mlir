// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// A transposition reads with a step: a thread an element.
// CHECK: // ---- end of prelude
// CHECK: schedule map.
// CHECK-NOT: lanes
// CHECK: [[V:v[0-9]+]] = in0{{\[}}[[R:i[0-9]+]] + 1000 * [[C:i[0-9]+]]];
// CHECK-NEXT: out0[640 * [[R]] + [[C]]] = [[V]];
func.func @main(%x: tensor<640x1000xf32>) -> tensor<1000x640xf32> {
  %r = plx.transpose %x [1, 0] : (tensor<640x1000xf32>) -> tensor<1000x640xf32>
  return %r : tensor<1000x640xf32>
}
