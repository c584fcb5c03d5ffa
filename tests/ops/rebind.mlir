// RUN: plexus-opt %s -canonicalize | plexus-opt | FileCheck %s

// CHECK-LABEL: func @rebind
// CHECK: plx.rebind %{{.*}} : (tensor<?xf32, #plx.dims<[m + n]>>) -> tensor<?xf32, #plx.dims<[k]>>
func.func @rebind(%x: tensor<?xf32, #plx.dims<[n + m]>>, %k: tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k]>> {
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n + m]>>) -> tensor<?xf32, #plx.dims<[k]>>
  return %r : tensor<?xf32, #plx.dims<[k]>>
}

// Nothing is differentiated through it: it is not folded away.
// CHECK-LABEL: func @stop_gradient
// CHECK: plx.rebind %{{.*}} {stop_gradient} : (tensor<2xf32>) -> tensor<2xf32>
func.func @stop_gradient(%x: tensor<2xf32>) -> tensor<2xf32> {
  %r = plx.rebind %x {stop_gradient} : (tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
