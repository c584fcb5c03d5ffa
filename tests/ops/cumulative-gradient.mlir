// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sum(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative sum %x axis 1 : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @sum_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative sum %x axis 1 reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @sum_exclusive(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative sum %x axis 1 exclusive : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @sum_exclusive_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative sum %x axis 1 exclusive reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @product(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative product %x axis 1 : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @product_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative product %x axis 1 reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @product_exclusive(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative product %x axis 1 exclusive : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @product_exclusive_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative product %x axis 1 exclusive reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @max(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative max %x axis 1 : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise atan(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @max_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative max %x axis 1 reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise atan(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @max_exclusive(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative max %x axis 1 exclusive : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise atan(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @max_exclusive_reverse(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative max %x axis 1 exclusive reverse : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise atan(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @min(%x: tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>> attributes {plx.runs} {
  %y = plx.cumulative min %x axis 1 : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  %r = plx.pointwise atan(%y) : (tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>) -> tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
  return %r : tensor<2x?x2xf64, #plx.dims<[2, n, 2]>>
}

func.func @product_with_zeros(%x: tensor<4xf64> {plx.input = dense<[2.0, 0.0, 3.0, 0.0]> : tensor<4xf64>, plx.domain = [], plx.gradient = dense<[1.0, 8.0, 0.0, 0.0]> : tensor<4xf64>})
    -> tensor<4xf64> attributes {plx.runs} {
  %r = plx.cumulative product %x axis 0 : (tensor<4xf64>) -> tensor<4xf64>
  return %r : tensor<4xf64>
}

// Of equal ones the last takes all.
func.func @ties(%x: tensor<4xf64> {plx.input = dense<[1.0, 2.0, 2.0, 1.0]> : tensor<4xf64>, plx.gradient = dense<[1.0, 1.0, 2.0, 0.0]> : tensor<4xf64>})
    -> tensor<4xf64> attributes {plx.runs} {
  %r = plx.cumulative max %x axis 0 : (tensor<4xf64>) -> tensor<4xf64>
  return %r : tensor<4xf64>
}
