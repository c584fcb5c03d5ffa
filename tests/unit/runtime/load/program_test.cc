// Descriptors that are wrong, weights files, file mapping, hash.
// Covers: runtime/load/verify_module.cc, runtime/load/cpu_features.cc, runtime/load/weights.cc
// Covers: runtime/load/map_file.cc, runtime/load/hash64.cc, runtime/load/file_writer.cc
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/runtime/fake_model.h"
#include "tests/unit/runtime/load/files.h"

namespace plx_test {
namespace {

std::string load(const plx_module &module, plx_load_options options = {}) {
  plx_program *program = nullptr;
  plx_error error = {};
  options.struct_bytes = sizeof options;
  plx_status status = plx_program_create(&module, &options, &program, &error);
  EXPECT_EQ(status == PLX_OK, program != nullptr);
  plx_program_release(program);
  return error.message;
}

TEST(Program, RefusesWrongDescriptors) {
  struct Wrong {
    void (*damage)(FakeModel *);
    const char *message;
  };
  const Wrong cases[] = {{[](FakeModel *m) { m->module.magic = 1; },
                          "not a compiled model: its descriptor begins with 0000000000000001, "
                          "expected 0a0d535558454c50"},
                         {[](FakeModel *m) { m->module.abi_version = 9; },
                          "the model was compiled for version 9 of the runtime's ABI (descriptor "
                          "of 216 bytes); this runtime, "
                          "0.1.0, has version 3 (216 bytes). Compile it again"},
                         {[](FakeModel *m) { m->module.run = nullptr; },
                          "a model's descriptor lacks its name, target or code"},
                         {[](FakeModel *m) { m->module.kernels = nullptr; },
                          "model 'fake': a table of its descriptor is missing"},
                         {[](FakeModel *m) { m->module.num_sites = -1; },
                          "model 'fake': a table of its descriptor is missing"},
                         {[](FakeModel *m) { m->inputs[1].element_type = 27; },
                          "model 'fake': entry 1 of its descriptor's inputs is not valid"},
                         {[](FakeModel *m) { m->inputs[0].rank = -1; },
                          "model 'fake': entry 0 of its descriptor's inputs is not valid"},
                         {[](FakeModel *m) { m->x_dims[0].symbol = 1; },
                          "model 'fake': entry 0 of its descriptor's inputs is not valid"},
                         {[](FakeModel *m) { m->outputs[0].donated = 2; },
                          "model 'fake': entry 0 of its descriptor's outputs is not valid"},
                         {[](FakeModel *m) { m->outputs[0].kind = PLX_KIND_SEQUENCE; },
                          "model 'fake': entry 0 of its descriptor's outputs is not valid"},
                         {[](FakeModel *m) { m->parameters[0].offset = 64; },
                          "model 'fake': entry 0 of its descriptor's parameters is not valid"},
                         {[](FakeModel *m) { m->parameters[0].offset = UINT64_MAX - 63; },
                          "model 'fake': entry 0 of its descriptor's parameters is not valid"},
                         {[](FakeModel *m) { m->parameters[0].bytes = 12; },
                          "model 'fake': entry 0 of its descriptor's parameters is not valid"},
                         {[](FakeModel *m) { m->module.weights = m->weights + 1; },
                          "model 'fake': its weights are not aligned to 64 bytes"},
                         {[](FakeModel *m) { m->module.weights = nullptr; },
                          "model 'fake' has weights neither inside nor in a file"},
                         {[](FakeModel *m) { m->module.weights_file = "../x"; },
                          "model 'fake': its weights file '../x' must be a plain file name"},
                         {[](FakeModel *m) { m->bias_dims[0] = {-1, -1, 0, "2*rows"}; },
                          "dim expression '2*rows' cannot be read at character 2: expected sums "
                          "and products of integers and the "
                          "module's symbols, at most 32 deep"},
                         {[](FakeModel *m) {
                            m->bias_dims[0] = {-1, -1, 0, "2*batch"};
                            m->x_dims[0] = {3, -1, 0, "3"};
                          },
                          "model 'fake', input 'bias': dim 0 is 2*batch, but no input has a dim "
                          "that is 'batch' by itself"}};
  for (const Wrong &test : cases) {
    FakeModel model;
    test.damage(&model);
    EXPECT_EQ(load(model.module), test.message);
  }
  FakeModel model;
  EXPECT_EQ(load(model.module), "");
}

TEST(Program, RefusesMissingCpuFeatures) {
  FakeModel model;
  model.module.features = "no-such-feature,-amx-tile";
  EXPECT_EQ(load(model.module), "");
#if defined(__x86_64__)
  model.module.features = "sse3,+ssse3,avx512vp2intersect,amx-fp16,amx-bf16,sse4a,sha";
  std::string message = load(model.module);
  bool known = message.empty() || message.find("lacks: ") != std::string::npos;
  EXPECT_TRUE(known) << message;
  EXPECT_EQ(message.find("sse3,"), std::string::npos);
#endif
}

TEST(Program, ReadsParametersAndTables) {
  FakeModel model;
  Loaded loaded(model.module);
  plx_tensor w;
  ASSERT_EQ(plx_program_parameter(loaded.program, 0, &w, nullptr), PLX_OK);
  EXPECT_EQ(w.data, model.weights);
  EXPECT_EQ(plx_program_parameter(loaded.program, 1, &w, nullptr), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_program_find_input(loaded.program, "bias"), 1);
  EXPECT_EQ(plx_program_find_output(loaded.program, "x"), -1);
  EXPECT_EQ(plx_program_module(loaded.program), &model.module);
}

TEST(Program, ExternalWeightsAreCheckedAndShared) {
  FakeModel model;
  std::string bytes(reinterpret_cast<const char *>(model.weights), 16);
  TempFile file("model.weights", bytes);
  model.module.weights = nullptr;
  model.module.weights_file = "plx_not_there.weights";
  model.module.weights_hash = plx_hash64(bytes.data(), bytes.size(), 0);
  EXPECT_EQ(load(model.module), "cannot open 'plx_not_there.weights': No such file or directory");
  plx_load_options options = {};
  options.weights_path = file.path.c_str();
  EXPECT_EQ(load(model.module, options), "");
  model.module.weights_hash ^= 1;
  EXPECT_NE(load(model.module, options).find("does not belong to model 'fake'"), std::string::npos);
  options.flags = PLX_LOAD_TRUST_WEIGHTS;
  EXPECT_EQ(load(model.module, options), "");
  options.flags = 0;
  options.progress = [](void *, const char *, uint64_t, uint64_t) -> int32_t { return 1; };
  TempFile longer("model.weights", bytes + std::string(48, 'x'));
  model.module.weights_bytes = 64;
  EXPECT_EQ(load(model.module, options), "loading was cancelled");
  model.module.weights_bytes = 63;
  EXPECT_EQ(load(model.module, options),
            "weights file '" + file.path + "' of model 'fake' has 64 bytes; expected 63");
}

TEST(Program, OpenNamesWhatIsWrong) {
  plx_program *program = nullptr;
  plx_error error;
  EXPECT_EQ(plx_program_open("/nowhere/m.so", nullptr, &program, &error), PLX_NOT_FOUND);
  EXPECT_NE(std::string(error.message).find("cannot load '/nowhere/m.so'"), std::string::npos);
  EXPECT_EQ(plx_program_open("/lib/x86_64-linux-gnu/libm.so.6", nullptr, &program, &error),
            PLX_BAD_FORMAT);
  EXPECT_STREQ(error.message,
               "'/lib/x86_64-linux-gnu/libm.so.6' is no compiled model: it has no symbol "
               "'plx_module_descriptor'");
}

TEST(MapFile, RegularFilesOnly) {
  TempFile file("mapped", "hello");
  std::string link = file.path + ".link";
  std::string hard = file.path + ".hard";
  std::string pipe = file.path + ".pipe";
  ASSERT_EQ(symlink(file.path.c_str(), link.c_str()), 0);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  plx_mapping mapping = {};
  plx_error error;
  ASSERT_EQ(plx_map_file(file.path.c_str(), PLX_MAP_ONE_LINK, &mapping, &error), PLX_OK)
      << error.message;
  EXPECT_EQ(std::string(static_cast<const char *>(mapping.data), mapping.bytes), "hello");
  plx_unmap_file(&mapping);
  EXPECT_EQ(plx_map_file(link.c_str(), 0, &mapping, &error), PLX_UNSUPPORTED);
  EXPECT_EQ(error.message, "'" + link + "' is a symbolic link; expected a regular file");
  EXPECT_EQ(plx_map_file(link.c_str(), PLX_MAP_FOLLOW, &mapping, &error), PLX_OK);
  plx_unmap_file(&mapping);
  EXPECT_EQ(plx_map_file(pipe.c_str(), PLX_MAP_FOLLOW, &mapping, &error), PLX_UNSUPPORTED);
  EXPECT_EQ(plx_map_file("/dev/zero", 0, &mapping, &error), PLX_UNSUPPORTED);
  EXPECT_EQ(plx_map_file("/tmp", 0, &mapping, &error), PLX_UNSUPPORTED);
  EXPECT_EQ(plx_map_file("/tmp/none/such", 0, &mapping, &error), PLX_NOT_FOUND);
  ASSERT_EQ(::link(file.path.c_str(), hard.c_str()), 0);
  EXPECT_EQ(plx_map_file(hard.c_str(), PLX_MAP_ONE_LINK, &mapping, &error), PLX_UNSUPPORTED);
  for (const std::string &path : {link, hard, pipe}) unlink(path.c_str());
  TempFile empty("empty");
  ASSERT_EQ(plx_map_file(empty.path.c_str(), 0, &mapping, &error), PLX_OK);
  EXPECT_EQ(mapping.bytes, 0u);
}

// Values of the specification's reference implementation.
TEST(Hash, IsXxh64) {
  EXPECT_EQ(plx_hash64("", 0, 0), UINT64_C(0xef46db3751d8e999));
  EXPECT_EQ(plx_hash64("a", 1, 0), UINT64_C(0xd24ec4f1a98c6e5b));
  EXPECT_EQ(plx_hash64("abc", 3, 0), UINT64_C(0x44bc2cf5ad770999));
  const char *text = "Nobody inspects the spammish repetition";
  EXPECT_EQ(plx_hash64(text, std::strlen(text), 0), UINT64_C(0xfbcea83c8a378bf1));
}

TEST(WriteFile, LeavesNothingBehindOnFailure) {
  float value = 1;
  plx_tensor tensor = {&value, nullptr, 0, PLX_F32};
  plx_error error;
  EXPECT_EQ(plx_write_npy("/nowhere/x.npy", &tensor, &error), PLX_NOT_FOUND);
  EXPECT_STREQ(error.message, "cannot write '/nowhere/x.npy': No such file or directory");
  std::string folder = testing::TempDir() + "plx_folder";
  mkdir(folder.c_str(), 0700);
  EXPECT_EQ(plx_write_npy(folder.c_str(), &tensor, &error), PLX_IO);  // a folder is in its place
  EXPECT_EQ(rmdir(folder.c_str()), 0);
}

}  // namespace
}  // namespace plx_test
