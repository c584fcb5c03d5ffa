// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @masked
func.func @masked(%q: tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, %k: tensor<?x?x64xf32, #plx.dims<[b, t, 64]>>, %v: tensor<?x?x32xf32, #plx.dims<[b, t, 32]>>, %m: tensor<?x?x?xf32, #plx.dims<[b, s, t]>>) -> tensor<?x?x32xf32, #plx.dims<[b, s, 32]>> {
  // CHECK: mask %{{.*}} scale 1.250000e-01 :
  %r = plx.attention %q, %k, %v mask %m scale 1.250000e-01
      : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, tensor<?x?x64xf32, #plx.dims<[b, t, 64]>>, tensor<?x?x32xf32, #plx.dims<[b, t, 32]>>, tensor<?x?x?xf32, #plx.dims<[b, s, t]>>) -> tensor<?x?x32xf32, #plx.dims<[b, s, 32]>>
  return %r : tensor<?x?x32xf32, #plx.dims<[b, s, 32]>>
}

// CHECK-LABEL: func.func @causal
func.func @causal(%q: tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, %k: tensor<?x?x64xf32, #plx.dims<[b, t, 64]>>, %v: tensor<?x?x32xf32, #plx.dims<[b, t, 32]>>) -> tensor<?x?x32xf32, #plx.dims<[b, s, 32]>> {
  // CHECK: scale 1.250000e-01 causal [{{.*}}] :
  %r = plx.attention %q, %k, %v scale 1.250000e-01 causal [t - s]
      : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, tensor<?x?x64xf32, #plx.dims<[b, t, 64]>>, tensor<?x?x32xf32, #plx.dims<[b, t, 32]>>) -> tensor<?x?x32xf32, #plx.dims<[b, s, 32]>>
  return %r : tensor<?x?x32xf32, #plx.dims<[b, s, 32]>>
}
