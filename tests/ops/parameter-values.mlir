// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// No bytes are given to these functions; that is what is said.
func.func @unknown() -> tensor<2xf32> attributes {plx.fails = "parameter: the bytes of parameter \22w\22 are not known",
                plx.fails_compiled = "parameter 'w' has no bytes"} {
  %r = plx.parameter "w" : tensor<2xf32>
  return %r : tensor<2xf32>
}
