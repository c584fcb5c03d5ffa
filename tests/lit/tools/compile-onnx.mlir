// A program written out as ONNX gives the same results when it comes back, here for ops that ONNX lacks and that the ONNX
// suite does not bring: what is printed of each output is compared.
// REQUIRES: plexus
// RUN: plexus compile %s -o %t.onnx
// RUN: plexus run %s --seed 7 --dim n=5 --no-cache > %t.before
// RUN: plexus run %t.onnx --seed 7 --dim n=5 --no-cache > %t.after
// RUN: diff %t.before %t.after
// RUN: FileCheck %s < %t.after
// RUN: plexus compile %s --emit onnx --opset 23 -o %t.23.onnx
// RUN: plexus run %t.23.onnx --seed 7 --dim n=5 --no-cache > %t.23
// RUN: diff %t.before %t.23
// RUN: not plexus compile %s --emit onnx --opset 17 -o %t.17.onnx 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: ONNX opset 17 does not hold this program: {{.*}}Bitwise
// CHECK: random: u32[6]
// CHECK: running: f32[5, 4]

func.func @main(%x: tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "x"}, %i: tensor<5xi32> {plx.name = "i"})
    -> (tensor<6xui32> {plx.name = "random"}, tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "running"},
        tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "angle"}, tensor<5xi32> {plx.name = "shifted"},
        tensor<?x3xf32, #plx.dims<[n, 3]>> {plx.name = "windows"}, tensor<?x10xf32, #plx.dims<[n, 10]>> {plx.name = "spread"},
        tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "precise"}, tensor<2xi64> {plx.name = "sizes"}) {
  %key = plx.constant dense<[81985529216486895, 5]> : tensor<2xui64>
  %random = plx.random_bits %key : (tensor<2xui64>) -> tensor<6xui32>
  %running = plx.cumulative max %x axis 1 exclusive reverse : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %back = plx.slice %x [0, 3] [n, 4] [1, -1] : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %angle = plx.pointwise atan2(%x, %back) : (tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %two = plx.constant dense<2> : tensor<5xi32>
  %down = plx.constant dense<[-9, 0, 1, -1, 7]> : tensor<5xi32>
  %mixed = plx.pointwise xor(%i, %down) : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %shifted = plx.pointwise shr(%mixed, %two) : (tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
  %windows = plx.reduce_window product %x [1, 2] [1, 1] [1, 1] : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %one = plx.constant dense<1.5> : tensor<f32>
  %spread = plx.pad %x, %one [0, 1] [0, -1] [0, 2] : (tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<f32>) -> tensor<?x10xf32, #plx.dims<[n, 10]>>
  %little = plx.pointwise expm1(%x) : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %precise = plx.pointwise trunc(%little) : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  %sizes = plx.dims [(n - 9) floordiv 2, max(n, 3) * n] : tensor<2xi64>
  return %random, %running, %angle, %shifted, %windows, %spread, %precise, %sizes
      : tensor<6xui32>, tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<5xi32>,
        tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x10xf32, #plx.dims<[n, 10]>>, tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<2xi64>
}
