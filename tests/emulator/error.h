// How the plugin tells of a failure: a plx_status, and a plx_error where the caller wants one.
#ifndef PLEXUS_TESTS_EMULATOR_ERROR_H
#define PLEXUS_TESTS_EMULATOR_ERROR_H

#include <string>

#include "runtime/include/plexus_rt.h"

namespace plx_emulator {

#define PLX_EMU_PRINTF(a, b) __attribute__((format(printf, a, b)))

// Text by printf's format.
std::string text(const char *format, ...) PLX_EMU_PRINTF(1, 2);

plx_status fail(plx_error *out_error, plx_status status, const std::string &message);
plx_status succeed(plx_error *out_error);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_ERROR_H
