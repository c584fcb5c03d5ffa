// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// The state doubles in every iteration: its size is carried.
// CHECK-LABEL: func.func @growing
func.func @growing(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>)
    -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>) {
  // CHECK: plx.loop %{{.*}}, %{{.*}}, (%{{.*}}) fresh ["m", "t"] carried ["k"] {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<i64>, %{{.*}}: tensor<i1>, %{{.*}}: tensor<?xf32, #plx.dims<[k]>>):
  %s, %all = plx.loop %n, %c, (%x) fresh ["m", "t"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<?xf32, #plx.dims<[k]>>):
    %z = plx.concat 0 (%y, %y)
        : (tensor<?xf32, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[2*k]>>
    plx.yield %go, %z, %i : tensor<i1>, tensor<?xf32, #plx.dims<[2*k]>>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>)
  return %s, %all : tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>
}
