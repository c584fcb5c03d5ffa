#!/usr/bin/env bash
# Presubmit, in seconds: format, layers, devices, sizes, text, and the joins of the house; of what is built also symbols and examples.
# The last line is `N passed, N failed, N skipped`, a check counting as one; exit 1 if any failed.
#   tools/dev/check.sh [BUILD]        BUILD: the release build to look into (default: build)
set -uo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
passed=0 failed=0 skipped=0
check() { if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
skip() { echo "$1: skipped, $2"; skipped=$((skipped + 1)); }

check_format() {
  # Headers that are lists of rows for the preprocessor (.def) are laid out by hand.
  local wrong
  wrong=$(git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' '*.cc' '*.c' |
    xargs -0 -r -P "$(nproc)" -n 16 clang-format-22 --dry-run -Werror 2>&1 | sed -n 's/^\([^ :]\{1,\}\):[0-9]*:[0-9]*: error:.*/\1/p' | sort -u)
  [ -n "$wrong" ] || { echo "format: ok"; return; }
  echo "$wrong"
  echo "format: $(wc -l <<<"$wrong") file(s) differ from clang-format's layout; clang-format-22 -i FILE mends it"
  return 1
}

if command -v clang-format-22 >/dev/null; then check check_format; else skip format "clang-format-22 is not installed"; fi
check tools/dev/layers.py
check tools/dev/devices.py
check tools/dev/sizes.py
check tools/dev/text.py
if [ -x "$build/bin/plexus-opt" ]; then
  check tools/dev/house.py --plexus-opt "$build/bin/plexus-opt"
else
  check tools/dev/house.py
fi
if ! [ -d "$build" ]; then
  skip symbols "$build does not exist"
elif ! grep -q '^PLEXUS_SANITIZE:STRING=$' "$build/CMakeCache.txt" 2>/dev/null; then
  skip symbols "$build is a sanitizer build"
else
  check tools/dev/symbols.py "$build"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
