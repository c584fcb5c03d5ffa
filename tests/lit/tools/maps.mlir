// REQUIRES: plexus
// Maps pass the boundary: a MapProto {3: 2.5, 1: 1.5} in, a sequence of maps out.
// RUN: rm -rf %t && mkdir %t
// RUN: python3 -c "import sys; open(sys.argv[1], 'wb').write(bytes.fromhex('0a016d1007180318012a190a017610011a0810014a04000020401a0810014a040000c03f'))" %t/m.pb
// RUN: plexus run %s --no-cache --input m=%t/m.pb --output-dir %t/out | FileCheck %s
// RUN: plexus run %s --no-cache --device reference --input m=%t/m.pb | FileCheck %s
// RUN: plexus compile %s -o %t/model && %t/model --input m=%t/m.pb | FileCheck %s
// RUN: ls %t/out | FileCheck %s --check-prefix=FILES
// RUN: not plexus run %s --no-cache 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not plexus run %s --no-cache --input m=%s 2>&1 | FileCheck %s --check-prefix=BROKEN

// CHECK: values: f32[1, 2] min 1.5 max 2.5 mean 2 argmax 1 first [1.5, 2.5]
// CHECK: places: f32[1, 5] {{.*}} first [0, 1.5, 0, 2.5, 0]
// CHECK: found: f32[1, 3] {{.*}} first [2.5, 0, 1.5]
// CHECK: maps: sequence of 2: map of 3 i64 to f32, map of 3 i64 to f32
// FILES: maps.pb
// MISSING: error: input 'm' is a map, which is not made up; give --input NAME=FILE (MapProto)
// BROKEN: maps.mlir' is no valid MapProto
func.func @main(%m: !plx.map<i64, f32> {plx.name = "m"}, %x: tensor<2x3xf32> {plx.name = "x"})
    -> (tensor<1x?xf32, #plx.dims<[1, n]>> {plx.name = "values"}, tensor<1x5xf32> {plx.name = "places"},
        tensor<1x3xf32> {plx.name = "found"}, !plx.sequence<!plx.map<i64, f32>> {plx.name = "maps"}) {
  %keys = plx.constant dense<[3, 2, 1]> : tensor<3xi64>
  %values = plx.host "plx:map_values" (%m) {} fresh ["n"] : (!plx.map<i64, f32>) -> tensor<1x?xf32, #plx.dims<[1, n]>>
  %places = plx.host "plx:map_values" (%m) {size = 5} : (!plx.map<i64, f32>) -> tensor<1x5xf32>
  %found = plx.host "plx:map_look_up" (%m, %keys) {} : (!plx.map<i64, f32>, tensor<3xi64>) -> tensor<1x3xf32>
  %maps = plx.host "plx:zip_map" (%x, %keys) {} : (tensor<2x3xf32>, tensor<3xi64>) -> !plx.sequence<!plx.map<i64, f32>>
  return %values, %places, %found, %maps
      : tensor<1x?xf32, #plx.dims<[1, n]>>, tensor<1x5xf32>, tensor<1x3xf32>, !plx.sequence<!plx.map<i64, f32>>
}
