// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @bind
// CHECK: plx.bind %{{.*}} ["batch", "length"] [0, 1] : tensor<2xi64>
func.func @bind(%v: tensor<2xi64>) {
  plx.bind %v ["batch", "length"] [0, 1] : tensor<2xi64>
  return
}
