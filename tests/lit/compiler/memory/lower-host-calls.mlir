// RUN: plexus-opt %s --plx-lower-to-host --split-input-file | FileCheck %s

// An item is an object of which the sizes are taken; a length is written where the program wants it.
// CHECK-LABEL: plx.program @main
// CHECK: %[[S:.*]] = plx.input_object 0
// CHECK: %[[I:.*]] = plx.input 1
// CHECK: %[[ITEM:.*]] = plx.host_call "plx:sequence_at" "{}"(%[[S]], %[[I]]) [!plx.sequence<tensor<?xf32>>, tensor<i64>] to() [!plx.object]
// CHECK: %[[BUFFER:.*]], %[[SIZE:.*]] = plx.view %[[ITEM]] f32 : i64
// CHECK: plx.set_symbol "n" = %[[SIZE]] ge 0
// CHECK: %[[PLACE:.*]] = plx.alloc [] x 8
// CHECK: plx.host_call "plx:sequence_length" "{}"(%[[S]]) [!plx.sequence<tensor<?xf32>>] to(%[[PLACE]]) [tensor<i64>]
// CHECK: %[[OUT:.*]] = plx.output 0 [n]
// CHECK: plx.copy %[[BUFFER]] to %[[OUT]] [n] x 4
func.func @main(%s: !plx.sequence<tensor<?xf32>>, %i: tensor<i64>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<i64>) {
  %r = plx.sequence_at %s, %i fresh ["n"] : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32, #plx.dims<[n]>>
  %l = plx.sequence_length %s : (!plx.sequence<tensor<?xf32>>) -> tensor<i64>
  return %r, %l : tensor<?xf32, #plx.dims<[n]>>, tensor<i64>
}

// -----

// A loop keeps of what an iteration makes only its state.
// CHECK-LABEL: plx.program @main
// CHECK: %[[MARK:.*]] = plx.mark
// CHECK: scf.while
// CHECK: ^bb0(%{{.*}}: i64, %{{.*}}: i1, %[[STATE:.*]]: !plx.object):
// CHECK: plx.check_cancelled
// CHECK: %[[NEXT:.*]] = plx.host_call "plx:sequence_insert" "{}"(%[[STATE]]
// CHECK: plx.keep %[[MARK]](%[[NEXT]])
// CHECK: scf.yield %{{.*}}, %{{.*}}, %[[NEXT]] : i64, i1, !plx.object
// CHECK: plx.output_object 0
func.func @main(%n: tensor<i64>, %s: !plx.sequence<tensor<i64>>) -> !plx.sequence<tensor<i64>> {
  %true = plx.constant dense<true> : tensor<i1>
  %r = plx.loop %n, %true, (%s) {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %t: !plx.sequence<tensor<i64>>):
    %u = plx.sequence_insert %t, %i : (!plx.sequence<tensor<i64>>, tensor<i64>) -> !plx.sequence<tensor<i64>>
    plx.yield %c, %u : tensor<i1>, !plx.sequence<tensor<i64>>
  } : (tensor<i64>, tensor<i1>, !plx.sequence<tensor<i64>>) -> !plx.sequence<tensor<i64>>
  return %r : !plx.sequence<tensor<i64>>
}

// -----

// Strings of a constant are bytes of the program, made an object once; those of an input are copied.
// CHECK-LABEL: plx.program @main
// CHECK: %[[BYTES:.*]] = plx.weight "$strings0" tensor<18xui8> =
// CHECK: %[[CONSTANT:.*]] = plx.host_call "plx:strings" "{\22dims\22:[2]}"(%[[BYTES]])
// CHECK: %[[INPUT:.*]] = plx.input 0
// CHECK: %[[COPY:.*]] = plx.host_call "plx:copy" "{}"(%[[INPUT]])
// CHECK: plx.host_call "host:string_concat" "{}"(%[[COPY]], %[[CONSTANT]])
func.func @main(%x: tensor<2x!plx.string>) -> tensor<2x!plx.string> {
  %c = plx.constant dense<["a", "b"]> : tensor<2x!plx.string>
  %r = plx.host "host:string_concat" (%x, %c) {} : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
  return %r : tensor<2x!plx.string>
}
