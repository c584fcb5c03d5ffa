// The text of kernels, compiled by clang into a shared object that the process can open.
// Thread-safe.
#ifndef PLEXUS_TESTS_EMULATOR_COMPILE_H
#define PLEXUS_TESTS_EMULATOR_COMPILE_H

#include <string>

#include "runtime/include/plexus_rt.h"

namespace plx_emulator {

// $PLEXUS_EMULATOR_CLANG, or clang-22 on PATH. Fails with what is missing and how to get it.
plx_status find_clang(std::string *out_path, plx_error *out_error);

// Path of the object in the cache ($XDG_CACHE_HOME/plexus/emulated). PLX_BAD_FORMAT: the text does
// not compile; the message has clang's first lines.
plx_status compile(const std::string &source, std::string *out_path, plx_error *out_error);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_COMPILE_H
