// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @sums
func.func @sums(%h0: tensor<4xf32>, %x: tensor<?x4xf32, #plx.dims<[s, 4]>>)
    -> (tensor<4xf32>, tensor<?x4xf32, #plx.dims<[s, 4]>>) {
  // CHECK: plx.scan(%{{.*}}) over(%{{.*}}) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>):
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>):
    %t = plx.pointwise add(%s, %p) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    plx.yield %t, %t : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<?x4xf32, #plx.dims<[s, 4]>>) -> (tensor<4xf32>, tensor<?x4xf32, #plx.dims<[s, 4]>>)
  return %h, %all : tensor<4xf32>, tensor<?x4xf32, #plx.dims<[s, 4]>>
}
