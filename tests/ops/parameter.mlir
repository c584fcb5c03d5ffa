// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @parameter
// CHECK: plx.parameter "encoder.weight" : tensor<768x768xf32>
func.func @parameter() -> tensor<768x768xf32> {
  %r = plx.parameter "encoder.weight" : tensor<768x768xf32>
  return %r : tensor<768x768xf32>
}
