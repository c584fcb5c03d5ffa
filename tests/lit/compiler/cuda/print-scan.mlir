// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// A running sum: a thread goes down a column.
// CHECK: // ---- end of prelude
// CHECK: schedule scan.
// CHECK: const i64 points = 48;
// CHECK: float [[R:running[0-9]+]] = 0.0f;
// CHECK: for (index [[S:step[0-9]+]] = 0;
// CHECK: [[R]] = [[R]] + v{{[0-9]+}};
// CHECK: out0[48 * [[S]] + i0] =
func.func @main(%x: tensor<100x48xf32>) -> tensor<100x48xf32> {
  %r = plx.cumulative sum %x axis 0 : (tensor<100x48xf32>) -> tensor<100x48xf32>
  return %r : tensor<100x48xf32>
}
