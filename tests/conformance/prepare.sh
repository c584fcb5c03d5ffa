#!/usr/bin/env bash
# Makes the cases that tests/run.py runs and that the repository does not carry; fast when they are there.
#   tests/conformance/prepare.sh BUILD [--skeletons]
# BUILD/suite: the ONNX backend suite (5 s, 48 MB). BUILD/contrib: cases of com.microsoft. BUILD/own: operators and versions
# that the suite leaves out. BUILD/lib/libnvrtc*: links to NVRTC, where tools/setup.sh brought it. --skeletons: BUILD/models/NAME,
# the full-size models of the shared skeletons with their weights filled in (gigabytes). The Python is that of tools/setup.sh --tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?usage: tests/conformance/prepare.sh BUILD [--skeletons]}
deps=${PLEXUS_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/plexus-deps}
python=$deps/venv/bin/python
models=${PLEXUS_MODELS:-../shared/models}
[ -x "$python" ] || { echo "prepare: $python is missing; run tools/setup.sh --tests" >&2; exit 1; }

# Beside the compiler's library, where it looks first.
if [ -f "$deps/nvrtc/stamp" ]; then
  mkdir -p "$build/lib"
  ln -sfn "$deps"/nvrtc/libnvrtc*.so* "$build/lib/"
fi

want=$(sha256sum tests/conformance/dump_cases.py "$deps/venv/stamp" | sha256sum)
if [ "$(cat "$build/suite/stamp" 2>/dev/null)" != "$want" ]; then
  rm -rf "$build/suite"
  mkdir -p "$build/suite"
  "$python" -W ignore::RuntimeWarning tests/conformance/dump_cases.py "$build/suite" >&2
  echo "$want" >"$build/suite/stamp"
fi

want=$(sha256sum tests/conformance/contrib_cases.py "$deps/venv/stamp" | sha256sum)
if [ "$(cat "$build/contrib/stamp" 2>/dev/null)" != "$want" ]; then
  rm -rf "$build/contrib"
  mkdir -p "$build/contrib"
  "$python" tests/conformance/contrib_cases.py "$build/contrib"
  echo "$want" >"$build/contrib/stamp"
fi

want=$(sha256sum tests/conformance/own_cases.py tests/conformance/own/*.py "$build/suite/stamp" | sha256sum)
if [ "$(cat "$build/own/stamp" 2>/dev/null)" != "$want" ]; then
  rm -rf "$build/own"
  mkdir -p "$build/own"
  "$python" -B -W ignore tests/conformance/own_cases.py "$build/suite" "$build/own" >&2
  echo "$want" >"$build/own/stamp"
fi

[ "${2:-}" = --skeletons ] || exit 0
if [ ! -d "$models/skeletons" ]; then
  echo "prepare: $models/skeletons is absent (PLEXUS_MODELS may name another folder): no full-size models" >&2
  exit 0
fi
for source in "$models"/skeletons/*/; do
  name=$(basename "$source")
  target=$build/models/$name
  want=$(cat "$models/fill.py" "$source/skeleton.onnx" | sha256sum)
  [ "$(cat "$target/stamp" 2>/dev/null)" != "$want" ] || continue
  echo "prepare: filling $name" >&2
  rm -rf "$target"
  mkdir -p "$target"
  cp -r --no-preserve=mode "$source"/test_data_set_* "$target/"
  [ ! -f "$source/data.json" ] || cp --no-preserve=mode "$source/data.json" "$target/"
  "$python" "$models/fill.py" fill "$source/skeleton.onnx" "$target/model.onnx"
  echo "$want" >"$target/stamp"
done
