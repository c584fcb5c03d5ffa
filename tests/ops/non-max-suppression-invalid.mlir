// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @non_max_suppression_c1(%b: tensor<1x6x5xf32>, %s: tensor<1x2x6xf32>, %m: tensor<i64>, %t: tensor<f32>, %u: tensor<f32>) {
  // expected-error @below {{non_max_suppression: `boxes` is 'tensor<1x6x5xf32>' and `scores` 'tensor<1x2x6xf32>', expected [b, n, 4] and [b, c, n] of one float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x5xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return
}

// -----

func.func @non_max_suppression_c2(%b: tensor<1x6x4xf32>, %s: tensor<1x2x7xf32>, %m: tensor<i64>, %t: tensor<f32>, %u: tensor<f32>) {
  // expected-error @below {{non_max_suppression: `boxes` [b, n, 4] and `scores` [b, c, n] disagree in n: 6 and 7}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x2x7xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return
}

// -----

func.func @non_max_suppression_c3(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %m: tensor<1xi64>, %t: tensor<f32>, %u: tensor<f32>) {
  // expected-error @below {{non_max_suppression: `max_output` is 'tensor<1xi64>', expected 'tensor<i64>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<1xi64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return
}

// -----

func.func @non_max_suppression_c4(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %m: tensor<i64>, %t: tensor<f32>, %u: tensor<f32>) {
  // expected-error @below {{non_max_suppression: `size` is "", expected a symbol's name that is not empty and does not begin with `$`}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.non_max_suppression %b, %s, %m, %t, %u size ""
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return
}
