// RUN: plexus-opt %s --plx-verify-host --split-input-file --verify-diagnostics

plx.kernel_func @k map ["$0"] < [n] symbols [n] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[n]>>, %r: tensor<?xf32, #plx.dims<[n]>>):
}
plx.program @fine ["x"] [tensor<?xf32, #plx.dims<[n]>>] -> ["y"] [tensor<?xf32, #plx.dims<[n]>>] {
  %x = plx.input 0
  %y = plx.output 0 [n]
  plx.run @k [n] (%x, %y)
}

// -----

// expected-error@+1 {{`func.func` is neither a kernel nor a host program}}
func.func @main() {
  return
}

// -----

plx.program @tensors [] [] -> [] [] {
  // expected-error@+1 {{`plx.iota` is no op of a host program}}
  %0 = plx.iota 0 : tensor<4xi64>
}

// -----

plx.program @types [] [] -> [] [] {
  // expected-error@+1 {{a host program has no values of type 'i32'}}
  %0 = arith.constant 1 : i32
}

// -----

plx.program @symbols ["x"] [tensor<?xf32, #plx.dims<[n]>>] -> [] [] {
  // expected-error@+1 {{symbol `m` has no value: it is neither a dim of an input nor set by the program}}
  %0 = plx.size [n + m]
}

// -----

plx.program @kernels [] [] -> [] [] {
  // expected-error@+1 {{there is no kernel @k}}
  plx.run @k [] ()
}

// -----

plx.kernel_func @k map ["$0"] < [n] symbols [n] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[n]>>, %r: tensor<?xf32, #plx.dims<[n]>>):
}
plx.program @buffers ["x"] [tensor<4xf32>] -> [] [] {
  %x = plx.input 0
  // expected-error@+1 {{@k takes 2 buffers, found 1}}
  plx.run @k [4] (%x)
}

// -----

plx.kernel_func @k map ["$0"] < [n] symbols [n] inputs 1 {
^bb0(%a: tensor<?xf32, #plx.dims<[n]>>, %r: tensor<?xf32, #plx.dims<[n]>>):
}
plx.program @sizes ["x"] [tensor<4xf32>] -> [] [] {
  %x = plx.input 0
  // expected-error@+1 {{@k takes 1 sizes, found 0}}
  plx.run @k [] (%x, %x)
}
