// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Sums at places from data come in the order of the updates, without atomics.
// CHECK: // ---- end of prelude
// CHECK: schedule scatter.
// CHECK-NOT: atomicAdd
// CHECK: for (i64 j = 0; j < 20; ++j) {
// CHECK: plx_fail(at, PLX_FAULT_INDEX, j, raw0, -size0, size0 - 1);
// CHECK: mine = index0 == unit;
// CHECK: folder<fold_sum, float>::join(out0[
func.func @main(%x: tensor<100x3xf32>, %u: tensor<20x3xf32>, %i: tensor<20xi64>) -> tensor<100x3xf32> {
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<100x3xf32>, tensor<20x3xf32>, tensor<20xi64>) -> (tensor<100x3xf32>)
  return %r : tensor<100x3xf32>
}
