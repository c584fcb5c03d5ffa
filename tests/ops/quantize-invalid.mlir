// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @quantize_c1(%x: tensor<4xi32>, %s: tensor<4xf32>, %z: tensor<4xi8>) {
  // expected-error @below {{quantize: `operand` has element type 'i32', `scale` 'f32', expected one float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.quantize %x, %s, %z : (tensor<4xi32>, tensor<4xf32>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @quantize_c2(%x: tensor<4xf32>, %s: tensor<4xf32>, %z: tensor<4xi1>) {
  // expected-error @below {{quantize: `zero` has element type 'i1', expected an int or float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.quantize %x, %s, %z : (tensor<4xf32>, tensor<4xf32>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @quantize_c3(%x: tensor<4xf32>, %s: tensor<1xf32>, %z: tensor<4xi8>) {
  // expected-error @below {{quantize: `scale` has size 1 along dim 0, `operand` has 4; they must have one shape}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.quantize %x, %s, %z : (tensor<4xf32>, tensor<1xf32>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @dequantize_c1(%x: tensor<4xi8>, %s: tensor<4xf32>, %z: tensor<4xui8>) {
  // expected-error @below {{dequantize: `operand` has element type 'i8', `zero` 'ui8', expected one int or float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dequantize %x, %s, %z : (tensor<4xi8>, tensor<4xf32>, tensor<4xui8>) -> tensor<4xf32>
  return
}

// -----

func.func @dequantize_c2(%x: tensor<4xi8>, %s: tensor<4xi32>, %z: tensor<4xi8>) {
  // expected-error @below {{dequantize: `scale` has element type 'i32', expected a float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dequantize %x, %s, %z : (tensor<4xi8>, tensor<4xi32>, tensor<4xi8>) -> tensor<4xi32>
  return
}

// -----

func.func @dequantize_c3(%x: tensor<4xi8>, %s: tensor<4xf32>, %z: tensor<i8>) {
  // expected-error @below {{dequantize: `zero` has rank 0, `operand` has rank 1; they must have one shape}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dequantize %x, %s, %z : (tensor<4xi8>, tensor<4xf32>, tensor<i8>) -> tensor<4xf32>
  return
}
