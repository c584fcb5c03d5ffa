// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule="vector-bytes=64 vector-registers=32" --split-input-file | FileCheck %s
// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule="vector-bytes=32 vector-registers=16" --split-input-file | FileCheck %s --check-prefix=NARROW

// Sums of products of two buffers are computed in register tiles: 13 x 2 vectors of 16 (10 tiles of rows, no rest), the
// accumulators, two vectors of b and one of a in 32 registers. With half of both, 4 x 3 vectors of 8 fill 16.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: matmul ["$i0", "$i1"] < [128, 3072]
// CHECK: tile = array<i64: 13, 32>
// CHECK: func.func @matmul
// NARROW-LABEL: plx.kernel_func
// NARROW: tile = array<i64: 4, 24>
func.func @matmul(%a: tensor<128x768xf32>, %b: tensor<768x3072xf32>) -> tensor<128x3072xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<128x768xf32>, tensor<768x3072xf32>) -> tensor<128x3072xf32>
  return %d : tensor<128x3072xf32>
}

// -----

// A convolution is such a sum over several variables; rows are the last positions of the input.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: conv ["$i0", "$i1", "$i2"] < [56, 56, 64]
// CHECK: tile = array<i64: 14, 32>
func.func @convolution(%x: tensor<1x58x58x64xf32>, %w: tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32> {
  %c = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x58x58x64xf32>, tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32>
  return %c : tensor<1x56x56x64xf32>
}

// -----

// A matrix whose columns do not lie side by side is copied to scratch, a panel at a time: 768 x 32 x 4 bytes.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: matmul
// CHECK: scratch = #plx.dims<[98304]>
func.func @turned(%a: tensor<128x768xf32>, %b: tensor<3072x768xf32>) -> tensor<128x3072xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [1] : (tensor<128x768xf32>, tensor<3072x768xf32>) -> tensor<128x3072xf32>
  return %d : tensor<128x3072xf32>
}

// -----

// Negative twin: one row does not pay for that copy; each result is a fold along two rows.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row
// CHECK-NOT: tile
func.func @turned_vector(%a: tensor<1x768xf32>, %b: tensor<3072x768xf32>) -> tensor<1x3072xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [1] : (tensor<1x768xf32>, tensor<3072x768xf32>) -> tensor<1x3072xf32>
  return %d : tensor<1x3072xf32>
}

// -----

// Negative twin: three columns fill no vector.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row ["$i0", "$i1"] < [128, 3]
// CHECK-NOT: tile
func.func @thin(%a: tensor<128x768xf32>, %b: tensor<768x3xf32>) -> tensor<128x3xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<128x768xf32>, tensor<768x3xf32>) -> tensor<128x3xf32>
  return %d : tensor<128x3xf32>
}

// -----

// Negative twin: ints are not multiplied and added in one instruction.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row
// CHECK-NOT: tile
func.func @ints(%a: tensor<8x8xi32>, %b: tensor<8x8xi32>) -> tensor<8x8xi32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<8x8xi32>, tensor<8x8xi32>) -> tensor<8x8xi32>
  return %d : tensor<8x8xi32>
}

// -----

// Without rows there is nothing to do, in no units.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: matmul
// CHECK: units = #plx.dims<[0]>
func.func @no_rows(%a: tensor<0x27xf32>, %b: tensor<27x18xf32>) -> tensor<0x18xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<0x27xf32>, tensor<27x18xf32>) -> tensor<0x18xf32>
  return %d : tensor<0x18xf32>
}

// -----

// A long sum comes in blocks of terms, whose sums wait in scratch memory.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: matmul
// CHECK-NOT: copied
// CHECK: terms = array<i64: 0, 128>
func.func @long(%a: tensor<4096x200xf32>, %b: tensor<4096x192xf32>) -> tensor<200x192xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [0] x [0] : (tensor<4096x200xf32>, tensor<4096x192xf32>) -> tensor<200x192xf32>
  return %d : tensor<200x192xf32>
}

// -----

// Terms 4 KiB apart share a set of the cache: blocks whose rows are copied. Columns 1 KiB apart are copied too.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: matmul
// CHECK: copied, copied_rows
// CHECK-SAME: terms = array<i64: 0, 128>
func.func @aliased(%a: tensor<512x1024xf32>, %b: tensor<512x256xf32>) -> tensor<1024x256xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [0] x [0] : (tensor<512x1024xf32>, tensor<512x256xf32>) -> tensor<1024x256xf32>
  return %d : tensor<1024x256xf32>
}

// -----

// Rows 4 KiB apart: no more than six at a time, which leaves room for four vectors of columns.
// CHECK-LABEL: plx.kernel_func
// CHECK: tile = array<i64: 6, 64>
func.func @aliased_rows(%a: tensor<96x1024xf32>, %b: tensor<1024x192xf32>) -> tensor<96x192xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<96x1024xf32>, tensor<1024x192xf32>) -> tensor<96x192xf32>
  return %d : tensor<96x192xf32>
}

// -----

// The gradient of a convolution's weights: channels are rows (taps are too few), and taps inside of a unit share what is
// read of the cotangent.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: conv ["$i0", "$i1", "$i2", "$i3"] < [64, 3, 3, 64]
// CHECK: inner = ["$i2"]
// CHECK-SAME: terms = array<i64: 1, 2>, tile = array<i64: 13, 32>
func.func @weights(%x: tensor<64x8x58x58x1xf32>, %y: tensor<8x56x56x1x64xf32>) -> tensor<64x1x3x3x64xf32> {
  %c = plx.convolution %x, %y strides [1, 1, 1] dilations [1, 1, 1] groups 1
      : (tensor<64x8x58x58x1xf32>, tensor<8x56x56x1x64xf32>) -> tensor<64x1x3x3x64xf32>
  return %c : tensor<64x1x3x3x64xf32>
}

// -----

// Rows of a small image are places, seven of them, and not the batch, of which there may be one.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: conv ["$i0", "$i1", "$i2", "$i3"] < [s0, 7, 7, 64]
// CHECK: tile = array<i64: 7, 32>, units = #plx.dims<[14*s0]>
func.func @small_image(%x: tensor<?x9x9x64xf32, #plx.dims<[n, 9, 9, 64]>>, %w: tensor<3x3x64x64xf32>) -> tensor<?x7x7x64xf32, #plx.dims<[n, 7, 7, 64]>> {
  %c = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<?x9x9x64xf32, #plx.dims<[n, 9, 9, 64]>>, tensor<3x3x64x64xf32>) -> tensor<?x7x7x64xf32, #plx.dims<[n, 7, 7, 64]>>
  return %c : tensor<?x7x7x64xf32, #plx.dims<[n, 7, 7, 64]>>
}
