// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @quantize
func.func @quantize(%x: tensor<?xf32, #plx.dims<[n]>>, %s: tensor<?xf32, #plx.dims<[n]>>, %z: tensor<?xui8, #plx.dims<[n]>>) -> tensor<?xui8, #plx.dims<[n]>> {
  // CHECK: plx.quantize {{.*}} -> tensor<?xui8, #plx.dims<[n]>>
  %r = plx.quantize %x, %s, %z
      : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>, tensor<?xui8, #plx.dims<[n]>>) -> tensor<?xui8, #plx.dims<[n]>>
  return %r : tensor<?xui8, #plx.dims<[n]>>
}

// CHECK-LABEL: func.func @dequantize
func.func @dequantize(%x: tensor<?xui8, #plx.dims<[n]>>, %s: tensor<?xf32, #plx.dims<[n]>>, %z: tensor<?xui8, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
  // CHECK: plx.dequantize {{.*}} -> tensor<?xf32, #plx.dims<[n]>>
  %r = plx.dequantize %x, %s, %z
      : (tensor<?xui8, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>, tensor<?xui8, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
