// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Known answer of Random123 (kat_vectors: philox4x32, 10 rounds, counter and key zero).
func.func @zeros(%key: tensor<2xui64> {plx.input = dense<0> : tensor<2xui64>})
    -> (tensor<4xui32> {plx.expect = dense<[0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]> : tensor<4xui32>}) {
  %r = plx.random_bits %key : (tensor<2xui64>) -> tensor<4xui32>
  return %r : tensor<4xui32>
}
