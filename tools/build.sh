#!/usr/bin/env bash
# Installs what is missing, configures and builds everything into build/ (or $PLEXUS_BUILD).
#   tools/build.sh [-DNAME=VALUE ...] [TARGET ...]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${PLEXUS_BUILD:-build}
options=() targets=()
for argument in "$@"; do
  case "$argument" in
    -D*) options+=("$argument") ;;
    -*) echo "build: unknown option $argument; usage: tools/build.sh [-DNAME=VALUE ...] [TARGET ...]" >&2; exit 2 ;;
    *) targets+=("$argument") ;;
  esac
done
tools/setup.sh
# ninja configures again by itself when a CMake file changed; a first time and new options are for us.
if [ ! -f "$build/build.ninja" ] || [ ${#options[@]} -gt 0 ]; then
  cmake -G Ninja -S . -B "$build" "${options[@]}" >"$build.log" 2>&1 || { cat "$build.log" >&2; rm -f "$build.log"; exit 1; }
  rm -f "$build.log"
fi
ninja -C "$build" "${targets[@]}"
