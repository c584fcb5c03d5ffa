// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @image
func.func @image(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x16xf32>) -> tensor<1x6x6x16xf32> {
  // CHECK: strides [1, 1] dilations [1, 1] groups 1 :
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x8x8x3xf32>, tensor<3x3x3x16xf32>) -> tensor<1x6x6x16xf32>
  return %r : tensor<1x6x6x16xf32>
}

// CHECK-LABEL: func.func @line
func.func @line(%x: tensor<?x?x4xf32, #plx.dims<[b, s, 4]>>, %w: tensor<3x1x4xf32>) -> tensor<?x?x4xf32, #plx.dims<[b, (s - 3) floordiv 2 + 1, 4]>> {
  // CHECK: groups 4 :
  %r = plx.convolution %x, %w strides [2] dilations [1] groups 4
      : (tensor<?x?x4xf32, #plx.dims<[b, s, 4]>>, tensor<3x1x4xf32>) -> tensor<?x?x4xf32, #plx.dims<[b, (s - 3) floordiv 2 + 1, 4]>>
  return %r : tensor<?x?x4xf32, #plx.dims<[b, (s - 3) floordiv 2 + 1, 4]>>
}
