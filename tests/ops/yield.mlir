// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @values_and_none
func.func @values_and_none(%c: tensor<i1>, %a: tensor<2xf32>, %s: !plx.sequence<tensor<i64>>) -> tensor<2xf32> {
  // CHECK: plx.yield %{{.*}}, %{{.*}} : tensor<2xf32>, !plx.sequence<tensor<i64>>
  %r:2 = plx.if %c {
    plx.yield %a, %s : tensor<2xf32>, !plx.sequence<tensor<i64>>
  } else {
    plx.yield %a, %s : tensor<2xf32>, !plx.sequence<tensor<i64>>
  } : (tensor<i1>) -> (tensor<2xf32>, !plx.sequence<tensor<i64>>)
  // CHECK: plx.if
  // CHECK-NEXT: plx.yield{{$}}
  plx.if %c {
    plx.yield
  } else {
    plx.yield
  } : (tensor<i1>) -> ()
  return %r#0 : tensor<2xf32>
}
