func.func @main(%x: tensor<4x64xf32> {plx.name = "x"}) -> (tensor<4x64xf32> {plx.name = "y"}) {
  %y = plx.pointwise mul(%x, %x) : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32> loc("square(Mul)")
  return %y : tensor<4x64xf32>
}
