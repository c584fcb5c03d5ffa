// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @named
func.func @named(%a: tensor<2x!plx.string>) -> tensor<2x?x!plx.string, #plx.dims<[2, n]>> {
  // CHECK: plx.host "string_split"(%{{.*}}) {delimiter = ","} fresh ["n"] : (tensor<2x!plx.string>) -> tensor<2x?x!plx.string, #plx.dims<[2, n]>>
  %r = plx.host "string_split" (%a) {delimiter = ","} fresh ["n"]
      : (tensor<2x!plx.string>) -> tensor<2x?x!plx.string, #plx.dims<[2, n]>>
  return %r : tensor<2x?x!plx.string, #plx.dims<[2, n]>>
}
