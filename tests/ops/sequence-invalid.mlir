// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @sequence_construct_c1(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{item 1 has size 3 along dim 0, expected 2, the element type of '!plx.sequence<tensor<2xf32>>'}}
  %s = plx.sequence_construct (%a, %b) : (tensor<2xf32>, tensor<3xf32>) -> !plx.sequence<tensor<2xf32>>
  return
}

// -----

func.func @sequence_at_c1(%s: !plx.sequence<tensor<2xf32>>, %i: tensor<1xi64>) {
  // expected-error @below {{`position` is 'tensor<1xi64>', expected an int tensor of rank 0}}
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xf32>>, tensor<1xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @sequence_at_c2(%s: !plx.sequence<tensor<2xf32>>, %i: tensor<i64>) {
  // expected-error @below {{the result has element type f16, expected f32, the element type of '!plx.sequence<tensor<2xf32>>'}}
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf16>
  return
}

// -----

func.func @sequence_at_c3(%s: !plx.sequence<tensor<2xf32>>, %i: tensor<i64>) {
  // expected-error @below {{`fresh` names "n", which is alone a size of none of the types it is bound by}}
  %r = plx.sequence_at %s, %i fresh ["n"] : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  return
}

// -----

func.func @sequence_insert_c1(%s: !plx.sequence<tensor<2xf32>>, %x: tensor<2x1xf32>) {
  // expected-error @below {{the item has rank 2, expected 1, the element type of '!plx.sequence<tensor<2xf32>>'}}
  %r = plx.sequence_insert %s, %x : (!plx.sequence<tensor<2xf32>>, tensor<2x1xf32>) -> !plx.sequence<tensor<2xf32>>
  return
}

// -----

func.func @sequence_insert_c2(%s: !plx.sequence<tensor<2xf32>>, %x: tensor<2xf32>, %i: tensor<f32>) {
  // expected-error @below {{`position` is 'tensor<f32>', expected an int tensor of rank 0}}
  %r = plx.sequence_insert %s, %x at %i : (!plx.sequence<tensor<2xf32>>, tensor<2xf32>, tensor<f32>) -> !plx.sequence<tensor<2xf32>>
  return
}

// -----

func.func @sequence_erase_c1(%s: !plx.sequence<tensor<2xf32>>, %i: tensor<i1>) {
  // expected-error @below {{`position` is 'tensor<i1>', expected an int tensor of rank 0}}
  %r = plx.sequence_erase %s at %i : (!plx.sequence<tensor<2xf32>>, tensor<i1>) -> !plx.sequence<tensor<2xf32>>
  return
}

// -----

func.func @sequence_concat_c1(%s: !plx.sequence<tensor<2xf32>>) {
  // expected-error @below {{the sequence's elements are 'tensor<2xf32>', expected tensors of 'f32' and rank 2 for the result 'tensor<4x4xf32>'}}
  %r = plx.sequence_concat %s axis 0 : (!plx.sequence<tensor<2xf32>>) -> tensor<4x4xf32>
  return
}

// -----

func.func @sequence_concat_c2(%s: !plx.sequence<tensor<2xf32>>) {
  // expected-error @below {{`axis` is 1, expected one in [0, rank); the result has rank 1}}
  %r = plx.sequence_concat %s axis 1 : (!plx.sequence<tensor<2xf32>>) -> tensor<4xf32>
  return
}

// -----

func.func @sequence_concat_c3(%s: !plx.sequence<tensor<2xf32>>) {
  // expected-error @below {{`fresh` names "n", which is alone a size of none of the types it is bound by}}
  %r = plx.sequence_concat %s axis 0 fresh ["n"] : (!plx.sequence<tensor<2xf32>>) -> tensor<?xf32, #plx.dims<[2*n]>>
  return
}

// -----

func.func @sequence_split_c1(%x: tensor<4x2xf32>) {
  // expected-error @below {{sequence_split: `axis` is 2, expected one in [0, rank); the operand has rank 2}}
  %s = plx.sequence_split %x axis 2 : (tensor<4x2xf32>) -> !plx.sequence<tensor<1x2xf32>>
  return
}

// -----

func.func @sequence_split_c2(%x: tensor<4x2xf32>, %n: tensor<1x2xi64>) {
  // expected-error @below {{`sizes` is 'tensor<1x2xi64>', expected an int tensor of rank 0 or 1, without `drop_axis`}}
  %s = plx.sequence_split %x axis 0 sizes %n : (tensor<4x2xf32>, tensor<1x2xi64>) -> !plx.sequence<tensor<?x2xf32>>
  return
}

// -----

func.func @sequence_split_c3(%x: tensor<4x2xf32>) {
  // expected-error @below {{the pieces have size 2 along dim 0, expected 3, the element type of '!plx.sequence<tensor<3xf32>>'}}
  %s = plx.sequence_split %x axis 0 drop_axis : (tensor<4x2xf32>) -> !plx.sequence<tensor<3xf32>>
  return
}
