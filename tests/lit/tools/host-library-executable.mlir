// REQUIRES: plexus, no-sanitizers
// An executable that needs libplexus_host finds it.
// RUN: plexus compile %s -o %t && %t | FileCheck %s

// CHECK: y: string[2] first ["a", "b"]
func.func @main(%x: tensor<2x!plx.string> {plx.name = "x"}) -> (tensor<2x!plx.string> {plx.name = "y"}) {
  %c = plx.constant dense<["a", "b"]> : tensor<2x!plx.string>
  %r = plx.host "host:string_concat" (%x, %c) {} : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
  return %r : tensor<2x!plx.string>
}
