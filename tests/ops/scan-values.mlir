// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @running_sum(%h0: tensor<2xf32> {plx.input = dense<[10.0, 20.0]> : tensor<2xf32>},
                       %x: tensor<?x2xf32, #plx.dims<[s, 2]>> {plx.input = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[19.0, 32.0]> : tensor<2xf32>},
        tensor<?x2xf32, #plx.dims<[s, 2]>> {plx.expect = dense<[[11.0, 22.0], [14.0, 26.0], [19.0, 32.0]]> : tensor<3x2xf32>}) {
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<2xf32>, %p: tensor<2xf32>):
    %t = plx.pointwise add(%s, %p) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    plx.yield %t, %t : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>) -> (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>)
  return %h, %all : tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>
}

// No state; two inputs; an output of a size that the body alone knows.
func.func @two_inputs(%x: tensor<2xi64> {plx.input = dense<[1, 2]> : tensor<2xi64>},
                      %y: tensor<2xi64> {plx.input = dense<[10, 20]> : tensor<2xi64>})
    -> (tensor<2x?xi64, #plx.dims<[2, z]>> {plx.expect = dense<[[11, 11], [22, 22]]> : tensor<2x2xi64>}) {
  %r = plx.scan () over (%x, %y) fresh ["z"] {
  ^bb0(%p: tensor<i64>, %q: tensor<i64>):
    %t = plx.pointwise add(%p, %q) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %o = plx.broadcast %t [] : (tensor<i64>) -> tensor<2xi64>
    plx.yield %o : tensor<2xi64>
  } : (tensor<2xi64>, tensor<2xi64>) -> tensor<2x?xi64, #plx.dims<[2, z]>>
  return %r : tensor<2x?xi64, #plx.dims<[2, z]>>
}

func.func @nothing_to_scan(%h0: tensor<2xf32> {plx.input = dense<[10.0, 20.0]> : tensor<2xf32>},
                           %x: tensor<?x2xf32, #plx.dims<[s, 2]>> {plx.input = dense<> : tensor<0x2xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[10.0, 20.0]> : tensor<2xf32>},
        tensor<?x2xf32, #plx.dims<[s, 2]>> {plx.expect = dense<> : tensor<0x2xf32>}) {
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<2xf32>, %p: tensor<2xf32>):
    plx.yield %p, %s : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>) -> (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>)
  return %h, %all : tensor<2xf32>, tensor<?x2xf32, #plx.dims<[s, 2]>>
}

func.func @inputs_disagree(%x: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 2]> : tensor<2xi64>},
                           %y: tensor<?xi64, #plx.dims<[m]>> {plx.input = dense<[10]> : tensor<1xi64>})
    -> tensor<?xi64, #plx.dims<[n]>>
    attributes {plx.fails = "scan: input 1 has size 1 along dim 0, input 0 has 2",
                plx.fails_compiled = "dim 0 is 1 by `m` but 2 by `n`"} {
  %r = plx.scan () over (%x, %y) {
  ^bb0(%p: tensor<i64>, %q: tensor<i64>):
    plx.yield %q : tensor<i64>
  } : (tensor<?xi64, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[m]>>) -> tensor<?xi64, #plx.dims<[n]>>
  return %r : tensor<?xi64, #plx.dims<[n]>>
}
