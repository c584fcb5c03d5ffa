// Functions of the runtime's table and of libplexus_host, on both devices: the evaluator calls the same ones.
// RUN: plexus check %s --device reference
// RUN: plexus check %s --device cpu
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Strings of an input, of a constant, through a view, a branch and an output.
func.func @concat(%x: tensor<2x!plx.string> {plx.input = dense<["a", "b"]> : tensor<2x!plx.string>},
                  %c: tensor<i1> {plx.input = dense<true> : tensor<i1>})
    -> (tensor<2x1x!plx.string> {plx.expect = dense<[["a1"], ["b\22"]]> : tensor<2x1x!plx.string>}) {
  %y = plx.constant dense<["1", "\22"]> : tensor<2x!plx.string>
  %r = plx.if %c {
    %t = plx.host "host:string_concat" (%x, %y) {} : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
    plx.yield %t : tensor<2x!plx.string>
  } else {
    plx.yield %x : tensor<2x!plx.string>
  } : (tensor<i1>) -> tensor<2x!plx.string>
  %v = plx.reshape %r : (tensor<2x!plx.string>) -> tensor<2x1x!plx.string>
  return %v : tensor<2x1x!plx.string>
}

// A reshaped tensor of strings is an argument with its new dims.
func.func @view_as_argument(%x: tensor<2x!plx.string> {plx.input = dense<["a", "b"]> : tensor<2x!plx.string>},
                            %y: tensor<2x!plx.string> {plx.input = dense<["1", "2"]> : tensor<2x!plx.string>})
    -> (tensor<2x2x!plx.string> {plx.expect = dense<[["a1", "a2"], ["b1", "b2"]]> : tensor<2x2x!plx.string>}) {
  %v = plx.reshape %x : (tensor<2x!plx.string>) -> tensor<2x1x!plx.string>
  %r = plx.host "host:string_concat" (%v, %y) {} : (tensor<2x1x!plx.string>, tensor<2x!plx.string>) -> tensor<2x2x!plx.string>
  return %r : tensor<2x2x!plx.string>
}

// Sizes that the function decides, and numbers that are computed with further.
func.func @split(%x: tensor<2x!plx.string> {plx.input = dense<["a b c", "d"]> : tensor<2x!plx.string>})
    -> (tensor<2x?x!plx.string, #plx.dims<[2, n]>> {plx.expect = dense<[["a", "b", "c"], ["d", "", ""]]> : tensor<2x3x!plx.string>},
        tensor<2xi64> {plx.expect = dense<[6, 2]> : tensor<2xi64>}, tensor<1xi64> {plx.expect = dense<3> : tensor<1xi64>}) {
  %r, %c = plx.host "host:string_split" (%x) {} fresh ["n"]
      : (tensor<2x!plx.string>) -> (tensor<2x?x!plx.string, #plx.dims<[2, n]>>, tensor<2xi64>)
  %d = plx.pointwise add(%c, %c) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %n = plx.dims [n] : tensor<1xi64>
  return %r, %d, %n : tensor<2x?x!plx.string, #plx.dims<[2, n]>>, tensor<2xi64>, tensor<1xi64>
}

// Strings grow in a loop, whose iterations let go of what they made before.
func.func @loop(%n: tensor<i64> {plx.input = dense<4> : tensor<i64>}, %x: tensor<1x!plx.string> {plx.input = dense<["ab"]> : tensor<1x!plx.string>})
    -> (tensor<1x!plx.string> {plx.expect = dense<["abababababababababababababababab"]> : tensor<1x!plx.string>}) {
  %true = plx.constant dense<true> : tensor<i1>
  %r = plx.loop %n, %true, (%x) {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %s: tensor<1x!plx.string>):
    %t = plx.host "host:string_concat" (%s, %s) {} : (tensor<1x!plx.string>, tensor<1x!plx.string>) -> tensor<1x!plx.string>
    plx.yield %c, %t : tensor<i1>, tensor<1x!plx.string>
  } : (tensor<i64>, tensor<i1>, tensor<1x!plx.string>) -> tensor<1x!plx.string>
  return %r : tensor<1x!plx.string>
}

// A sequence of strings.
func.func @sequence(%x: tensor<2x!plx.string> {plx.input = dense<["a", "b"]> : tensor<2x!plx.string>})
    -> (tensor<4x!plx.string> {plx.expect = dense<["a", "b", "a", "b"]> : tensor<4x!plx.string>}) {
  %s = plx.sequence_construct (%x, %x) : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> !plx.sequence<tensor<2x!plx.string>>
  %r = plx.sequence_concat %s axis 0 : (!plx.sequence<tensor<2x!plx.string>>) -> tensor<4x!plx.string>
  return %r : tensor<4x!plx.string>
}

func.func @bad_pattern(%x: tensor<1x!plx.string> {plx.input = dense<["a"]> : tensor<1x!plx.string>})
    -> tensor<1xi1> attributes {plx.fails = "pattern '(' is not valid: missing ): ("} {
  %r = plx.host "host:regex_full_match" (%x) {pattern = "("} : (tensor<1x!plx.string>) -> tensor<1xi1>
  return %r : tensor<1xi1>
}

func.func @broken_image(%x: tensor<4xui8> {plx.input = dense<[137, 80, 78, 71]> : tensor<4xui8>})
    -> tensor<?x?x3xui8, #plx.dims<[h, w, 3]>> attributes {plx.fails = "the 4 bytes are no image of a kind that is known"} {
  %r = plx.host "host:decode_image" (%x) {} fresh ["h", "w"] : (tensor<4xui8>) -> tensor<?x?x3xui8, #plx.dims<[h, w, 3]>>
  return %r : tensor<?x?x3xui8, #plx.dims<[h, w, 3]>>
}

// Ops that move strings: gather, transpose, concat and select.
func.func @moved(%x: tensor<2x2x!plx.string> {plx.input = dense<[["a", "b"], ["c", "d"]]> : tensor<2x2x!plx.string>},
                 %i: tensor<2xi64> {plx.input = dense<[1, 0]> : tensor<2xi64>},
                 %c: tensor<4x2xi1> {plx.input = dense<[[true, false], [true, true], [false, true], [true, true]]> : tensor<4x2xi1>})
    -> (tensor<4x2x!plx.string> {plx.expect = dense<[["c", "d"], ["a", "b"], ["c", "c"], ["b", "d"]]> : tensor<4x2x!plx.string>}) {
  %g = plx.gather %x, (%i) axes [0] at 0 : (tensor<2x2x!plx.string>, tensor<2xi64>) -> tensor<2x2x!plx.string>
  %t = plx.transpose %x [1, 0] : (tensor<2x2x!plx.string>) -> tensor<2x2x!plx.string>
  %all = plx.concat 0 (%g, %t) : (tensor<2x2x!plx.string>, tensor<2x2x!plx.string>) -> tensor<4x2x!plx.string>
  %other = plx.concat 0 (%g, %g) : (tensor<2x2x!plx.string>, tensor<2x2x!plx.string>) -> tensor<4x2x!plx.string>
  %r = plx.pointwise select(%c, %all, %other) : (tensor<4x2xi1>, tensor<4x2x!plx.string>, tensor<4x2x!plx.string>) -> tensor<4x2x!plx.string>
  return %r : tensor<4x2x!plx.string>
}
