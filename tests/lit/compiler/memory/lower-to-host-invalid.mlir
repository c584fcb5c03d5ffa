// RUN: plexus-opt %s --plx-lower-to-host --split-input-file --verify-diagnostics

// expected-error@+1 {{dim 0 of input 0 is `2*n`, but no input has a dim that is `n` alone, so its value cannot be known}}
func.func @main(%x: tensor<?xf32, #plx.dims<[2 * n]>>) -> tensor<?xf32, #plx.dims<[2 * n]>> {
  return %x : tensor<?xf32, #plx.dims<[2 * n]>>
}

// -----

// Kernels take no strings.
// expected-error-re@+1 {{these ops cannot be compiled yet:{{.*}}plx.launch of strings of node '/is' (Equal)}}
func.func @main(%x: tensor<2x!plx.string>) -> tensor<2xi1> {
  %0 = plx.launch @eq [] (%x) : (tensor<2x!plx.string>) -> tensor<2xi1> loc("/is(Equal)")
  return %0 : tensor<2xi1>
}

// -----

// expected-error@+1 {{the module has no function @main with one block}}
module {
}

// -----

// All that is left on tensors is named at once.
// expected-error-re@+1 {{these ops cannot be compiled yet:{{.*}}plx.pointwise of node '/add' (Add){{.*}}plx.pointwise of {{.*}}}}
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = plx.pointwise add(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> loc("/add(Add)")
  %1 = plx.pointwise add(%0, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> loc("/add2(Add)")
  return %1 : tensor<2xf32>
}
