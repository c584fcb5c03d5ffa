#!/usr/bin/env bash
# Builds and runs the tests. The last line is `N passed, N failed, N skipped`, summed over all runners; exit 1 if any failed.
#   tools/test.sh [--fast | --full]
# --fast: unit tests and lit (under two minutes). Without a flag also the checks of tools/dev, random programs, the ONNX suite, a
# tenth of it again with symbolic dims, on the reference evaluator, on the CUDA emulator and written out as ONNX, derivatives of a
# twentieth, CUDA kernels by NVRTC, the kit for machines with a GPU by the emulator, ten training runs killed and resumed, the shared
# models, and the unit tests and a twentieth of the suite under AddressSanitizer and UBSan, in build-asan. --full: all of the suite
# in these ways, a hundred training runs; also full-size models; lit under the sanitizers; the runtime's tests again by gcc and
# under ThreadSanitizer, in build-gcc and build-tsan.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${PLEXUS_BUILD:-build}
mode=${1:-}
case "$mode" in
  "" | --fast | --full) ;;
  *) echo "test: unknown argument '$mode'; usage: tools/test.sh [--fast | --full]" >&2; exit 2 ;;
esac

tools/build.sh >&2 || { echo "test: the build failed" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
suites="unit lit"
if [ "$mode" != --fast ]; then
  tools/setup.sh --tests
  tests/conformance/prepare.sh "$build" $([ "$mode" != --full ] || echo --skeletons)
  sampled="symbolic reference gradients roundtrip resume emulated cubins" # all of these have a larger form
  [ "$mode" != --full ] || sampled="symbolic-full reference-full gradients-full roundtrip-all resume-full emulated-full cubins-full"
  suites="house $suites fuzz suite $sampled kit own bad contrib zoo models"
fi
[ "$mode" != --full ] || suites="$suites skeletons"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() { tests/run.py --build "$@" | tee -a "$log" || true; } # the figures tell, not the exit status
run "$build" $suites
again() { # FOLDER 'OPTIONS, TARGETS' SUITE...: build into FOLDER and run there
  if PLEXUS_BUILD=$1 tools/build.sh $2 >&2; then
    run "$1" "${@:3}"
  else
    echo "test: $1 did not build" >&2
    echo "0 passed, 1 failed, 0 skipped" >>"$log"
  fi
}
[ -n "$mode" ] || again build-asan "-DPLEXUS_SANITIZE=address,undefined unit-tests plexus plexus_compiler" --suite "$build/suite" unit sanitized
if [ "$mode" = --full ]; then
  again build-asan -DPLEXUS_SANITIZE=address,undefined --suite "$build/suite" unit lit sanitized-full
  again build-gcc "-DPLEXUS_RUNTIME_ONLY=ON -DCMAKE_CXX_COMPILER=g++ -DCMAKE_C_COMPILER=gcc" unit
  again build-tsan "-DPLEXUS_RUNTIME_ONLY=ON -DPLEXUS_SANITIZE=thread" unit
fi
# A run in which nothing ran is a failure too.
awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5; n++ }
     END { if (!p && !f) f = 1; printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }' "$log"
