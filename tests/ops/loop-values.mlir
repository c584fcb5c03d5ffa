// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Three rounds: the state doubles, the iterations are stacked.
func.func @growing_state(%n: tensor<i64> {plx.input = dense<3> : tensor<i64>}, %c: tensor<i1> {plx.input = dense<true> : tensor<i1>},
                         %x: tensor<1xf32> {plx.input = dense<5.0> : tensor<1xf32>})
    -> (tensor<?xf32, #plx.dims<[m]>> {plx.expect = dense<5.0> : tensor<8xf32>},
        tensor<?xi64, #plx.dims<[t]>> {plx.expect = dense<[0, 1, 2]> : tensor<3xi64>}) attributes {plx.no_gradient = "states whose sizes change"} {
  %s, %all = plx.loop %n, %c, (%x) fresh ["m", "t"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<?xf32, #plx.dims<[k]>>):
    %z = plx.concat 0 (%y, %y)
        : (tensor<?xf32, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[2*k]>>
    plx.yield %go, %z, %i : tensor<i1>, tensor<?xf32, #plx.dims<[2*k]>>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<1xf32>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>)
  return %s, %all : tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[t]>>
}

// No limit of trips: ends when the condition yielded is false. Outputs of the last round are kept.
func.func @while(%n: tensor<i64> {plx.input = dense<9223372036854775807> : tensor<i64>},
                 %c: tensor<i1> {plx.input = dense<true> : tensor<i1>}, %x: tensor<i64> {plx.input = dense<1> : tensor<i64>})
    -> (tensor<i64> {plx.expect = dense<128> : tensor<i64>},
        tensor<?x2xi64, #plx.dims<[t, 2]>> {plx.expect = dense<[[1, 1], [2, 2], [4, 4], [8, 8], [16, 16], [32, 32], [64, 64]]> : tensor<7x2xi64>}) {
  %limit = plx.constant dense<100> : tensor<i64>
  %s, %all = plx.loop %n, %c, (%x) fresh ["t"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<i64>):
    %z = plx.pointwise add(%y, %y) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %more = plx.pointwise lt(%z, %limit) : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %row = plx.broadcast %y [] : (tensor<i64>) -> tensor<2xi64>
    plx.yield %more, %z, %row : tensor<i1>, tensor<i64>, tensor<2xi64>
  } : (tensor<i64>, tensor<i1>, tensor<i64>) -> (tensor<i64>, tensor<?x2xi64, #plx.dims<[t, 2]>>)
  return %s, %all : tensor<i64>, tensor<?x2xi64, #plx.dims<[t, 2]>>
}

// No round: results are the operands; sizes that only rounds tell are 0, those of the state are known.
func.func @no_round(%n: tensor<i64> {plx.input = dense<4> : tensor<i64>}, %c: tensor<i1> {plx.input = dense<false> : tensor<i1>},
                    %x: tensor<3xf32> {plx.input = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>})
    -> (tensor<?xf32, #plx.dims<[m]>> {plx.expect = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
        tensor<?x?xf32, #plx.dims<[t, m]>> {plx.expect = dense<> : tensor<0x3xf32>},
        tensor<?x?x5xf32, #plx.dims<[t, z, 5]>> {plx.expect = dense<> : tensor<0x0x5xf32>}) attributes {plx.no_gradient = "states whose sizes change"} {
  %s, %a, %b = plx.loop %n, %c, (%x) fresh ["m", "t", "z"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<?xf32, #plx.dims<[k]>>):
    %o = plx.broadcast %y [0] : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?x5xf32, #plx.dims<[k, 5]>>
    plx.yield %go, %y, %y, %o
        : tensor<i1>, tensor<?xf32, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[k]>>, tensor<?x5xf32, #plx.dims<[k, 5]>>
  } : (tensor<i64>, tensor<i1>, tensor<3xf32>)
      -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, m]>>, tensor<?x?x5xf32, #plx.dims<[t, z, 5]>>)
  return %s, %a, %b : tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, m]>>, tensor<?x?x5xf32, #plx.dims<[t, z, 5]>>
}

// A negative trip count is none.
func.func @negative_trips(%n: tensor<i64> {plx.input = dense<-1> : tensor<i64>}, %c: tensor<i1> {plx.input = dense<true> : tensor<i1>},
                          %x: tensor<i64> {plx.input = dense<7> : tensor<i64>})
    -> (tensor<i64> {plx.expect = dense<7> : tensor<i64>}) {
  %s = plx.loop %n, %c, (%x) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<i64>):
    plx.yield %go, %i : tensor<i1>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<i64>) -> tensor<i64>
  return %s : tensor<i64>
}

func.func @outputs_of_other_shapes(%n: tensor<i64> {plx.input = dense<2> : tensor<i64>}, %c: tensor<i1> {plx.input = dense<true> : tensor<i1>},
                                   %x: tensor<1xf32> {plx.input = dense<5.0> : tensor<1xf32>})
    -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, z]>>)
    attributes {plx.fails = "loop: an output has another shape in iteration 1 than in the first",
                plx.fails_compiled = "dim 0 is 4 by `2*k` but 2 by `z`"} {
  %s, %all = plx.loop %n, %c, (%x) fresh ["m", "t", "z"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<?xf32, #plx.dims<[k]>>):
    %z = plx.concat 0 (%y, %y)
        : (tensor<?xf32, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[2*k]>>
    plx.yield %go, %z, %z : tensor<i1>, tensor<?xf32, #plx.dims<[2*k]>>, tensor<?xf32, #plx.dims<[2*k]>>
  } : (tensor<i64>, tensor<i1>, tensor<1xf32>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, z]>>)
  return %s, %all : tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, z]>>
}

// Sequences are states too.
func.func @sequence_state(%n: tensor<i64> {plx.input = dense<3> : tensor<i64>}, %c: tensor<i1> {plx.input = dense<true> : tensor<i1>})
    -> (tensor<?xi64, #plx.dims<[m]>> {plx.expect = dense<[0, 1, 2]> : tensor<3xi64>}) {
  %e = plx.sequence_construct () : () -> !plx.sequence<tensor<i64>>
  %s = plx.loop %n, %c, (%e) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: !plx.sequence<tensor<i64>>):
    %z = plx.sequence_insert %y, %i : (!plx.sequence<tensor<i64>>, tensor<i64>) -> !plx.sequence<tensor<i64>>
    plx.yield %go, %z : tensor<i1>, !plx.sequence<tensor<i64>>
  } : (tensor<i64>, tensor<i1>, !plx.sequence<tensor<i64>>) -> !plx.sequence<tensor<i64>>
  %r = plx.sequence_concat %s axis 0 new_axis fresh ["m"] : (!plx.sequence<tensor<i64>>) -> tensor<?xi64, #plx.dims<[m]>>
  return %r : tensor<?xi64, #plx.dims<[m]>>
}
