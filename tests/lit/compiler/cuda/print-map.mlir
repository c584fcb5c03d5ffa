// RUN: rm -rf %t && plexus compile %s --device cuda --emit cuda -o %t && cat %t/*.cu | FileCheck %s
// REQUIRES: plexus

// Neighbours of one variable of any length: four a thread, one at a time at the end.
// CHECK: // ---- end of prelude
// CHECK: // k_kernel_0: schedule map.
// CHECK: //   in0: f32[7*s0]
// CHECK: k_kernel_0(const float *__restrict__ in0, const float *__restrict__ in1, float *out0, i64 s0, plx_launch_place at)
// CHECK: out0 = aligned(out0);
// CHECK: if (first + 4 <= 7 * s0) {
// CHECK: #pragma unroll
// CHECK-NEXT: for (int l = 0; l < 4; ++l) {
// CHECK-NEXT: [[A:lanes[0-9]+]][l] = in0{{\[}}(first + l)];
// CHECK-NEXT: [[B:lanes[0-9]+]][l] = in1{{\[}}(first + l)];
// CHECK: [[P:v[0-9]+]] = [[A]][l] * [[B]][l];
// CHECK: out0{{\[}}(first + l)] = lanes{{[0-9]+}}[l];
// CHECK: } else {
// CHECK-NEXT: for (int l = 0; first + l < 7 * s0; ++l) {
func.func @main(%x: tensor<?x7xf32, #plx.dims<[n, 7]>>, %y: tensor<?x7xf32, #plx.dims<[n, 7]>>) -> tensor<?x7xf32, #plx.dims<[n, 7]>> {
  %r = plx.pointwise mul(%x, %y) : (tensor<?x7xf32, #plx.dims<[n, 7]>>, tensor<?x7xf32, #plx.dims<[n, 7]>>) -> tensor<?x7xf32, #plx.dims<[n, 7]>>
  return %r : tensor<?x7xf32, #plx.dims<[n, 7]>>
}
