#include "runtime/launcher/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace plx {
namespace {

bool wrong(const char *option, const char *expected, const char *found) {
  fprintf(stderr, "error: %s expects %s, found '%s'; see --help\n", option, expected, found);
  return false;
}

bool parse_assignment(const char *option, const char *text, Assignment *out) {
  // Names may hold '=', files' names hardly ever do: the last one divides.
  const char *equals = strrchr(text, '=');
  if (equals == nullptr || equals == text || equals[1] == 0)
    return wrong(option, "NAME=VALUE", text);
  *out = {text, equals - text, equals + 1};
  return true;
}

bool parse_integer(const char *option, const char *text, int64_t least, int64_t most,
                   int64_t *out) {
  char *end = nullptr;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (*text == 0 || *end != 0 || errno != 0 || value < least || value > most) {
    return wrong(option, least == 0 ? "an integer >= 0" : "an integer > 0", text);
  }
  *out = value;
  return true;
}

bool parse_seconds(const char *option, const char *text, double *out) {
  char *end = nullptr;
  double value = strtod(text, &end);
  if (*text == 0 || *end != 0 || !(value > 0) || isinf(value)) {
    return wrong(option, "a number of seconds > 0", text);
  }
  *out = value;
  return true;
}

bool apply(const char *option, const char *value, LauncherOptions *out) {
  int64_t number = 0;
  if (strcmp(option, "--input") == 0) {
    return parse_assignment(option, value, &out->inputs[out->num_inputs++]);
  }
  if (strcmp(option, "--dim") == 0) {
    Assignment *dim = &out->dims[out->num_dims++];
    return parse_assignment(option, value, dim) &&
           parse_integer(option, dim->value, 0, INT64_MAX, &number);
  }
  if (strcmp(option, "--output-dir") == 0) {
    out->output_dir = value;
  } else if (strcmp(option, "--trace") == 0) {
    out->trace = value;
  } else if (strcmp(option, "--weights") == 0) {
    out->weights = value;
  } else if (strcmp(option, "--threads") == 0) {
    if (!parse_integer(option, value, 1, 1024, &number)) return false;
    out->threads = static_cast<int32_t>(number);
  } else if (strcmp(option, "--seed") == 0) {
    if (!parse_integer(option, value, 0, INT64_MAX, &number)) return false;
    out->seed = static_cast<uint64_t>(number);
  } else if (strcmp(option, "--seconds") == 0) {
    return parse_seconds(option, value, &out->seconds);
  } else {
    fprintf(stderr, "error: unknown option '%s'; see --help\n", option);
    return false;
  }
  return true;
}

// Options without a value. False: it is none of them.
bool apply_flag(const char *argument, LauncherOptions *out) {
  if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
    out->help = true;
  } else if (strcmp(argument, "--bench") == 0) {
    out->bench = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool parse_options(int argc, char **argv, LauncherOptions *out) {
  *out = {};
  out->seconds = 1;
  auto count = static_cast<size_t>(argc);
  out->inputs = static_cast<Assignment *>(calloc(count, sizeof(Assignment)));
  out->dims = static_cast<Assignment *>(calloc(count, sizeof(Assignment)));
  if (out->inputs == nullptr || out->dims == nullptr) {
    fprintf(stderr, "error: no memory\n");
    return false;
  }
  for (int i = 1; i < argc; ++i) {
    if (apply_flag(argv[i], out)) continue;
    char option[32];
    // Both "--input NAME=FILE" and "--input=NAME=FILE".
    const char *equals = strchr(argv[i], '=');
    size_t bytes = equals == nullptr ? strlen(argv[i]) : static_cast<size_t>(equals - argv[i]);
    if (argv[i][0] != '-' || bytes >= sizeof option) {
      fprintf(stderr, "error: unexpected argument '%s'; see --help\n", argv[i]);
      return false;
    }
    memcpy(option, argv[i], bytes);
    option[bytes] = 0;
    if (equals == nullptr && i + 1 == argc) return wrong(option, "a value", "nothing");
    if (!apply(option, equals != nullptr ? equals + 1 : argv[++i], out)) return false;
  }
  return true;
}

void free_options(LauncherOptions *options) {
  free(options->inputs);
  free(options->dims);
}

void print_help(const char *program_name) {
  printf(
      "usage: %s [--input NAME=FILE]... [options]\n"
      "Runs the compiled model inside once and prints its outputs.\n\n"
      "  --input NAME=FILE   tensor for an input, .npy or ONNX TensorProto (.pb); without it "
      "floats are\n"
      "                      random, integers 0\n"
      "  --dim NAME=SIZE     symbolic dim of inputs that are made up (default 1)\n"
      "  --output-dir DIR    write each output to DIR/NAME.npy (.pb for types that .npy lacks)\n"
      "  --threads N         threads (default: all CPUs); results do not depend on it\n"
      "  --seed N            of random inputs and random nodes (default 0)\n"
      "  --bench             measure; prints a JSON object\n"
      "  --seconds S         how long --bench measures (default 1)\n"
      "  --trace FILE        write a Chrome trace of the kernels\n"
      "  --weights FILE      the weights file, where it is not beside the executable\n"
      "  --help              this text\n",
      program_name);
}

}  // namespace plx
