#!/usr/bin/env bash
# Packs a folder that a bare machine with an NVIDIA driver can run: the runtime, a test driver, and a fixed sample of cases and of
# training runs, compiled for these architectures. With cuda-emulated the same folder runs on the emulator of this build.
#   kit.sh DIR [--device cuda|cuda-emulated] [--cpu sm_80,sm_90] [--cases N] [--model-kb N]; then DIR/run.sh
# Cases: of the ONNX suite (build/suite, or $BUILD/suite) the first of each family, and real models of
# $PLEXUS_MODELS (default: ../shared/models, where it is there) of at most so many kB with their data (default: 5000).
set -euo pipefail
cd "$(dirname "$0")/../.."
DIR=${1:?usage: kit.sh DIR [--device D] [--cpu LIST] [--cases N] [--model-kb N]}
shift
DEVICE=cuda CPU=sm_80,sm_90 CASES=1000 MODEL_KB=5000 BUILD=${BUILD:-build}
while [ $# -gt 0 ]; do
  case $1 in
    --device) DEVICE=$2 ;;
    --cpu) CPU=$2 ;;
    --cases) CASES=$2 ;;
    --model-kb) MODEL_KB=$2 ;;
    *) echo "kit.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ "$DEVICE" = cuda ] || CPU=
rm -rf "$DIR"
mkdir -p "$DIR/lib" "$DIR/cases"
cp "$BUILD"/lib/libplexus_rt.so "$DIR/lib/"
# libplexus_train with Abseil inside: a bare machine has none.
ABSL=$(dirname "$("${CXX:-clang++-22}" -print-file-name=libabsl_status.a)")
"${CXX:-clang++-22}" -std=c++20 -O2 -static-libstdc++ -static-libgcc -I runtime/include tests/gpu/*.cc \
  -Wl,--gc-sections -Wl,--start-group "$BUILD"/lib/libplexus_train.a "$ABSL"/libabsl_*.a -Wl,--end-group \
  -L "$DIR/lib" -lplexus_rt -Wl,-rpath,'$ORIGIN/lib' -o "$DIR/driver"

# The first case of each family; host functions (strings, images, regular expressions) are no business of a device.
sample() {
  find "$BUILD/suite/node" -mindepth 1 -maxdepth 1 -name 'test_*' -printf '%f\n' | sort |
    grep -Ev 'bernoulli|string|regex|image_decoder|strnorm|_expanded|tfidf|optional|identity_opt|label_encoder' |
    awk -F_ -v most="$CASES" '!seen[$2 "_" $3]++ && ++n <= most' | sed "s|^|$BUILD/suite/node/|"
  MODELS=${PLEXUS_MODELS:-../shared/models}/real
  [ ! -d "$MODELS" ] || for model in "$MODELS"/*/; do
    [ "$(du -sk "$model" | cut -f1)" -gt "$MODEL_KB" ] || echo "${model%/}"
  done
}
pack() {  # CASE
  name=$(basename "$1")
  mkdir -p "$DIR/cases/$name"
  if ! "$BUILD/bin/plexus" compile "$1/model.onnx" --device "$DEVICE" ${CPU:+--cpu $CPU} --runtime shared --threads 1 --no-cache \
      -o "$DIR/cases/$name/model.so" 2>"$DIR/cases/$name.log"; then
    echo "kit: $name does not compile: $(head -c 300 "$DIR/cases/$name.log")"
    rm -rf "${DIR:?}/cases/$name"
  else
    rm -f "$DIR/cases/$name/model.h"
    cp -rL "$1/test_data_set_0" "$DIR/cases/$name/"
    [ ! -f "$1/data.json" ] || cp "$1/data.json" "$DIR/cases/$name/"
  fi
  rm -f "$DIR/cases/$name.log"
}
# A step of training on the digits, ten steps of it on the CPU to compare with, and the data.
pack_training() {  # NAME MODEL
  folder=$DIR/cases/train_$1
  mkdir -p "$folder"
  step="--loss cross_entropy --optimizer adamw"
  if ! "$BUILD/bin/plexus" train "$2" $step --device "$DEVICE" ${CPU:+--cpu $CPU} --emit-step "$folder/model.so" 2>"$folder.log" ||
    ! "$BUILD/bin/plexus" train "$2" $step --data tools/demo/data/digits.csv --input 'pixels=pixel_*' --target label --lr 1e-3 \
      --batch 32 --no-shuffle --steps 10 --log "$folder/log.csv" --no-cache >/dev/null 2>>"$folder.log" ||
    ! python3 tests/lit/tools/Inputs/digits_arrays.py tools/demo "$folder" 2>>"$folder.log"; then
    echo "kit: train_$1 does not compile: $(head -c 300 "$folder.log")"
    rm -rf "${folder:?}"
  fi
  rm -f "$folder.log"
}
export -f pack
export DIR DEVICE CPU BUILD
sample | xargs -P "$(nproc)" -I{} bash -c 'pack {}'
"$BUILD/bin/plexus" zoo digits_cnn -o "$DIR/cnn.onnx"
pack_training mlp tools/demo/digits.onnx
pack_training cnn "$DIR/cnn.onnx"
rm "$DIR/cnn.onnx"
# Equal kernels lie in many cases: one stream of them all is small.
tar -C "$DIR" --sort=name -cf - cases | gzip -9 > "$DIR/cases.tar.gz"
rm -rf "$DIR/cases"
cat > "$DIR/run.sh" <<'RUN'
#!/bin/sh
# Unpacks the cases once and runs them; arguments: names of cases.
cd "$(dirname "$0")"
[ -d cases ] || tar -xzf cases.tar.gz
exec ./driver cases "$@"
RUN
chmod +x "$DIR/run.sh"
size=$(du -sm "$DIR" | cut -f1)
[ "$size" -lt 60 ] || { echo "kit: $DIR has $size MB, and should have less than 60 to be carried about: pack fewer cases" >&2; exit 1; }
echo "$size MB in $DIR"
