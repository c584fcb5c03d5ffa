// RUN: plexus-opt %s --plx-plan-memory --verify-diagnostics

plx.program @loop ["x"] [tensor<4xf32>] -> [] [] {
  %x = plx.input 0
  %go = arith.constant true
  %r = scf.while (%cur = %x) : (!plx.buffer) -> !plx.buffer {
    scf.condition(%go) %cur : !plx.buffer
  } do {
  ^bb0(%cur: !plx.buffer):
    // expected-error@+1 {{a buffer of the arena made in an iteration is passed to the next}}
    %t = plx.alloc [4] x 4
    scf.yield %t : !plx.buffer
  }
}
