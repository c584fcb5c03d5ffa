// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @convolution_c1(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x4x16xf64>) {
  // expected-error @below {{convolution: element types are 'f32' and 'f64', expected one int or float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x8x8x4xf32>, tensor<3x3x4x16xf64>) -> tensor<1x6x6x16xf32>
  return
}

// -----

func.func @convolution_c2(%x: tensor<1x8x8x4xf32>, %w: tensor<3x4x16xf32>) {
  // expected-error @below {{convolution: `input` has rank 4, `weights` 3, expected one rank >= 3}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x8x8x4xf32>, tensor<3x4x16xf32>) -> tensor<1x6x6x16xf32>
  return
}

// -----

func.func @convolution_c3(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x4x16xf32>) {
  // expected-error @below {{convolution: `dilations` is [1], expected one entry >= 1 for each of the 2 spatial dims}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.convolution %x, %w strides [1, 1] dilations [1] groups 1
      : (tensor<1x8x8x4xf32>, tensor<3x3x4x16xf32>) -> tensor<1x6x6x16xf32>
  return
}

// -----

func.func @convolution_c4(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x4x16xf32>) {
  // expected-error @below {{convolution: `groups` is 2, input channels 4, weights [.., 4, 16]; expected groups >= 1 that divides input and output channels, and weights of input channels / groups}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 2
      : (tensor<1x8x8x4xf32>, tensor<3x3x4x16xf32>) -> tensor<1x6x6x16xf32>
  return
}

// -----

func.func @convolution_c5(%x: tensor<1x8x8x4xf32>, %w: tensor<3x11x4x16xf32>) {
  // expected-error @below {{convolution: size of the result along dim 2 would be negative: -2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x8x8x4xf32>, tensor<3x11x4x16xf32>) -> tensor<1x6x6x16xf32>
  return
}
