// RUN: plexus-opt %s --plx-rematerialize=limit=8500000 --split-input-file | FileCheck %s
// RUN: plexus-opt %s --plx-rematerialize --split-input-file | FileCheck %s --check-prefix FREE

// The value that is read again at the end is made again, from an input; so is what was made from it. Both would be alive with %c,
// three times 4 MB. Without a limit that is too large a share of so small a program.
// CHECK-LABEL: func.func @main
// CHECK: %[[A:.*]] = plx.launch @twice [](%[[X:.*]]) :
// CHECK: %[[B:.*]] = plx.launch @twice [](%[[A]])
// CHECK: %[[C:.*]] = plx.launch @turn [](%[[B]])
// CHECK: %[[D:.*]] = plx.launch @turn [](%[[C]])
// CHECK: %[[E:.*]] = plx.launch @turn [](%[[D]])
// CHECK: %[[A2:.*]] = plx.launch @twice [](%[[X]]) :
// CHECK: %[[R:.*]] = plx.reshape %[[A2]]
// CHECK: plx.launch @add [](%[[E]], %[[R]])
// FREE-LABEL: func.func @main
// FREE-COUNT-3: plx.launch @turn
// FREE-NOT: plx.launch @twice
// FREE: plx.launch @add
plx.kernel_func @twice map ["$0"] < [1048576] symbols [] inputs 1 {
^bb0(%a: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a ["$0"] : tensor<1048576xf32> -> f32
  %y = plx.apply add(%x, %x) : (f32, f32) -> f32
  plx.store %y, %r ["$0"] : f32, tensor<1048576xf32>
}
plx.kernel_func @turn map ["$0"] < [1048576] symbols [] inputs 1 {
^bb0(%a: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a [-"$0" + 1048575] : tensor<1048576xf32> -> f32
  plx.store %x, %r ["$0"] : f32, tensor<1048576xf32>
}
plx.kernel_func @add map ["$0"] < [1048576] symbols [] inputs 2 {
^bb0(%a: tensor<1048576xf32>, %b: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a ["$0"] : tensor<1048576xf32> -> f32
  %y = plx.load %b ["$0"] : tensor<1048576xf32> -> f32
  %z = plx.apply add(%x, %y) : (f32, f32) -> f32
  plx.store %z, %r ["$0"] : f32, tensor<1048576xf32>
}
func.func @main(%x: tensor<1048576xf32>, %p: tensor<1024x1024xf32> {plx.name = "p"}) -> (tensor<1024x1024xf32> {plx.updates = "p"}) {
  %a = plx.launch @twice [] (%x) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %v = plx.reshape %a : (tensor<1048576xf32>) -> tensor<1024x1024xf32>
  %b = plx.launch @twice [] (%a) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %c = plx.launch @turn [] (%b) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %d = plx.launch @turn [] (%c) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %e = plx.launch @turn [] (%d) : (tensor<1048576xf32>) -> tensor<1024x1024xf32>
  %r = plx.launch @add [] (%e, %v) : (tensor<1024x1024xf32>, tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  return %r : tensor<1024x1024xf32>
}

// -----

// Not behind the update of an input that it reads, and not where nothing is updated.
// CHECK-LABEL: func.func @main
// CHECK: plx.launch @twice
// CHECK-NOT: plx.launch @twice
// FREE-LABEL: func.func @main
plx.kernel_func @twice map ["$0"] < [1048576] symbols [] inputs 1 {
^bb0(%a: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a ["$0"] : tensor<1048576xf32> -> f32
  %y = plx.apply add(%x, %x) : (f32, f32) -> f32
  plx.store %y, %r ["$0"] : f32, tensor<1048576xf32>
}
plx.kernel_func @turn map ["$0"] < [1048576] symbols [] inputs 1 {
^bb0(%a: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a [-"$0" + 1048575] : tensor<1048576xf32> -> f32
  plx.store %x, %r ["$0"] : f32, tensor<1048576xf32>
}
plx.kernel_func @add map ["$0"] < [1048576] symbols [] inputs 2 {
^bb0(%a: tensor<1048576xf32>, %b: tensor<1048576xf32>, %r: tensor<1048576xf32>):
  %x = plx.load %a ["$0"] : tensor<1048576xf32> -> f32
  %y = plx.load %b ["$0"] : tensor<1048576xf32> -> f32
  %z = plx.apply add(%x, %y) : (f32, f32) -> f32
  plx.store %z, %r ["$0"] : f32, tensor<1048576xf32>
}
func.func @main(%x: tensor<1048576xf32>, %p: tensor<1048576xf32> {plx.name = "p"})
    -> (tensor<1048576xf32>, tensor<1048576xf32> {plx.updates = "p"}) {
  %a = plx.launch @twice [] (%p) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %u = plx.launch @add [] (%p, %x) : (tensor<1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32>
  %c = plx.launch @turn [] (%x) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %d = plx.launch @turn [] (%c) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %e = plx.launch @turn [] (%d) : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %r = plx.launch @add [] (%e, %a) : (tensor<1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32>
  return %r, %u : tensor<1048576xf32>, tensor<1048576xf32>
}
