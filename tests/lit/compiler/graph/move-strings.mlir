// RUN: plexus-opt %s --plx-move-strings | FileCheck %s

// Places of both operands are numbered through.
// CHECK-LABEL: @concat
// CHECK: %[[PLACES:.*]] = plx.constant dense<[0, 1, 2, 3, 4]> : tensor<5xi64>
// CHECK: plx.host "host:take_strings"(%arg0, %arg1, %[[PLACES]]) {} : (tensor<2x!plx.string>, tensor<3x!plx.string>, tensor<5xi64>) -> tensor<5x!plx.string>
func.func @concat(%x: tensor<2x!plx.string>, %y: tensor<3x!plx.string>) -> tensor<5x!plx.string> {
  %r = plx.concat 0 (%x, %y) : (tensor<2x!plx.string>, tensor<3x!plx.string>) -> tensor<5x!plx.string>
  return %r : tensor<5x!plx.string>
}

// Other operands stay; sizes may be symbols.
// CHECK-LABEL: @gather
// CHECK: %[[IOTA:.*]] = plx.iota 0 : tensor<?xi64, #plx.dims<[n]>>
// CHECK: %[[PLACES:.*]] = plx.gather %[[IOTA]], (%arg1)
// CHECK: plx.host "host:take_strings"(%arg0, %[[PLACES]])
func.func @gather(%x: tensor<?x!plx.string, #plx.dims<[n]>>, %i: tensor<2xi64>) -> tensor<2x!plx.string> {
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<?x!plx.string, #plx.dims<[n]>>, tensor<2xi64>) -> tensor<2x!plx.string>
  return %r : tensor<2x!plx.string>
}

// A view of the whole is none.
// CHECK-LABEL: @reshape
// CHECK-NEXT: plx.reshape
// CHECK-NEXT: return
func.func @reshape(%x: tensor<4x!plx.string>) -> tensor<2x2x!plx.string> {
  %r = plx.reshape %x : (tensor<4x!plx.string>) -> tensor<2x2x!plx.string>
  return %r : tensor<2x2x!plx.string>
}
