// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @concat
// CHECK: plx.concat 0(%{{.*}}, %{{.*}}) : (tensor<2x3xf32>, tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n + 2, 3]>>
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n + 2, 3]>> {
  %r = plx.concat 0 (%a, %b) : (tensor<2x3xf32>, tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n + 2, 3]>>
  return %r : tensor<?x3xf32, #plx.dims<[n + 2, 3]>>
}
