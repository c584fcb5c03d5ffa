// Runs compiled cases on the device they were compiled for, and compares their outputs.
//
//   driver CASES [NAME...]: each folder of CASES (or those named) has model.so and
//   test_data_set_0/{input,output}_K.pb, or a step of training (training.h). A line a failing case,
//   a table of the kernels' times, and "N passed, N failed, N skipped" at the end. Needs the
//   runtime alone.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "plexus_rt.h"
#include "training.h"

namespace {

namespace fs = std::filesystem;

struct Tolerance {
  double relative = 1e-3, absolute = 1e-7;
};

struct KernelTime {
  uint64_t launches = 0, total_ns = 0, min_ns = UINT64_MAX;
};

/// By schedule, and by case and kernel.
std::map<std::string, KernelTime> by_schedule;
std::vector<std::pair<uint64_t, std::string>> slowest;

double number_after(const std::string &text, const char *key, double otherwise) {
  size_t at = text.find(key);
  if (at == std::string::npos) return otherwise;
  at = text.find_first_of("-0123456789.", at + std::string(key).size());
  return at == std::string::npos ? otherwise : std::atof(text.c_str() + at);
}

Tolerance tolerance_of(const fs::path &folder) {
  std::ifstream file(folder / "data.json");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  Tolerance out;
  out.relative = number_after(text, "\"rtol\"", out.relative);
  out.absolute = number_after(text, "\"atol\"", out.absolute);
  return out;
}

std::string difference(const plx_tensor &found, const plx_tensor &expected, Tolerance tolerance) {
  char found_type[128], expected_type[128];
  plx_format_type(&found, found_type, sizeof found_type);
  plx_format_type(&expected, expected_type, sizeof expected_type);
  if (std::string(found_type) != expected_type)
    return "expected " + std::string(expected_type) + ", found " + found_type;
  if (found.element_type == PLX_STRING) return "";
  if (found.element_type == PLX_BF16) tolerance.relative = std::max(tolerance.relative, 0x1p-6);
  int64_t count = plx_num_elements(found.rank, found.dims);
  for (int64_t i = 0; i < count; ++i) {
    double f = plx_tensor_element(&found, i), e = plx_tensor_element(&expected, i);
    if ((std::isnan(f) && std::isnan(e)) || f == e) continue;
    if (std::fabs(f - e) <= tolerance.absolute + tolerance.relative * std::fabs(e)) continue;
    char text[160];
    snprintf(text, sizeof text, "element %lld: expected %.9g, found %.9g", (long long)i, e, f);
    return text;
  }
  return "";
}

std::string difference(const plx_object *found, const plx_object *expected, Tolerance tolerance) {
  if (plx_object_kind(found) != plx_object_kind(expected)) return "another kind of value";
  if (plx_object_kind(found) == PLX_KIND_TENSOR)
    return difference(plx_object_tensor(found), plx_object_tensor(expected), tolerance);
  if (plx_object_count(found) != plx_object_count(expected)) return "another number of items";
  for (int64_t i = 0; i < plx_object_count(found); ++i) {
    std::string what =
        difference(plx_object_item(found, i), plx_object_item(expected, i), tolerance);
    if (!what.empty()) return "item " + std::to_string(i) + ": " + what;
  }
  return "";
}

/// One case; empty where it passes.
class Case {
 public:
  explicit Case(fs::path folder) : folder_(std::move(folder)) {}
  ~Case() {
    plx_context_destroy(context_);
    plx_program_release(program_);
    for (plx_object *object : objects_) plx_object_release(object);
  }

  std::string run() {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.trace = 1;
    if (plx_program_open((folder_ / "model.so").c_str(), nullptr, &program_, &error_) ||
        plx_context_create(program_, &options, &context_, &error_))
      return error_.message;
    const plx_module &module = *plx_program_module(program_);
    for (int32_t i = 0; i < module.num_inputs; ++i)
      if (!set_input(module, i)) return error_.message;
    // Twice: the second run has its memory, and its times count.
    for (int round = 0; round < 2; ++round) {
      plx_profile_reset(context_);
      if (plx_context_run(context_, &error_)) return error_.message;
    }
    for (int32_t i = 0; i < module.num_outputs; ++i) {
      std::string what = compare(module, i);
      if (!what.empty()) return "output '" + std::string(module.outputs[i].name) + "': " + what;
    }
    note_times(module);
    return "";
  }

 private:
  plx_object *read(const char *what, int32_t index, int32_t kind) {
    fs::path path = folder_ / "test_data_set_0" / (what + std::to_string(index) + ".pb");
    plx_object *object = nullptr;
    if (plx_object_read(path.c_str(), kind, &object, &error_)) return nullptr;
    objects_.push_back(object);
    return object;
  }
  bool set_input(const plx_module &module, int32_t index) {
    plx_object *object = read("input_", index, module.inputs[index].kind);
    if (!object) return false;
    if (module.inputs[index].kind != PLX_KIND_TENSOR)
      return !plx_context_set_input_object(context_, index, object, &error_);
    plx_tensor tensor = plx_object_tensor(object);
    return !plx_context_set_input_at(context_, index, &tensor, &error_);
  }
  std::string compare(const plx_module &module, int32_t index) {
    plx_object *expected = read("output_", index, module.outputs[index].kind);
    if (!expected) return "";  // suites leave optional outputs out
    if (module.outputs[index].kind != PLX_KIND_TENSOR) {
      plx_object *found = nullptr;
      if (plx_context_output_object(context_, index, &found, &error_)) return error_.message;
      return difference(found, expected, tolerance_of(folder_));
    }
    plx_tensor found;
    if (plx_context_output(context_, index, &found, &error_)) return error_.message;
    return difference(found, plx_object_tensor(expected), tolerance_of(folder_));
  }
  void note_times(const plx_module &module) {
    for (int32_t k = 0; k < module.num_kernels; ++k) {
      plx_kernel_profile profile;
      if (plx_context_profile(context_, k, &profile, &error_) || profile.launches == 0) continue;
      KernelTime &time = by_schedule[module.kernels[k].schedule];
      time.launches += profile.launches;
      time.total_ns += profile.total_ns;
      time.min_ns = std::min(time.min_ns, profile.min_ns);
      slowest.emplace_back(profile.min_ns, folder_.filename().string() + " " +
                                               module.kernels[k].schedule + " " +
                                               module.kernels[k].nodes);
    }
  }

  fs::path folder_;
  plx_program *program_ = nullptr;
  plx_context *context_ = nullptr;
  std::vector<plx_object *> objects_;
  plx_error error_ = {};
};

void print_times() {
  printf("\n%-24s %9s %12s %12s\n", "schedule", "launches", "mean us", "least us");
  for (const auto &[schedule, time] : by_schedule)
    printf("%-24s %9llu %12.2f %12.2f\n", schedule.c_str(), (unsigned long long)time.launches,
           1e-3 * (double)time.total_ns / (double)time.launches, 1e-3 * (double)time.min_ns);
  std::sort(slowest.rbegin(), slowest.rend());
  printf("\nslowest kernels, us:\n");
  for (size_t i = 0; i < std::min<size_t>(slowest.size(), 25); ++i)
    printf("%12.2f  %.120s\n", 1e-3 * (double)slowest[i].first, slowest[i].second.c_str());
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: driver CASES [NAME...]\n"), 2;
  std::vector<fs::path> cases;
  if (argc > 2)
    for (int i = 2; i < argc; ++i) cases.push_back(fs::path(argv[1]) / argv[i]);
  else
    for (const auto &entry : fs::directory_iterator(argv[1]))
      if (fs::exists(entry.path() / "model.so")) cases.push_back(entry.path());
  std::sort(cases.begin(), cases.end());
  int passed = 0, failed = 0;
  for (const fs::path &path : cases) {
    std::string why = is_training(path) ? run_training(path) : Case(path).run();
    if (why.empty()) {
      ++passed;
    } else {
      ++failed;
      printf("FAILED %s: %s\n", path.filename().c_str(), why.c_str());
    }
    fflush(stdout);
  }
  print_times();
  printf("\n%d passed, %d failed, 0 skipped\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
