// REQUIRES: plexus
// Sequences and optionals pass the boundary: from files and to files, in one process, in a library and in an executable.
// RUN: rm -rf %t && mkdir %t
// RUN: plexus run %s --no-cache --output-dir %t/first | FileCheck %s --check-prefix=EMPTY
// RUN: plexus run %s --no-cache --input items=%t/first/longer.pb --output-dir %t/second | FileCheck %s --check-prefix=ONE
// RUN: plexus run %s --no-cache --device reference --input items=%t/second/longer.pb | FileCheck %s --check-prefix=TWO
// RUN: plexus compile %s -o %t/model && %t/model --input items=%t/second/longer.pb --output-dir %t/third | FileCheck %s --check-prefix=TWO
// RUN: plexus compile %s -o %t/model.so && plexus run %t/model.so --input items=%t/third/longer.pb | FileCheck %s --check-prefix=THREE
// RUN: not plexus run %s --no-cache --input items=%s 2>&1 | FileCheck %s --check-prefix=BROKEN

// EMPTY: longer: sequence of 1: f32[2]
// EMPTY: last: optional of f32[2]
// EMPTY: size: i64[] min 0

// ONE: longer: sequence of 2: f32[2], f32[2]
// ONE: size: i64[] min 1

// TWO: longer: sequence of 3: f32[2], f32[2], f32[2]
// TWO: last: optional of f32[2]
// TWO: size: i64[] min 2

// THREE: longer: sequence of 4
// BROKEN: objects.mlir' is no valid SequenceProto: byte
func.func @main(%items: !plx.sequence<tensor<?xf32>> {plx.name = "items"}, %x: tensor<2xf32> {plx.name = "x"})
    -> (!plx.sequence<tensor<?xf32>> {plx.name = "longer"}, !plx.optional<tensor<2xf32>> {plx.name = "last"},
        tensor<i64> {plx.name = "size"}) {
  %longer = plx.sequence_insert %items, %x
      : (!plx.sequence<tensor<?xf32>>, tensor<2xf32>) -> !plx.sequence<tensor<?xf32>>
  %minus = plx.constant dense<-1> : tensor<i64>
  %last = plx.sequence_at %longer, %minus : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<2xf32>
  %optional = plx.optional %last : (tensor<2xf32>) -> !plx.optional<tensor<2xf32>>
  %size = plx.sequence_length %items : (!plx.sequence<tensor<?xf32>>) -> tensor<i64>
  return %longer, %optional, %size : !plx.sequence<tensor<?xf32>>, !plx.optional<tensor<2xf32>>, tensor<i64>
}
