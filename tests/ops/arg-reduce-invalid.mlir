// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @arg_reduce_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{arg_reduce: kind `sum` is not max or min}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.arg_reduce sum %x axis 0 : (tensor<10x4xf32>) -> tensor<4xi64>
  return
}

// -----

func.func @arg_reduce_c2(%x: tensor<10x4xf32>) {
  // expected-error @below {{arg_reduce: `axis` is 2, expected one in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.arg_reduce max %x axis 2 : (tensor<10x4xf32>) -> tensor<4xi64>
  return
}

// -----

func.func @arg_reduce_c3(%x: tensor<0x4xf32>) {
  // expected-error @below {{arg_reduce: the size along axis 0 is 0; expected at least one element to choose from}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.arg_reduce max %x axis 0 : (tensor<0x4xf32>) -> tensor<4xi64>
  return
}
