#!/usr/bin/env bash
# The main job on real input: trains a network, compiles it and networks that others trained, runs them on real data, shows
# answers, sizes and times. Sets up and builds first. Every number it prints is measured in this very run.
#   tools/demo.sh [--built]        --built: take build/ (or $PLEXUS_BUILD) as it is
# Beside the digits of tools/demo/data, which are in the repository: photographs and speech, where the shared models are
# (../shared/models, or $PLEXUS_MODELS; recordings in media/ beside it).
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath -m "${PLEXUS_BUILD:-build}")
models=${PLEXUS_MODELS:-../shared/models}
media=$models/../media
demo=tools/demo
out=$build/demo
plexus=$build/bin/plexus

title() { printf '\n== %s\n' "$*"; }
# Shows a command as a user would type it, then runs it.
show() {
  printf '$ %s\n' "${*//$build\//build/}"
  "$@"
}
bytes() { stat -c %s "$1"; }
weights() { "$plexus" inspect "$1" | sed -n 's/^parameters: \([0-9]*\), \(.*\)/\2 in \1 parameters/p'; }
# Milliseconds from start to end of a command, the least of 10: its process starts, loads, answers and ends.
best_ms() {
  local best=999999999 start us
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    start=${EPOCHREALTIME/./}
    "$@" >/dev/null
    us=$((${EPOCHREALTIME/./} - start))
    [ "$us" -ge "$best" ] || best=$us
  done
  printf '%d.%03d' $((best / 1000)) $((best % 1000))
}
# gcc, or whichever C compiler there is: a user's, not Plexus's.
embed() { # SOURCE LIBRARY.so PROGRAM
  local cc
  cc=$(command -v gcc || command -v cc || command -v clang-22)
  show "$(basename "$cc")" -std=gnu11 -O2 -Wall -I "$(dirname "$2")" "$1" "$2" "-Wl,-rpath,$(dirname "$2")" -o "$3"
}

set_up() {
  local start=$SECONDS
  [ "${1:-}" = --built ] || tools/build.sh product >&2
  [ -x "$plexus" ] || { echo "demo: $plexus was not built; run tools/build.sh" >&2; exit 1; }
  # Pillow decodes the photographs; without it they are skipped, by name.
  [ "${1:-}" = --built ] || [ ! -d "$models" ] || find_pillow >/dev/null || tools/setup.sh --tests || true
  [ "${1:-}" = --built ] || echo "set up and built in $((SECONDS - start)) s"
  mkdir -p "$out"
}

digits_training() {
  title "Digits: a network is trained on four of five"
  python3 $demo/digits.py train "$out/train.csv"
  local start=${EPOCHREALTIME/./}
  show "$plexus" zoo digits_cnn -o "$out/untrained.onnx"
  show "$plexus" train "$out/untrained.onnx" --data "$out/train.csv" --input 'pixels=pixel_*' --target label \
    --loss cross_entropy --optimizer adamw --lr 4e-3 --weight-decay 0.05 --schedule cosine --epochs 6 -o "$out/digits.onnx"
  echo "written, read, compiled and trained in $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
}

digits_executable() {
  title "The trained ONNX model becomes an executable, and answers for the digits it has not seen"
  python3 $demo/digits.py pixels "$out/pixels.npy"
  local start=${EPOCHREALTIME/./}
  show "$plexus" compile "$out/digits.onnx" -o "$out/digits"
  echo "compiled in $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
  mkdir -p "$out/answers"
  show "$out/digits" --input pixels="$out/pixels.npy" --output-dir "$out/answers"
  echo
  python3 $demo/digits.py show "$out/answers/probabilities.npy"
  title "What ships: one file, no library of ours or anyone else's but libc"
  show ldd "$out/digits"
  echo "executable $(bytes "$out/digits") bytes; weights in it: $(weights "$out/digits.onnx"); digits.onnx $(bytes "$out/digits.onnx") bytes"
  echo "start to answer, 359 digits, process start and end included: $(best_ms "$out/digits" --input pixels="$out/pixels.npy") ms (least of 10)"
  show "$out/digits" --bench --threads 1
}

digits_library() {
  title "The same model inside a C program"
  show "$plexus" compile "$out/digits.onnx" -o "$out/digits.so"
  embed $demo/digits.c "$out/digits.so" "$out/digits_app"
  show "$out/digits_app" "$out/pixels.npy" "$out/app.npy"
  echo "digits.so $(bytes "$out/digits.so") bytes, digits_app $(bytes "$out/digits_app") bytes"
  cmp "$out/app.npy" "$out/answers/probabilities.npy" && echo "the program's answers are the executable's, bit for bit"
}

# A Python that has Pillow: the system's, or the one tests are given their cases by.
find_pillow() {
  local python
  for python in python3 "${PLEXUS_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/plexus-deps}/venv/bin/python"; do
    "$python" -c 'import PIL' 2>/dev/null && { echo "$python"; return; }
  done
  return 1
}

photographs() { # NAME INPUT SCALE
  local case=$models/real/$1 python file
  python=$(find_pillow) || { echo "$1: skipped: no Python here has Pillow, which decodes the photographs (tools/setup.sh --tests installs it)"; return; }
  show "$plexus" compile "$case/model.onnx" -o "$out/$1" || { echo "$1: not compiled: the message above says why"; return; }
  for file in "$media"/mnist_*.jpg; do
    [ -e "$file" ] || { echo "$1: skipped: no photographs mnist_*.jpg at $media"; return; }
    "$python" $demo/media.py image "$file" "$out/photo.npy" "$3"
    mkdir -p "$out/$1.answers"
    "$out/$1" --input "$2=$out/photo.npy" --output-dir "$out/$1.answers" >/dev/null
    echo "  $(basename "$file"): a $(python3 $demo/media.py answer "$out/$1.answers"/*.npy)"
  done
  echo "  executable $(bytes "$out/$1") bytes; $("$out/$1" --bench --threads 1 --seconds 0.5)"
}

voice() {
  [ -e "$media/speech.wav" ] || { echo "silero_vad: skipped: no speech.wav at $media"; return; }
  show "$plexus" compile "$models/real/silero_vad/model.onnx" -o "$out/voice.so" ||
    { echo "silero_vad: not compiled: the message above says why"; return; }
  embed $demo/voice.c "$out/voice.so" "$out/voice_app"
  python3 $demo/media.py wav "$media/speech.wav" "$out/speech.npy"
  show "$out/voice_app" "$out/speech.npy"
  echo "voice.so $(bytes "$out/voice.so") bytes"
}

case "${1:-}" in
  "" | --built) ;;
  *) echo "demo: unknown argument '$1'; usage: tools/demo.sh [--built]" >&2; exit 2 ;;
esac
set_up "$@"
digits_training
digits_executable
digits_library
if [ -d "$models" ]; then
  title "Digits in photographs: two networks by others"
  photographs winml_mnist Input3 unit
  photographs burn_mnist input.1 mnist
  title "Voice activity in a recording: a model with state, driven from C"
  voice
else
  echo
  echo "photographs, voice: skipped: no models at $models (PLEXUS_MODELS says where they are)"
fi
