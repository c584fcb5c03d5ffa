// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @max_pool(%x: tensor<1x4x6x1xf32> {plx.input = dense<[[[[0.0], [7.0], [3.0], [10.0], [6.0], [2.0]], [[9.0], [5.0], [1.0], [8.0], [4.0], [0.0]], [[7.0], [3.0], [10.0], [6.0], [2.0], [9.0]], [[5.0], [1.0], [8.0], [4.0], [0.0], [7.0]]]]> : tensor<1x4x6x1xf32>})
    -> (tensor<1x2x3x1xf32> {plx.expect = dense<[[[[9.0], [10.0], [6.0]], [[7.0], [10.0], [9.0]]]]> : tensor<1x2x3x1xf32>}) {
  %r0 = plx.reduce_window max %x [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1]
      : (tensor<1x4x6x1xf32>) -> (tensor<1x2x3x1xf32>)
  return %r0 : tensor<1x2x3x1xf32>
}

func.func @overlapping_sum(%x: tensor<1x4x6x1xf32> {plx.input = dense<[[[[0.0], [7.0], [3.0], [10.0], [6.0], [2.0]], [[9.0], [5.0], [1.0], [8.0], [4.0], [0.0]], [[7.0], [3.0], [10.0], [6.0], [2.0], [9.0]], [[5.0], [1.0], [8.0], [4.0], [0.0], [7.0]]]]> : tensor<1x4x6x1xf32>})
    -> (tensor<1x2x4x1xf32> {plx.expect = dense<[[[[45.0], [53.0], [50.0], [47.0]], [[49.0], [46.0], [43.0], [40.0]]]]> : tensor<1x2x4x1xf32>}) {
  %r0 = plx.reduce_window sum %x [1, 3, 3, 1] [1, 1, 1, 1] [1, 1, 1, 1]
      : (tensor<1x4x6x1xf32>) -> (tensor<1x2x4x1xf32>)
  return %r0 : tensor<1x2x4x1xf32>
}

func.func @dilated(%x: tensor<1x4x6x1xf32> {plx.input = dense<[[[[0.0], [7.0], [3.0], [10.0], [6.0], [2.0]], [[9.0], [5.0], [1.0], [8.0], [4.0], [0.0]], [[7.0], [3.0], [10.0], [6.0], [2.0], [9.0]], [[5.0], [1.0], [8.0], [4.0], [0.0], [7.0]]]]> : tensor<1x4x6x1xf32>})
    -> (tensor<1x1x1x1xf32> {plx.expect = dense<[[[[22.0]]]]> : tensor<1x1x1x1xf32>}) {
  %r0 = plx.reduce_window sum %x [1, 2, 3, 1] [1, 1, 2, 1] [1, 3, 2, 1]
      : (tensor<1x4x6x1xf32>) -> (tensor<1x1x1x1xf32>)
  return %r0 : tensor<1x1x1x1xf32>
}

func.func @rest_is_left_out(%x: tensor<7xf32> {plx.input = dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<7xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[0.0, 2.0, 4.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce_window min %x [3] [2] [1]
      : (tensor<7xf32>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @symbolic(%x: tensor<?xi32, #plx.dims<[n]>> {plx.input = dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi32>})
    -> (tensor<?xi32, #plx.dims<[(n - 2) floordiv 2 + 1]>> {plx.expect = dense<[2, 12, 30]> : tensor<3xi32>}) {
  %r0 = plx.reduce_window product %x [2] [2] [1]
      : (tensor<?xi32, #plx.dims<[n]>>) -> (tensor<?xi32, #plx.dims<[(n - 2) floordiv 2 + 1]>>)
  return %r0 : tensor<?xi32, #plx.dims<[(n - 2) floordiv 2 + 1]>>
}

// One element, a window of two: an empty result.
func.func @no_room(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[0.0]> : tensor<1xf32>})
    -> (tensor<?xf32, #plx.dims<[(n - 2) floordiv 2 + 1]>> {plx.expect = dense<> : tensor<0xf32>}) {
  %r0 = plx.reduce_window sum %x [2] [2] [1]
      : (tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xf32, #plx.dims<[(n - 2) floordiv 2 + 1]>>)
  return %r0 : tensor<?xf32, #plx.dims<[(n - 2) floordiv 2 + 1]>>
}

func.func @nan(%x: tensor<4xf32> {plx.input = dense<[1.0, 0x7FC00000, 2.0, 3.0]> : tensor<4xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[0x7FC00000, 0x7FC00000, 3.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce_window max %x [2] [1] [1]
      : (tensor<4xf32>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}
