// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @cumulative_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{cumulative: kind `replace` is not one of sum, product, max, min, and, or}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.cumulative replace %x axis 0 : (tensor<10x4xf32>) -> tensor<10x4xf32>
  return
}

// -----

func.func @cumulative_c2(%x: tensor<10x4xf32>) {
  // expected-error @below {{cumulative: `axis` is 2, expected one in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.cumulative sum %x axis 2 : (tensor<10x4xf32>) -> tensor<10x4xf32>
  return
}
