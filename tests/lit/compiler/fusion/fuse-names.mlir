// RUN: plexus-opt %s --plx-fuse | FileCheck %s

// A kernel carries the names of all its nodes in their order, each once; that one name begins another does not matter.
// CHECK-LABEL: func.func @nodes
func.func @nodes(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: plx.kernel
  // CHECK: nodes = "relu10(Neg), relu1(Neg), relu(Abs)"
  %a = plx.pointwise neg(%x) : (tensor<8xf32>) -> tensor<8xf32> loc("relu10(Neg)")
  %b = plx.pointwise neg(%a) : (tensor<8xf32>) -> tensor<8xf32> loc("relu1(Neg)")
  %c = plx.pointwise abs(%b) : (tensor<8xf32>) -> tensor<8xf32> loc("relu(Abs)")
  %d = plx.pointwise neg(%c) : (tensor<8xf32>) -> tensor<8xf32> loc("relu(Abs)")
  return %d : tensor<8xf32>
}

// Names without the op's type too.
// CHECK-LABEL: func.func @plain
func.func @plain(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: plx.kernel
  // CHECK: nodes = "conv10, conv1"
  %a = plx.pointwise neg(%x) : (tensor<8xf32>) -> tensor<8xf32> loc("conv10")
  %b = plx.pointwise abs(%a) : (tensor<8xf32>) -> tensor<8xf32> loc("conv1")
  return %b : tensor<8xf32>
}
