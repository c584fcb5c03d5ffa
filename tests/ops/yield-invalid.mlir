// RUN: plexus-opt %s -allow-unregistered-dialect -split-input-file -verify-diagnostics

func.func @yield_c1(%x: tensor<4xf32>) {
  "test.other"() ({
    // expected-error @below {{is inside `test.other`, expected plx.if, plx.loop or plx.scan}}
    plx.yield %x : tensor<4xf32>
  }) : () -> ()
  return
}
