// REQUIRES: plexus
// A model that needs libplexus_host finds it by every road; one that needs an unknown function is refused by name.
// RUN: rm -rf %t && mkdir %t
// RUN: plexus run %s --no-cache | FileCheck %s
// RUN: plexus run %s --cache-dir %t/cache | FileCheck %s
// RUN: plexus run %s --cache-dir %t/cache | FileCheck %s
// RUN: plexus run %s --no-cache --device reference | FileCheck %s
// RUN: plexus compile %s -o %t/model.so && plexus run %t/model.so | FileCheck %s
// RUN: sed s/host:string_concat/my.domain:Concat/ %s > %t/custom.mlir
// RUN: not plexus run %t/custom.mlir --no-cache 2>&1 | FileCheck %s --check-prefix=MISSING

// CHECK: y: string[2] first ["a", "b"]
// MISSING: needs host functions that are not there: 'my.domain:Concat'
func.func @main(%x: tensor<2x!plx.string> {plx.name = "x"}) -> (tensor<2x!plx.string> {plx.name = "y"}) {
  %c = plx.constant dense<["a", "b"]> : tensor<2x!plx.string>
  %r = plx.host "host:string_concat" (%x, %c) {} : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
  return %r : tensor<2x!plx.string>
}
