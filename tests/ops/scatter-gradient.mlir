// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Two updates come to row 1, none to row 0.
func.func @replace(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %u: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %i: tensor<4xi64> {plx.input = dense<[1, -1, 2, 1]> : tensor<4xi64>}) -> tensor<4x3xf64> attributes {plx.runs} {
  %y = plx.scatter replace %x, %u, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<4x3xf64>, tensor<4xi64>) -> tensor<4x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @sum(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %u: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %i: tensor<4xi64> {plx.input = dense<[1, -1, 2, 1]> : tensor<4xi64>}) -> tensor<4x3xf64> attributes {plx.runs} {
  %y = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<4x3xf64>, tensor<4xi64>) -> tensor<4x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @product(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %u: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %i: tensor<4xi64> {plx.input = dense<[1, -1, 2, 1]> : tensor<4xi64>}) -> tensor<4x3xf64> attributes {plx.runs} {
  %y = plx.scatter product %x, %u, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<4x3xf64>, tensor<4xi64>) -> tensor<4x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @max(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %u: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %i: tensor<4xi64> {plx.input = dense<[1, -1, 2, 1]> : tensor<4xi64>}) -> tensor<4x3xf64> attributes {plx.runs} {
  %y = plx.scatter max %x, %u, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<4x3xf64>, tensor<4xi64>) -> tensor<4x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @min(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %u: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>, plx.domain = [0.5, 1.5]},
    %i: tensor<4xi64> {plx.input = dense<[1, -1, 2, 1]> : tensor<4xi64>}) -> tensor<4x3xf64> attributes {plx.runs} {
  %y = plx.scatter min %x, %u, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<4x3xf64>, tensor<4xi64>) -> tensor<4x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %r : tensor<4x3xf64>
}

// Behind a kept dim, with coordinates along two axes.
func.func @elements(%x: tensor<2x3x2xf64> {plx.input = dense<0.0> : tensor<2x3x2xf64>}, %u: tensor<3x?xf64, #plx.dims<[3, n]>> {plx.input = dense<0.0> : tensor<3x4xf64>},
                    %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 0, 1, 1]> : tensor<4xi64>}, %j: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 0, 1, 0]> : tensor<4xi64>})
    -> tensor<2x3x2xf64> attributes {plx.runs} {
  %y = plx.scatter replace %x, %u, (%i, %j) axes [0, 2] at 1
      : (tensor<2x3x2xf64>, tensor<3x?xf64, #plx.dims<[3, n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>) -> tensor<2x3x2xf64>
  %r = plx.pointwise exp(%y) : (tensor<2x3x2xf64>) -> tensor<2x3x2xf64>
  return %r : tensor<2x3x2xf64>
}

// Equal ones share; of one zero, the zero gets the product of the others; of two, none gets anything.
func.func @ties(%x: tensor<2xf64> {plx.input = dense<[3.0, 1.0]> : tensor<2xf64>, plx.gradient = dense<[0.5, 0.0]> : tensor<2xf64>},
                %u: tensor<3xf64> {plx.input = dense<[3.0, 2.0, 2.0]> : tensor<3xf64>, plx.gradient = dense<0.5> : tensor<3xf64>},
                %i: tensor<3xi64> {plx.input = dense<[0, 1, 1]> : tensor<3xi64>}) -> tensor<2xf64> attributes {plx.runs} {
  %r = plx.scatter max %x, %u, (%i) axes [0] at 0 : (tensor<2xf64>, tensor<3xf64>, tensor<3xi64>) -> tensor<2xf64>
  return %r : tensor<2xf64>
}

func.func @zeros(%x: tensor<3xf64> {plx.input = dense<[2.0, 0.0, 5.0]> : tensor<3xf64>, plx.gradient = dense<[0.0, 0.0, 12.0]> : tensor<3xf64>},
                 %u: tensor<4xf64> {plx.input = dense<[0.0, 0.0, 3.0, 4.0]> : tensor<4xf64>, plx.gradient = dense<[2.0, 0.0, 20.0, 15.0]> : tensor<4xf64>},
                 %i: tensor<4xi64> {plx.input = dense<[0, 1, 2, 2]> : tensor<4xi64>}) -> tensor<3xf64> attributes {plx.runs} {
  %r = plx.scatter product %x, %u, (%i) axes [0] at 0 : (tensor<3xf64>, tensor<4xf64>, tensor<4xi64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}
