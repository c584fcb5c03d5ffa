// RUN: plexus-opt %s --plx-gradient | FileCheck %s

// The path alone is built: %k is not differentiated, and floor gives zero without any op.
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %k: tensor<?xi64, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
  %e = plx.pointwise exp(%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %f = plx.pointwise floor(%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %r = plx.pointwise add(%e, %f) : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
// CHECK: %[[EXP:.*]] = plx.pointwise exp
// CHECK: %[[SUM:.*]] = plx.pointwise add(%[[EXP]],
// CHECK: %[[ONE:.*]] = plx.constant dense<1.0
// CHECK: %[[SEED:.*]] = plx.broadcast %[[ONE]]
// CHECK-NOT: floor
// CHECK: %[[PRODUCT:.*]] = plx.pointwise mul(%[[SEED]], %[[EXP]])
// Where that is NaN though the cotangent is 0, 0.
// CHECK: %[[NAN:.*]] = plx.pointwise ne(%[[PRODUCT]], %[[PRODUCT]])
// CHECK: %[[LEFT_OUT:.*]] = plx.pointwise eq(%[[SEED]],
// CHECK: %[[POLE:.*]] = plx.pointwise and(%[[NAN]], %[[LEFT_OUT]])
// CHECK: %[[DX:.*]] = plx.pointwise select(%[[POLE]], %{{.*}}, %[[PRODUCT]])
// CHECK-NEXT: return %[[SUM]], %[[DX]]
