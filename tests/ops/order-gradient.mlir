// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Ops that order elements: sort, top_k, unique.
func.func @sort(%x: tensor<?x4xf64, #plx.dims<[n, 4]>> {plx.input = dense<0.0> : tensor<3x4xf64>}) -> tensor<?x4xf64, #plx.dims<[n, 4]>> attributes {plx.runs} {
  %v, %i = plx.sort %x axis 0 descending : (tensor<?x4xf64, #plx.dims<[n, 4]>>) -> (tensor<?x4xf64, #plx.dims<[n, 4]>>, tensor<?x4xi64, #plx.dims<[n, 4]>>)
  %r = plx.pointwise exp(%v) : (tensor<?x4xf64, #plx.dims<[n, 4]>>) -> tensor<?x4xf64, #plx.dims<[n, 4]>>
  return %r : tensor<?x4xf64, #plx.dims<[n, 4]>>
}

func.func @top_k(%x: tensor<3x5xf64> {plx.input = dense<0.0> : tensor<3x5xf64>}) -> tensor<3x2xf64> attributes {plx.runs} {
  %v, %i = plx.top_k %x axis 1 k [2] smallest : (tensor<3x5xf64>) -> (tensor<3x2xf64>, tensor<3x2xi64>)
  %r = plx.pointwise exp(%v) : (tensor<3x2xf64>) -> tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @unique(%x: tensor<2x3xf64> {plx.input = dense<0.0> : tensor<2x3xf64>}) -> tensor<?xf64, #plx.dims<[u]>> attributes {plx.runs} {
  %v, %f, %i, %c = plx.unique %x size "u" : (tensor<2x3xf64>) -> (tensor<?xf64, #plx.dims<[u]>>, tensor<?xi64, #plx.dims<[u]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[u]>>)
  %r = plx.pointwise exp(%v) : (tensor<?xf64, #plx.dims<[u]>>) -> tensor<?xf64, #plx.dims<[u]>>
  return %r : tensor<?xf64, #plx.dims<[u]>>
}

func.func @unique_columns(%x: tensor<2x3xf64> {plx.input = dense<0.0> : tensor<2x3xf64>}) -> tensor<2x?xf64, #plx.dims<[2, u]>> attributes {plx.runs} {
  %v, %f, %i, %c = plx.unique %x axis 1 size "u" : (tensor<2x3xf64>) -> (tensor<2x?xf64, #plx.dims<[2, u]>>, tensor<?xi64, #plx.dims<[u]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[u]>>)
  %r = plx.pointwise exp(%v) : (tensor<2x?xf64, #plx.dims<[2, u]>>) -> tensor<2x?xf64, #plx.dims<[2, u]>>
  return %r : tensor<2x?xf64, #plx.dims<[2, u]>>
}

// The first of equal items takes all.
func.func @equal(%x: tensor<3xf64> {plx.input = dense<[2.0, 1.0, 2.0]> : tensor<3xf64>, plx.gradient = dense<[1.0, 1.0, 0.0]> : tensor<3xf64>})
    -> tensor<?xf64, #plx.dims<[u]>> attributes {plx.runs} {
  %v, %f, %i, %c = plx.unique %x size "u" : (tensor<3xf64>) -> (tensor<?xf64, #plx.dims<[u]>>, tensor<?xi64, #plx.dims<[u]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[u]>>)
  return %v : tensor<?xf64, #plx.dims<[u]>>
}
