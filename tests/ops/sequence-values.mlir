// RUN: run-values %s
// RUN: plexus check %s --device cpu
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @at_negative(%a: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
                       %b: tensor<3xf32> {plx.input = dense<[3.0, 4.0, 5.0]> : tensor<3xf32>},
                       %i: tensor<i64> {plx.input = dense<-1> : tensor<i64>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[3.0, 4.0, 5.0]> : tensor<3xf32>},
        tensor<i64> {plx.expect = dense<2> : tensor<i64>}) attributes {plx.no_gradient = "sequences are values of the host"} {
  %s = plx.sequence_construct (%a, %b) : (tensor<2xf32>, tensor<3xf32>) -> !plx.sequence<tensor<?xf32>>
  %r = plx.sequence_at %s, %i fresh ["n"]
      : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32, #plx.dims<[n]>>
  %l = plx.sequence_length %s : (!plx.sequence<tensor<?xf32>>) -> tensor<i64>
  return %r, %l : tensor<?xf32, #plx.dims<[n]>>, tensor<i64>
}

func.func @at_outside(%a: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
                      %i: tensor<i32> {plx.input = dense<1> : tensor<i32>})
    -> tensor<2xf32> attributes {plx.fails = "position 1 is out of range [-1, 1) of a sequence of length 1"} {
  %s = plx.sequence_construct (%a) : (tensor<2xf32>) -> !plx.sequence<tensor<2xf32>>
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xf32>>, tensor<i32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// [a] -> [b, a] -> [b, a, c] -> [b, c] -> [b]
func.func @insert_and_erase(%a: tensor<1xi64> {plx.input = dense<1> : tensor<1xi64>},
                            %b: tensor<1xi64> {plx.input = dense<2> : tensor<1xi64>},
                            %c: tensor<1xi64> {plx.input = dense<3> : tensor<1xi64>})
    -> (tensor<2xi64> {plx.expect = dense<[2, 3]> : tensor<2xi64>}, tensor<1xi64> {plx.expect = dense<2> : tensor<1xi64>}) {
  %zero = plx.constant dense<0> : tensor<i64>
  %minus2 = plx.constant dense<-2> : tensor<i64>
  %s0 = plx.sequence_construct (%a) : (tensor<1xi64>) -> !plx.sequence<tensor<1xi64>>
  %s1 = plx.sequence_insert %s0, %b at %zero : (!plx.sequence<tensor<1xi64>>, tensor<1xi64>, tensor<i64>) -> !plx.sequence<tensor<1xi64>>
  %s2 = plx.sequence_insert %s1, %c : (!plx.sequence<tensor<1xi64>>, tensor<1xi64>) -> !plx.sequence<tensor<1xi64>>
  %s3 = plx.sequence_erase %s2 at %minus2 : (!plx.sequence<tensor<1xi64>>, tensor<i64>) -> !plx.sequence<tensor<1xi64>>
  %s4 = plx.sequence_erase %s3 : (!plx.sequence<tensor<1xi64>>) -> !plx.sequence<tensor<1xi64>>
  %r3 = plx.sequence_concat %s3 axis 0 : (!plx.sequence<tensor<1xi64>>) -> tensor<2xi64>
  %r4 = plx.sequence_concat %s4 axis 0 : (!plx.sequence<tensor<1xi64>>) -> tensor<1xi64>
  return %r3, %r4 : tensor<2xi64>, tensor<1xi64>
}

func.func @erase_of_nothing() -> tensor<i64> attributes {plx.fails = "the sequence is empty, expected an item to erase"} {
  %s = plx.sequence_construct () : () -> !plx.sequence<tensor<i64>>
  %r = plx.sequence_erase %s : (!plx.sequence<tensor<i64>>) -> !plx.sequence<tensor<i64>>
  %l = plx.sequence_length %r : (!plx.sequence<tensor<i64>>) -> tensor<i64>
  return %l : tensor<i64>
}

func.func @concat_along_columns(%a: tensor<2x1xf32> {plx.input = dense<[[1.0], [2.0]]> : tensor<2x1xf32>},
                                %b: tensor<2x2xf32> {plx.input = dense<[[3.0, 4.0], [5.0, 6.0]]> : tensor<2x2xf32>})
    -> (tensor<2x?xf32, #plx.dims<[2, n]>> {plx.expect = dense<[[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]> : tensor<2x3xf32>}) attributes {plx.no_gradient = "sequences are values of the host"} {
  %s = plx.sequence_construct (%a, %b) : (tensor<2x1xf32>, tensor<2x2xf32>) -> !plx.sequence<tensor<2x?xf32>>
  %r = plx.sequence_concat %s axis 1 fresh ["n"] : (!plx.sequence<tensor<2x?xf32>>) -> tensor<2x?xf32, #plx.dims<[2, n]>>
  return %r : tensor<2x?xf32, #plx.dims<[2, n]>>
}

func.func @stack_in_the_middle(%a: tensor<2x2xi32> {plx.input = dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>},
                               %b: tensor<2x2xi32> {plx.input = dense<[[5, 6], [7, 8]]> : tensor<2x2xi32>})
    -> (tensor<2x2x2xi32> {plx.expect = dense<[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]> : tensor<2x2x2xi32>}) {
  %s = plx.sequence_construct (%a, %b) : (tensor<2x2xi32>, tensor<2x2xi32>) -> !plx.sequence<tensor<2x2xi32>>
  %r = plx.sequence_concat %s axis 1 new_axis : (!plx.sequence<tensor<2x2xi32>>) -> tensor<2x2x2xi32>
  return %r : tensor<2x2x2xi32>
}

func.func @concat_of_nothing() -> (tensor<?x2xf32, #plx.dims<[n, 2]>> {plx.expect = dense<> : tensor<0x2xf32>}) {
  %s = plx.sequence_construct () : () -> !plx.sequence<tensor<?x2xf32>>
  %r = plx.sequence_concat %s axis 0 fresh ["n"] : (!plx.sequence<tensor<?x2xf32>>) -> tensor<?x2xf32, #plx.dims<[n, 2]>>
  return %r : tensor<?x2xf32, #plx.dims<[n, 2]>>
}

func.func @concat_of_other_shapes(%a: tensor<2x1xf32> {plx.input = dense<0.0> : tensor<2x1xf32>},
                                  %b: tensor<2x2xf32> {plx.input = dense<0.0> : tensor<2x2xf32>})
    attributes {plx.fails = "item 1 has another shape than item 0"} {
  %s = plx.sequence_construct (%a, %b) : (tensor<2x1xf32>, tensor<2x2xf32>) -> !plx.sequence<tensor<2x?xf32>>
  %r = plx.sequence_concat %s axis 0 fresh ["n", "m"] : (!plx.sequence<tensor<2x?xf32>>) -> tensor<?x?xf32, #plx.dims<[n, m]>>
  return
}

// Pieces of 2 along axis 0, the last smaller.
func.func @split_by_size(%x: tensor<5xi64> {plx.input = dense<[1, 2, 3, 4, 5]> : tensor<5xi64>},
                         %n: tensor<i64> {plx.input = dense<2> : tensor<i64>}, %i: tensor<i64> {plx.input = dense<2> : tensor<i64>})
    -> (tensor<i64> {plx.expect = dense<3> : tensor<i64>}, tensor<?xi64, #plx.dims<[m]>> {plx.expect = dense<[5]> : tensor<1xi64>}) {
  %s = plx.sequence_split %x axis 0 sizes %n : (tensor<5xi64>, tensor<i64>) -> !plx.sequence<tensor<?xi64>>
  %l = plx.sequence_length %s : (!plx.sequence<tensor<?xi64>>) -> tensor<i64>
  %r = plx.sequence_at %s, %i fresh ["m"] : (!plx.sequence<tensor<?xi64>>, tensor<i64>) -> tensor<?xi64, #plx.dims<[m]>>
  return %l, %r : tensor<i64>, tensor<?xi64, #plx.dims<[m]>>
}

func.func @split_by_sizes(%x: tensor<2x3xi64> {plx.input = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>},
                          %n: tensor<3xi64> {plx.input = dense<[1, 0, 2]> : tensor<3xi64>}, %i: tensor<i64> {plx.input = dense<2> : tensor<i64>})
    -> (tensor<2x2xi64> {plx.expect = dense<[[2, 3], [5, 6]]> : tensor<2x2xi64>}) {
  %s = plx.sequence_split %x axis 1 sizes %n : (tensor<2x3xi64>, tensor<3xi64>) -> !plx.sequence<tensor<2x?xi64>>
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<2x?xi64>>, tensor<i64>) -> tensor<2x2xi64>
  return %r : tensor<2x2xi64>
}

func.func @split_without_axis(%x: tensor<2x3xi64> {plx.input = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>},
                              %i: tensor<i64> {plx.input = dense<1> : tensor<i64>})
    -> (tensor<2xi64> {plx.expect = dense<[2, 5]> : tensor<2xi64>}) {
  %s = plx.sequence_split %x axis 1 drop_axis : (tensor<2x3xi64>) -> !plx.sequence<tensor<2xi64>>
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xi64>>, tensor<i64>) -> tensor<2xi64>
  return %r : tensor<2xi64>
}

func.func @split_sizes_do_not_sum_up(%x: tensor<3xi64> {plx.input = dense<[1, 2, 3]> : tensor<3xi64>},
                                     %n: tensor<2xi64> {plx.input = dense<[1, 1]> : tensor<2xi64>})
    -> tensor<i64> attributes {plx.fails = "the piece sizes sum up to 2, expected 3"} {
  %s = plx.sequence_split %x axis 0 sizes %n : (tensor<3xi64>, tensor<2xi64>) -> !plx.sequence<tensor<?xi64>>
  %l = plx.sequence_length %s : (!plx.sequence<tensor<?xi64>>) -> tensor<i64>
  return %l : tensor<i64>
}

// The squares of 0, 1, .. collected in a loop, which drops the first once there are three: what an iteration makes goes with it.
func.func @collected_in_a_loop(%trips: tensor<i64> {plx.input = dense<6> : tensor<i64>})
    -> (tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[9, 16, 25]> : tensor<3xi64>}) {
  %true = plx.constant dense<true> : tensor<i1>
  %zero = plx.constant dense<0> : tensor<i64>
  %three = plx.constant dense<3> : tensor<i64>
  %s0 = plx.sequence_construct () : () -> !plx.sequence<tensor<i64>>
  %r = plx.loop %trips, %true, (%s0) {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %s: !plx.sequence<tensor<i64>>):
    %square = plx.pointwise mul(%i, %i) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %s1 = plx.sequence_insert %s, %square : (!plx.sequence<tensor<i64>>, tensor<i64>) -> !plx.sequence<tensor<i64>>
    %l = plx.sequence_length %s1 : (!plx.sequence<tensor<i64>>) -> tensor<i64>
    %full = plx.pointwise gt(%l, %three) : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %s2 = plx.if %full {
      %e = plx.sequence_erase %s1 at %zero : (!plx.sequence<tensor<i64>>, tensor<i64>) -> !plx.sequence<tensor<i64>>
      plx.yield %e : !plx.sequence<tensor<i64>>
    } else {
      plx.yield %s1 : !plx.sequence<tensor<i64>>
    } : (tensor<i1>) -> !plx.sequence<tensor<i64>>
    plx.yield %c, %s2 : tensor<i1>, !plx.sequence<tensor<i64>>
  } : (tensor<i64>, tensor<i1>, !plx.sequence<tensor<i64>>) -> !plx.sequence<tensor<i64>>
  %all = plx.sequence_concat %r axis 0 new_axis fresh ["n"] : (!plx.sequence<tensor<i64>>) -> tensor<?xi64, #plx.dims<[n]>>
  return %all : tensor<?xi64, #plx.dims<[n]>>
}

// An item whose size is not what its type claims.
func.func @other_size(%a: tensor<3xf32> {plx.input = dense<0.0> : tensor<3xf32>},
                      %i: tensor<i64> {plx.input = dense<0> : tensor<i64>})
    -> tensor<2xf32> attributes {plx.fails = "3"} {
  %s = plx.sequence_construct (%a) : (tensor<3xf32>) -> !plx.sequence<tensor<?xf32>>
  %r = plx.sequence_at %s, %i : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
