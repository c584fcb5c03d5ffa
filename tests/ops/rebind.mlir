// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @rebind
// CHECK: plx.rebind %{{.*}} : (tensor<?xf32, #plx.dims<[m + n]>>) -> tensor<?xf32, #plx.dims<[k]>>
func.func @rebind(%x: tensor<?xf32, #plx.dims<[n + m]>>, %k: tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k]>> {
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n + m]>>) -> tensor<?xf32, #plx.dims<[k]>>
  return %r : tensor<?xf32, #plx.dims<[k]>>
}
