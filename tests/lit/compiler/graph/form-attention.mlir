// Products around a softmax become attention.
// RUN: plexus-opt %s --plx-form-attention --split-input-file | FileCheck %s

// As exporters write it: k transposed, a scale after the product, a mask.
// CHECK-LABEL: @scaled_and_masked
// CHECK-SAME: %[[Q:arg0]]: {{.*}}, %[[K:arg1]]: {{.*}}, %[[V:arg2]]: {{.*}}, %[[M:arg3]]:
// CHECK: %[[KR:.*]] = plx.transpose %[[K]] [0, 1, 3, 2]
// CHECK: %[[R:.*]] = plx.attention %[[Q]], %[[KR]], %[[V]] mask %[[M]] scale 2.500000e-01 :
// CHECK: return %[[R]]
func.func @scaled_and_masked(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x8x6xf32>, %v: tensor<2x4x6x8xf32>, %m: tensor<2x4x5x6xf32>) -> tensor<2x4x5x8xf32> {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %c = plx.constant dense<0.25> : tensor<2x4x5x6xf32>
  %s1 = plx.pointwise mul(%s, %c) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %x = plx.pointwise add(%s1, %m) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %x [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%x, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32>
  return %r : tensor<2x4x5x8xf32>
}

// -----

// The mask in front of the sum, a divisor; v read through a transpose is put in order.
// CHECK-LABEL: @divided
// CHECK: %[[VR:.*]] = plx.transpose %arg2 [0, 2, 1, 3]
// CHECK: plx.attention %arg0, %{{.*}}, %[[VR]] mask %arg3 scale 2.500000e-01 :
func.func @divided(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x8x6xf32>, %v: tensor<2x6x4x8xf32>, %m: tensor<2x4x5x6xf32>) -> tensor<2x4x5x8xf32> {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %c = plx.constant dense<4.0> : tensor<2x4x5x6xf32>
  %s1 = plx.pointwise div(%s, %c) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %x = plx.pointwise add(%m, %s1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %x [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%x, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 2] contract [3] x [1] : (tensor<2x4x5x6xf32>, tensor<2x6x4x8xf32>) -> tensor<2x4x5x8xf32>
  return %r : tensor<2x4x5x8xf32>
}

// -----

// Factors of q and k, behind transposes.
// CHECK-LABEL: @scaled_before
// CHECK-NOT: plx.pointwise
// CHECK: %[[Q:.*]] = plx.transpose %arg0 [0, 2, 1, 3]
// CHECK: plx.attention %[[Q]], %{{.*}}, %arg2 scale 2.500000e-01 :
func.func @scaled_before(%q0: tensor<2x5x4x8xf32>, %k0: tensor<2x4x8x6xf32>, %v: tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32> {
  %a = plx.constant dense<0.5> : tensor<2x5x4x8xf32>
  %b = plx.constant dense<0.5> : tensor<2x4x8x6xf32>
  %q1 = plx.pointwise mul(%q0, %a) : (tensor<2x5x4x8xf32>, tensor<2x5x4x8xf32>) -> tensor<2x5x4x8xf32>
  %q = plx.transpose %q1 [0, 2, 1, 3] : (tensor<2x5x4x8xf32>) -> tensor<2x4x5x8xf32>
  %k = plx.pointwise mul(%b, %k0) : (tensor<2x4x8x6xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x8x6xf32>
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %s [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32>
  return %r : tensor<2x4x5x8xf32>
}

// -----

// Where there are rows there are keys.
// CHECK-LABEL: @keys_of_a_cache
// CHECK: plx.attention %arg0, %arg1, %arg2 scale 1.000000e+00 :
func.func @keys_of_a_cache(%q: tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>, %k: tensor<1x?x8xf32, #plx.dims<[1, past + s, 8]>>, %v: tensor<1x?x8xf32, #plx.dims<[1, past + s, 8]>>) -> tensor<1x?x8xf32, #plx.dims<[1, s, 8]>> {
  %s = plx.dot_general %q, %k batch [0] x [0] contract [2] x [2] : (tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>, tensor<1x?x8xf32, #plx.dims<[1, past + s, 8]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %t0 = plx.reduce max %s [2] : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>) -> tensor<1x?xf32, #plx.dims<[1, s]>>
  %t1 = plx.broadcast %t0 [0, 1] : (tensor<1x?xf32, #plx.dims<[1, s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>, tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %t3 = plx.pointwise exp(%t2) : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %t4 = plx.reduce sum %t3 [2] : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>) -> tensor<1x?xf32, #plx.dims<[1, s]>>
  %t5 = plx.broadcast %t4 [0, 1] : (tensor<1x?xf32, #plx.dims<[1, s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %w = plx.pointwise div(%t3, %t5) : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>, tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>
  %r = plx.dot_general %w, %v batch [0] x [0] contract [2] x [1] : (tensor<1x?x?xf32, #plx.dims<[1, s, past + s]>>, tensor<1x?x8xf32, #plx.dims<[1, past + s, 8]>>) -> tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>
  return %r : tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>
}

// -----

// Without keys the product is 0, attention is NaN: 0 takes its place.
// CHECK-LABEL: @perhaps_no_keys
// CHECK-DAG: plx.dims [t] : tensor<i64>
// CHECK-DAG: %[[ATTENTION:.*]] = plx.attention %arg0, %arg1, %arg2 scale 1.000000e+00 :
// CHECK: %[[NONE:.*]] = plx.pointwise eq(
// CHECK: %[[MASK:.*]] = plx.broadcast %[[NONE]]
// CHECK: %[[RESULT:.*]] = plx.pointwise select(%[[MASK]], %{{.*}}, %[[ATTENTION]])
// CHECK: return %[[RESULT]]
func.func @perhaps_no_keys(%q: tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>, %k: tensor<1x?x8xf32, #plx.dims<[1, t, 8]>>, %v: tensor<1x?x8xf32, #plx.dims<[1, t, 8]>>) -> tensor<1x?x8xf32, #plx.dims<[1, s, 8]>> {
  %s = plx.dot_general %q, %k batch [0] x [0] contract [2] x [2] : (tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>, tensor<1x?x8xf32, #plx.dims<[1, t, 8]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %t0 = plx.reduce max %s [2] : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>) -> tensor<1x?xf32, #plx.dims<[1, s]>>
  %t1 = plx.broadcast %t0 [0, 1] : (tensor<1x?xf32, #plx.dims<[1, s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>, tensor<1x?x?xf32, #plx.dims<[1, s, t]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %t3 = plx.pointwise exp(%t2) : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %t4 = plx.reduce sum %t3 [2] : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>) -> tensor<1x?xf32, #plx.dims<[1, s]>>
  %t5 = plx.broadcast %t4 [0, 1] : (tensor<1x?xf32, #plx.dims<[1, s]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %w = plx.pointwise div(%t3, %t5) : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>, tensor<1x?x?xf32, #plx.dims<[1, s, t]>>) -> tensor<1x?x?xf32, #plx.dims<[1, s, t]>>
  %r = plx.dot_general %w, %v batch [0] x [0] contract [2] x [1] : (tensor<1x?x?xf32, #plx.dims<[1, s, t]>>, tensor<1x?x8xf32, #plx.dims<[1, t, 8]>>) -> tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>
  return %r : tensor<1x?x8xf32, #plx.dims<[1, s, 8]>>
}

// -----

// Rows that a select makes 0 are 0 behind it.
// CHECK-LABEL: @zero_rows
// CHECK: %[[ATTENTION:.*]] = plx.attention
// CHECK: %[[ROWS:.*]] = plx.broadcast %arg3 [1, 2] : (tensor<5x1xi1>) -> tensor<2x5x7xi1>
// CHECK: %[[RESULT:.*]] = plx.pointwise select(%[[ROWS]], %{{.*}}, %[[ATTENTION]])
// CHECK: return %[[RESULT]]
func.func @zero_rows(%q: tensor<2x5x8xf32>, %k: tensor<2x8x6xf32>, %v: tensor<2x6x7xf32>, %rows: tensor<5x1xi1>) -> tensor<2x5x7xf32> {
  %s = plx.dot_general %q, %k batch [0] x [0] contract [2] x [1] : (tensor<2x5x8xf32>, tensor<2x8x6xf32>) -> tensor<2x5x6xf32>
  %t0 = plx.reduce max %s [2] : (tensor<2x5x6xf32>) -> tensor<2x5xf32>
  %t1 = plx.broadcast %t0 [0, 1] : (tensor<2x5xf32>) -> tensor<2x5x6xf32>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %t4 = plx.reduce sum %t3 [2] : (tensor<2x5x6xf32>) -> tensor<2x5xf32>
  %t5 = plx.broadcast %t4 [0, 1] : (tensor<2x5xf32>) -> tensor<2x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %mask = plx.broadcast %rows [1, 2] : (tensor<5x1xi1>) -> tensor<2x5x6xi1>
  %c = plx.constant dense<0.0> : tensor<f32>
  %zero = plx.broadcast %c [] : (tensor<f32>) -> tensor<2x5x6xf32>
  %z = plx.pointwise select(%mask, %zero, %w) : (tensor<2x5x6xi1>, tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %r = plx.dot_general %z, %v batch [0] x [0] contract [2] x [1] : (tensor<2x5x6xf32>, tensor<2x6x7xf32>) -> tensor<2x5x7xf32>
  return %r : tensor<2x5x7xf32>
}

// -----

// Negative twin: the select differs along the keys.
// CHECK-LABEL: @zero_weights
// CHECK-NOT: plx.attention
func.func @zero_weights(%q: tensor<2x5x8xf32>, %k: tensor<2x8x6xf32>, %v: tensor<2x6x7xf32>, %rows: tensor<5x6xi1>) -> tensor<2x5x7xf32> {
  %s = plx.dot_general %q, %k batch [0] x [0] contract [2] x [1] : (tensor<2x5x8xf32>, tensor<2x8x6xf32>) -> tensor<2x5x6xf32>
  %t0 = plx.reduce max %s [2] : (tensor<2x5x6xf32>) -> tensor<2x5xf32>
  %t1 = plx.broadcast %t0 [0, 1] : (tensor<2x5xf32>) -> tensor<2x5x6xf32>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %t4 = plx.reduce sum %t3 [2] : (tensor<2x5x6xf32>) -> tensor<2x5xf32>
  %t5 = plx.broadcast %t4 [0, 1] : (tensor<2x5xf32>) -> tensor<2x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %mask = plx.broadcast %rows [1, 2] : (tensor<5x6xi1>) -> tensor<2x5x6xi1>
  %c = plx.constant dense<0.0> : tensor<f32>
  %zero = plx.broadcast %c [] : (tensor<f32>) -> tensor<2x5x6xf32>
  %z = plx.pointwise select(%mask, %zero, %w) : (tensor<2x5x6xi1>, tensor<2x5x6xf32>, tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  %r = plx.dot_general %z, %v batch [0] x [0] contract [2] x [1] : (tensor<2x5x6xf32>, tensor<2x6x7xf32>) -> tensor<2x5x7xf32>
  return %r : tensor<2x5x7xf32>
}

// -----

// Negative twin: the weights are a result too.
// CHECK-LABEL: @weights_used
// CHECK-NOT: plx.attention
func.func @weights_used(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x8x6xf32>, %v: tensor<2x4x6x8xf32>) -> (tensor<2x4x5x8xf32>, tensor<2x4x5x6xf32>) {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %s [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32>
  return %r, %w : tensor<2x4x5x8xf32>, tensor<2x4x5x6xf32>
}

// -----

// Negative twin: so are the scores.
// CHECK-LABEL: @scores_used
// CHECK-NOT: plx.attention
func.func @scores_used(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x8x6xf32>, %v: tensor<2x4x6x8xf32>) -> (tensor<2x4x5x8xf32>, tensor<2x4x5x6xf32>) {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %c = plx.constant dense<0.25> : tensor<2x4x5x6xf32>
  %s1 = plx.pointwise mul(%s, %c) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %s1 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%s1, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32>
  return %r, %s : tensor<2x4x5x8xf32>, tensor<2x4x5x6xf32>
}

// -----

// Negative twin: a softmax along the rows.
// CHECK-LABEL: @other_axis
// CHECK-NOT: plx.attention
func.func @other_axis(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x8x6xf32>, %v: tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32> {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf32>, tensor<2x4x8x6xf32>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %s [2] : (tensor<2x4x5x6xf32>) -> tensor<2x4x6xf32>
  %t1 = plx.broadcast %t0 [0, 1, 3] : (tensor<2x4x6xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%s, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [2] : (tensor<2x4x5x6xf32>) -> tensor<2x4x6xf32>
  %t5 = plx.broadcast %t4 [0, 1, 3] : (tensor<2x4x6xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf32>, tensor<2x4x6x8xf32>) -> tensor<2x4x5x8xf32>
  return %r : tensor<2x4x5x8xf32>
}

// -----

// Narrow floats with a softmax in f32, as ONNX has it.
// CHECK-LABEL: @narrow
// CHECK-NOT: plx.cast
// CHECK: plx.attention {{.*}} : (tensor<2x4x5x8xf16>
func.func @narrow(%q: tensor<2x4x5x8xf16>, %k: tensor<2x4x8x6xf16>, %v: tensor<2x4x6x8xf16>) -> tensor<2x4x5x8xf16> {
  %s = plx.dot_general %q, %k batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x8xf16>, tensor<2x4x8x6xf16>) -> tensor<2x4x5x6xf16>
  %x = plx.cast %s : (tensor<2x4x5x6xf16>) -> tensor<2x4x5x6xf32>
  %t0 = plx.reduce max %x [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t1 = plx.broadcast %t0 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %t2 = plx.pointwise sub(%x, %t1) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t3 = plx.pointwise exp(%t2) : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %t4 = plx.reduce sum %t3 [3] : (tensor<2x4x5x6xf32>) -> tensor<2x4x5xf32>
  %t5 = plx.broadcast %t4 [0, 1, 2] : (tensor<2x4x5xf32>) -> tensor<2x4x5x6xf32>
  %w32 = plx.pointwise div(%t3, %t5) : (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf32>
  %w = plx.cast %w32 : (tensor<2x4x5x6xf32>) -> tensor<2x4x5x6xf16>
  %r = plx.dot_general %w, %v batch [0, 1] x [0, 1] contract [3] x [2] : (tensor<2x4x5x6xf16>, tensor<2x4x6x8xf16>) -> tensor<2x4x5x8xf16>
  return %r : tensor<2x4x5x8xf16>
}
