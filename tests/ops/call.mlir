// RUN: plexus-opt %s | plexus-opt | FileCheck %s

func.func private @rows(tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?xf32, #plx.dims<[n + m]>>, tensor<?xi64, #plx.dims<[k]>>)

// The callee's n is 2 and its m the caller's n; its k is told by nothing and named here.
// CHECK-LABEL: func.func @substitutes
func.func @substitutes(%x: tensor<2x?xf32, #plx.dims<[2, n]>>) -> tensor<?xf32, #plx.dims<[n + 2]>> {
  // CHECK: plx.call @rows(%{{.*}}) fresh ["k1"] : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<?xf32, #plx.dims<[n + 2]>>, tensor<?xi64, #plx.dims<[k1]>>)
  %r, %k = plx.call @rows(%x) fresh ["k1"]
      : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<?xf32, #plx.dims<[n + 2]>>, tensor<?xi64, #plx.dims<[k1]>>)
  return %r : tensor<?xf32, #plx.dims<[n + 2]>>
}
