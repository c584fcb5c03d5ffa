// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @constant
// CHECK: plx.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK: plx.constant dense<"x"> : tensor<!plx.string>
func.func @constant() -> (tensor<2xf32>, tensor<!plx.string>) {
  %r = plx.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = plx.constant dense<"x"> : tensor<!plx.string>
  return %r, %s : tensor<2xf32>, tensor<!plx.string>
}
