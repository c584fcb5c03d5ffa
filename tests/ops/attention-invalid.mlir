// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @attention_c1(%q: tensor<2x8x64xf32>, %k: tensor<2x9x64xf32>, %v: tensor<2x9x32xf16>) {
  // expected-error @below {{attention: `v` has element type 'f16', `q` has 'f32'; expected one float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.attention %q, %k, %v scale 1.0
      : (tensor<2x8x64xf32>, tensor<2x9x64xf32>, tensor<2x9x32xf16>) -> tensor<2x8x32xf32>
  return
}

// -----

func.func @attention_c2(%q: tensor<2x8x64xf32>, %k: tensor<9x64xf32>, %v: tensor<2x9x32xf32>) {
  // expected-error @below {{attention: `k` has rank 2, `q` has rank 3; expected one rank >= 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.attention %q, %k, %v scale 1.0
      : (tensor<2x8x64xf32>, tensor<9x64xf32>, tensor<2x9x32xf32>) -> tensor<2x8x32xf32>
  return
}

// -----

func.func @attention_c3(%q: tensor<2x8x64xf32>, %k: tensor<2x9x64xf32>, %v: tensor<2x7x32xf32>) {
  // expected-error @below {{attention: `k` has size 9 along dim 1, `v` has 7 along dim 1; they must agree}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.attention %q, %k, %v scale 1.0
      : (tensor<2x8x64xf32>, tensor<2x9x64xf32>, tensor<2x7x32xf32>) -> tensor<2x8x32xf32>
  return
}

// -----

func.func @mask_of_other_size(%q: tensor<2x8x64xf32>, %k: tensor<2x9x64xf32>, %v: tensor<2x9x32xf32>, %m: tensor<2x8x1xf32>) {
  // expected-error @below {{attention: `k` has size 9 along dim 1, `mask` has 1 along dim 2; they must agree}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.attention %q, %k, %v mask %m scale 1.0
      : (tensor<2x8x64xf32>, tensor<2x9x64xf32>, tensor<2x9x32xf32>, tensor<2x8x1xf32>) -> tensor<2x8x32xf32>
  return
}

// -----

func.func @attention_c4(%q: tensor<2x8x64xf32>, %k: tensor<2x9x64xf32>, %v: tensor<2x9x32xf32>) {
  // expected-error @below {{attention: `causal` has 2 entries, expected 1}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.attention %q, %k, %v scale 1.0 causal [0, 1]
      : (tensor<2x8x64xf32>, tensor<2x9x64xf32>, tensor<2x9x32xf32>) -> tensor<2x8x32xf32>
  return
}
