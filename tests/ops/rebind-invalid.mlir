// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @rebind_c1(%x: tensor<?xf32, #plx.dims<[n]>>) {
  // expected-error @+1 {{'plx.rebind' op operand has rank 1, result 2}}
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x1xf32, #plx.dims<[n, 1]>>
  return
}

// -----

func.func @rebind_c2(%x: tensor<?xf32, #plx.dims<[n + 1]>>) {
  // expected-error @+1 {{'plx.rebind' op dim 0 of the operand is `n + 1`, of the result `n`: they are never equal}}
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n + 1]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return
}
