// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @corners(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<3> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [0, 0, 5]]> : tensor<3x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @center_point_boxes(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.5, 0.5, 1.0, 1.0], [0.5, 0.6, 1.0, 1.0], [0.5, 0.4, 1.0, 1.0], [0.5, 10.5, 1.0, 1.0], [0.5, 10.6, 1.0, 1.0], [0.5, 100.5, 1.0, 1.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<3> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [0, 0, 5]]> : tensor<3x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n" center_point_box
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @flipped_corners(%b: tensor<1x6x4xf32> {plx.input = dense<[[[1.0, 1.0, 0.0, 0.0], [1.0, 1.1, 0.0, 0.1], [1.0, 0.9, 0.0, -0.1], [1.0, 11.0, 0.0, 10.0], [1.0, 11.1, 0.0, 10.1], [1.0, 101.0, 0.0, 100.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<3> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [0, 0, 5]]> : tensor<3x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @limited(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<2> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0]]> : tensor<2x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @none_wanted(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<0> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<> : tensor<0x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @score_threshold(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<3> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.4> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0]]> : tensor<2x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

// Of equal boxes with equal scores the first is taken.
func.func @equal_scores(%b: tensor<1x3x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]]> : tensor<1x3x4xf32>},
    %s: tensor<1x1x3xf32> {plx.input = dense<[[[0.9, 0.9, 0.9]]]> : tensor<1x1x3xf32>},
    %m: tensor<i64> {plx.input = dense<3> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 0]]> : tensor<1x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x3x4xf32>, tensor<1x1x3xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @two_classes(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x2x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x2x6xf32>},
    %m: tensor<i64> {plx.input = dense<2> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [0, 1, 3], [0, 1, 0]]> : tensor<4x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @two_batches(%b: tensor<2x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]], [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<2x6x4xf32>},
    %s: tensor<2x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]], [[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<2x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<2> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [1, 0, 3], [1, 0, 0]]> : tensor<4x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<2x6x4xf32>, tensor<2x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @all_overlap_allowed(%b: tensor<1x6x4xf32> {plx.input = dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [0.0, 10.1, 1.0, 11.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>},
    %s: tensor<1x1x6xf32> {plx.input = dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3]]]> : tensor<1x1x6xf32>},
    %m: tensor<i64> {plx.input = dense<9> : tensor<i64>},
    %t: tensor<f32> {plx.input = dense<1.0> : tensor<f32>},
    %u: tensor<f32> {plx.input = dense<0.0> : tensor<f32>})
    -> (tensor<?x3xi64, #plx.dims<[n, 3]>> {plx.expect = dense<[[0, 0, 3], [0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 4], [0, 0, 5]]> : tensor<6x3xi64>}) {
  %r0 = plx.non_max_suppression %b, %s, %m, %t, %u size "n"
      : (tensor<1x6x4xf32>, tensor<1x1x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

func.func @fewer_boxes(%b: tensor<1x?x4xf32, #plx.dims<[1, n, 4]>> {plx.input = dense<1.0> : tensor<1x2x4xf32>},
    %s: tensor<1x1x?xf32, #plx.dims<[1, 1, m]>> {plx.input = dense<1.0> : tensor<1x1x3xf32>},
    %o: tensor<i64> {plx.input = dense<3> : tensor<i64>}, %t: tensor<f32> {plx.input = dense<0.5> : tensor<f32>})
    -> tensor<?x3xi64, #plx.dims<[k, 3]>>
    attributes {plx.fails = "non_max_suppression: `boxes` is not [b, n, 4] with b = 1 and n = 3, as `scores` [b, c, n] has them",
                plx.fails_compiled = "dim 1 is 2 by `n` but 3 by `m`"} {
  %r0 = plx.non_max_suppression %b, %s, %o, %t, %t size "k"
      : (tensor<1x?x4xf32, #plx.dims<[1, n, 4]>>, tensor<1x1x?xf32, #plx.dims<[1, 1, m]>>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<?x3xi64, #plx.dims<[k, 3]>>)
  return %r0 : tensor<?x3xi64, #plx.dims<[k, 3]>>
}
