// RUN: plexus-opt %s | FileCheck %s

// CHECK-LABEL: func.func @embedding
func.func @embedding(%x: tensor<10x4xf32>, %i: tensor<2x3xi64>) -> tensor<2x3x4xf32> {
  // CHECK: plx.gather %{{.*}}, (%{{.*}}) axes [0] at 0 : (tensor<10x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
  return %r : tensor<2x3x4xf32>
}

// Two axes indexed, the index dims behind the kept one; symbolic sizes.
// CHECK-LABEL: func.func @two_axes
func.func @two_axes(%x: tensor<?x5x?xf32, #plx.dims<[n, 5, m]>>, %i: tensor<?xi32, #plx.dims<[k]>>,
                    %j: tensor<?xui8, #plx.dims<[k]>>) -> tensor<5x?xf32, #plx.dims<[5, k]>> {
  // CHECK: axes [2, 0] at 1 {{.*}} -> tensor<5x?xf32, #plx.dims<[5, k]>>
  %r = plx.gather %x, (%i, %j) axes [2, 0] at 1
      : (tensor<?x5x?xf32, #plx.dims<[n, 5, m]>>, tensor<?xi32, #plx.dims<[k]>>, tensor<?xui8, #plx.dims<[k]>>)
      -> tensor<5x?xf32, #plx.dims<[5, k]>>
  return %r : tensor<5x?xf32, #plx.dims<[5, k]>>
}
