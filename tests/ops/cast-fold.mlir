// RUN: plexus-opt %s --canonicalize | FileCheck %s

// The middle type goes where the first step loses nothing.
// CHECK-LABEL: @casts
// CHECK-SAME: (%[[X:.*]]: tensor<3xf16>, %[[I:.*]]: tensor<3xi32>)
func.func @casts(%x: tensor<3xf16>, %i: tensor<3xi32>) -> (tensor<3xf16>, tensor<3xi32>) {
  // f32 holds every f16, not every i32.
  // CHECK: %[[F:.*]] = plx.cast %[[I]]
  // CHECK: %[[B:.*]] = plx.cast %[[F]]
  // CHECK: return %[[X]], %[[B]]
  %0 = plx.cast %x : (tensor<3xf16>) -> tensor<3xf32>
  %1 = plx.cast %0 : (tensor<3xf32>) -> tensor<3xf16>
  %2 = plx.cast %i : (tensor<3xi32>) -> tensor<3xf32>
  %3 = plx.cast %2 : (tensor<3xf32>) -> tensor<3xi32>
  return %1, %3 : tensor<3xf16>, tensor<3xi32>
}

// From float to int saturates, from int to int wraps.
// CHECK-LABEL: @wraps_and_saturates
func.func @wraps_and_saturates(%x: tensor<3xi16>) -> (tensor<3xi8>, tensor<3xi8>) {
  // CHECK-DAG: %[[WRAPPED:.*]] = plx.cast %arg0 : (tensor<3xi16>) -> tensor<3xi8>
  // CHECK-DAG: %[[MIDDLE:.*]] = plx.cast %arg0 : (tensor<3xi16>) -> tensor<3xf32>
  // CHECK-DAG: %[[SATURATED:.*]] = plx.cast %[[MIDDLE]] : (tensor<3xf32>) -> tensor<3xi8>
  // CHECK: return %[[WRAPPED]], %[[SATURATED]]
  %0 = plx.cast %x : (tensor<3xi16>) -> tensor<3xi32>
  %1 = plx.cast %0 : (tensor<3xi32>) -> tensor<3xi8>
  %2 = plx.cast %x : (tensor<3xi16>) -> tensor<3xf32>
  %3 = plx.cast %2 : (tensor<3xf32>) -> tensor<3xi8>
  return %1, %3 : tensor<3xi8>, tensor<3xi8>
}
