// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @optional_c1(%x: tensor<3xf32>) {
  // expected-error @below {{the operand has size 3 along dim 0, expected 2, the element type of '!plx.optional<tensor<2xf32>>'}}
  %r = plx.optional %x : (tensor<3xf32>) -> !plx.optional<tensor<2xf32>>
  return
}

// -----

func.func @optional_get_c1(%x: !plx.optional<tensor<2xf32>>) {
  // expected-error @below {{the result has rank 2, expected 1, the element type of '!plx.optional<tensor<2xf32>>'}}
  %r = plx.optional_get %x : (!plx.optional<tensor<2xf32>>) -> tensor<2x1xf32>
  return
}

// -----

func.func @optional_get_c2(%x: !plx.optional<tensor<2xf32>>) {
  // expected-error @below {{`fresh` names "n", which is alone a size of none of the types it is bound by}}
  %r = plx.optional_get %x fresh ["n"] : (!plx.optional<tensor<2xf32>>) -> tensor<2xf32>
  return
}
