// Scales a channel after a convolution or product go into its weights.
// RUN: plexus-opt --plx-simplify %s | FileCheck %s

// BatchNormalization: ((conv + b) * s) + t.
// CHECK-LABEL: @batch_normalization
func.func @batch_normalization(%x: tensor<1x4x4x3xf32>) -> tensor<1x4x4x8xf32> {
  // CHECK-DAG: %[[W:.*]] = plx.parameter "w"
  // CHECK-DAG: %[[SW:.*]] = plx.broadcast %{{.*}} [3] : (tensor<8xf32>) -> tensor<1x1x3x8xf32>
  // CHECK-DAG: %[[WS:.*]] = plx.pointwise mul(%[[W]], %[[SW]])
  // CHECK-DAG: %[[C:.*]] = plx.convolution %arg0, %[[WS]]
  // CHECK-DAG: %[[BS:.*]] = plx.pointwise mul({{.*}}) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  // CHECK-DAG: %[[T:.*]] = plx.pointwise add(%[[BS]], {{.*}}) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  // CHECK: %[[TB:.*]] = plx.broadcast %[[T]] [3]
  // CHECK: %[[R:.*]] = plx.pointwise add(%[[C]], %[[TB]])
  // CHECK: return %[[R]]
  %w = plx.parameter "w" : tensor<1x1x3x8xf32>
  %b = plx.parameter "b" : tensor<8xf32>
  %s = plx.parameter "s" : tensor<1x1x1x8xf32>
  %t = plx.parameter "t" : tensor<8xf32>
  %0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x4x4x3xf32>, tensor<1x1x3x8xf32>) -> tensor<1x4x4x8xf32>
  %1 = plx.broadcast %b [3] : (tensor<8xf32>) -> tensor<1x4x4x8xf32>
  %2 = plx.pointwise add(%0, %1) : (tensor<1x4x4x8xf32>, tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  %3 = plx.broadcast %s [0, 1, 2, 3] : (tensor<1x1x1x8xf32>) -> tensor<1x4x4x8xf32>
  %4 = plx.pointwise mul(%2, %3) : (tensor<1x4x4x8xf32>, tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  %5 = plx.broadcast %t [3] : (tensor<8xf32>) -> tensor<1x4x4x8xf32>
  %6 = plx.pointwise add(%4, %5) : (tensor<1x4x4x8xf32>, tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  return %6 : tensor<1x4x4x8xf32>
}

// alpha of a product of matrices whose weights lie transposed.
// CHECK-LABEL: @alpha
func.func @alpha(%x: tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x8xf32, #plx.dims<[n, 8]>> {
  // CHECK: %[[WS:.*]] = plx.pointwise mul({{.*}}) : (tensor<8x3xf32>, tensor<8x3xf32>)
  // CHECK: %[[R:.*]] = plx.dot_general %arg0, %[[WS]]
  // CHECK: return %[[R]]
  %w = plx.parameter "w" : tensor<8x3xf32>
  %alpha = plx.constant dense<0.3> : tensor<f32>
  %0 = plx.dot_general %x, %w batch [] x [] contract [1] x [1] : (tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<8x3xf32>) -> tensor<?x8xf32, #plx.dims<[n, 8]>>
  %1 = plx.broadcast %alpha [] : (tensor<f32>) -> tensor<?x8xf32, #plx.dims<[n, 8]>>
  %2 = plx.pointwise mul(%0, %1) : (tensor<?x8xf32, #plx.dims<[n, 8]>>, tensor<?x8xf32, #plx.dims<[n, 8]>>) -> tensor<?x8xf32, #plx.dims<[n, 8]>>
  return %2 : tensor<?x8xf32, #plx.dims<[n, 8]>>
}

// Not a factor a channel, not known at compile time, used elsewhere, narrow: all stay.
// CHECK-LABEL: @stay
func.func @stay(%x: tensor<4x3xf32>, %s: tensor<8xf32>, %h: tensor<4x3xf16>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf16>) {
  // CHECK-DAG: %[[W:.*]] = plx.parameter "w"
  // CHECK-DAG: %[[Y:.*]] = plx.dot_general %arg0, %[[W]]
  // CHECK-DAG: plx.pointwise mul(%[[Y]],
  // CHECK-DAG: plx.pointwise mul(%[[Y]],
  // CHECK-DAG: %[[V:.*]] = plx.parameter "v"
  // CHECK-DAG: %[[Z:.*]] = plx.dot_general %arg2, %[[V]]
  // CHECK-DAG: plx.pointwise mul(%[[Z]],
  %w = plx.parameter "w" : tensor<3x8xf32>
  %v = plx.parameter "v" : tensor<3x8xf16>
  %rows = plx.parameter "rows" : tensor<4xf32>
  %narrow = plx.parameter "narrow" : tensor<8xf16>
  %0 = plx.dot_general %x, %w batch [] x [] contract [1] x [0] : (tensor<4x3xf32>, tensor<3x8xf32>) -> tensor<4x8xf32>
  %1 = plx.broadcast %rows [0] : (tensor<4xf32>) -> tensor<4x8xf32>
  %2 = plx.pointwise mul(%0, %1) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %3 = plx.broadcast %s [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %4 = plx.pointwise mul(%0, %3) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %5 = plx.dot_general %h, %v batch [] x [] contract [1] x [0] : (tensor<4x3xf16>, tensor<3x8xf16>) -> tensor<4x8xf16>
  %6 = plx.broadcast %narrow [1] : (tensor<8xf16>) -> tensor<4x8xf16>
  %7 = plx.pointwise mul(%5, %6) : (tensor<4x8xf16>, tensor<4x8xf16>) -> tensor<4x8xf16>
  return %0, %2, %4, %7 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf16>
}
