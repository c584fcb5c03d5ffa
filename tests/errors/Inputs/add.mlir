func.func @main(%x: tensor<?xf32, #plx.dims<[m]>> {plx.name = "x"}, %y: tensor<?xf32, #plx.dims<[n]>> {plx.name = "y"})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.name = "z"}) {
  %0 = plx.broadcast %x [0] : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>> loc("sum(Add)")
  %1 = plx.pointwise add(%0, %y) : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> loc("sum(Add)")
  return %1 : tensor<?xf32, #plx.dims<[n]>>
}
