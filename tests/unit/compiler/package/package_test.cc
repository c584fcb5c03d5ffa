// Objects, shared libraries, executables and sessions of a program made by hand.
#include "compiler/package/Package.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/package/CHeader.h"
#include "compiler/package/Session.h"
#include "compiler/package/SymbolCheck.h"
#include "runtime/include/plexus_rt.h"
#include "tests/unit/compiler/package/tiny_model.h"

namespace plx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class PackageTest : public testing::Test {
 protected:
  PackageTest() {
    char name[] = "/tmp/plexus-package-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~PackageTest() override { fs::remove_all(folder_); }

  std::string in(const std::string &name) const { return (folder_ / name).string(); }

  void write(const CompiledProgram &program, const std::string &name,
             PackageOptions::Kind kind = PackageOptions::Kind::SharedLibrary,
             bool sharedRuntime = false) {
    PackageOptions options;
    options.kind = kind;
    options.path = in(name);
    options.sharedRuntime = sharedRuntime;
    absl::Status status = writePackage(program, options);
    ASSERT_TRUE(status.ok()) << status;
  }

  /// Runs a shell command in the folder; gives its exit code and output.
  std::pair<int, std::string> shell(const std::string &command) const {
    FILE *pipe = popen(("cd " + folder_.string() + " && (" + command + ") 2>&1").c_str(), "r");
    std::string out;
    char buffer[512];
    while (fgets(buffer, sizeof buffer, pipe)) out += buffer;
    return {WEXITSTATUS(pclose(pipe)), out};
  }

  void text(const std::string &name, const std::string &contents) const {
    std::ofstream(in(name)) << contents;
  }

  fs::path folder_;
};

/// What is linked carries the runtime of this build.
class LinkedPackageTest : public PackageTest {
 protected:
  void SetUp() override {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    GTEST_SKIP() << "the runtime calls functions of the sanitizer, which models do not bring";
#endif
#endif
  }
};

/// The outputs for x = 1, 2, ..., 6.
std::vector<float> runProgram(plx_program *program) {
  plx_error error;
  plx_context *context = nullptr;
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error), PLX_OK) << error.message;
  std::vector<float> x = {1, 2, 3, 4, 5, 6};
  int64_t dims[] = {6};
  plx_tensor input = {x.data(), dims, 1, PLX_F32};
  EXPECT_EQ(plx_context_set_input(context, "x", &input, &error), PLX_OK) << error.message;
  EXPECT_EQ(plx_context_run(context, &error), PLX_OK) << error.message;
  plx_tensor output;
  EXPECT_EQ(plx_context_output(context, 0, &output, &error), PLX_OK) << error.message;
  auto *data = static_cast<const float *>(output.data);
  std::vector<float> result(data, data + 6);
  plx_context_destroy(context);
  return result;
}

// w = 0.5, 1.5, 2.5, 3.5
const auto kExpected = ElementsAre(2.5f, 5.5f, 8.5f, 11.5f, 10.5f, 13.5f);

TEST_F(PackageTest, SessionRunsTheObjects) {
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(tinyModel());
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_THAT(runProgram((*session)->program()), kExpected);
}

TEST_F(PackageTest, DescriptorSaysWhatTheProgramInfoSays) {
  absl::StatusOr<std::unique_ptr<Session>> session = Session::create(tinyModel("a \"name\""));
  ASSERT_TRUE(session.ok()) << session.status();
  const plx_module *module = plx_program_module((*session)->program());
  EXPECT_STREQ(module->name, "a \"name\"");
  EXPECT_STREQ(module->target_cpu, "generic");
  ASSERT_EQ(module->num_inputs, 1);
  EXPECT_STREQ(module->inputs[0].name, "x");
  EXPECT_EQ(module->inputs[0].dims[0].symbol, 0);
  EXPECT_STREQ(module->inputs[0].dims[0].text, "n");
  EXPECT_STREQ(module->symbols[0].name, "n");
  EXPECT_STREQ(module->kernels[0].nodes, "/mul, /add");
  EXPECT_EQ(module->sites[0].message, nullptr);
  EXPECT_EQ(module->parameters[0].offset, 64u);
  EXPECT_EQ(module->parameters[0].dims[0], 4);
  EXPECT_EQ(module->imports, nullptr);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(static_cast<const char *>(module->weights)[i], 0);
}

TEST_F(PackageTest, RunOnceFillsTheCallersMemory) {
  float x[] = {1, 2}, y[] = {0, 0};
  int64_t dims[] = {2};
  plx_tensor input = {x, dims, 1, PLX_F32}, output = {y, dims, 1, PLX_F32};
  ASSERT_TRUE(runOnce(tinyModel(), {input}, {output}).ok());
  EXPECT_THAT(y, ElementsAre(2.5f, 5.5f));
  int64_t wrong[] = {1};
  plx_tensor smaller = {y, wrong, 1, PLX_F32};
  absl::Status status = runOnce(tinyModel(), {input}, {smaller});
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("output 0 has 8 bytes of f32, expected 4 of f32"));
}

TEST_F(PackageTest, SymbolCheckNamesWhatIsNotAllowed) {
  CompiledProgram program = tinyModel();
  program.objects.push_back({"kernel_sin",
                             objectOf("declare float @sinf(float)\n"
                                      "define float @f(float %x) {\n"
                                      "  %y = call float @sinf(float %x)\n"
                                      "  ret float %y\n}\n"),
                             "", ""});
  absl::Status status = checkSymbols(program);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'sinf' (object 'kernel_sin')"));
  PackageOptions options;
  options.path = in("refused.so");
  EXPECT_FALSE(writePackage(program, options).ok());
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PackageTest, SymbolCheckMissesTheHostProgram) {
  CompiledProgram program = tinyModel();
  program.info.runSymbol = "elsewhere";
  EXPECT_EQ(checkSymbols(program).message(), "no object defines the host program 'elsewhere'");
}

TEST_F(LinkedPackageTest, SharedLibraryIsLoadedByTheRuntime) {
  write(tinyModel(), "tiny.so");
  plx_error error;
  plx_program *program = nullptr;
  ASSERT_EQ(plx_program_open(in("tiny.so").c_str(), nullptr, &program, &error), PLX_OK)
      << error.message;
  EXPECT_THAT(runProgram(program), kExpected);
  plx_program_release(program);
}

TEST_F(LinkedPackageTest, SharedLibraryExportsItsOwnNamesAlone) {
  write(tinyModel(), "tiny.so");
  auto [code, out] = shell("nm -D --defined-only tiny.so | awk '{print $3}' | sort | tr '\\n' ' '");
  EXPECT_EQ(out,
            "plx_module_descriptor tiny_bind_output tiny_clone tiny_create tiny_descriptor "
            "tiny_destroy tiny_run ");
  EXPECT_THAT(shell("ls -A").second, "tiny.h\ntiny.so\n");
}

constexpr char kUseTwo[] = R"(
#include <stdio.h>
#include "one.h"
#include "two.h"
int main(void) {
  char message[1024];
  one *first = one_create(1, message, sizeof message);
  two *second = two_create(2, message, sizeof message);
  if (!first || !second) { puts(message); return 1; }
  float x[] = {1, 2, 3};
  int64_t dims[] = {3};
  one_tensor in[one_num_inputs] = {{x, dims, 1, 1}}, out[one_num_outputs];
  two_tensor in2[] = {{x, dims, 1, 1}}, out2[1];
  if (one_run(first, in, out, message, sizeof message)) { puts(message); return 1; }
  if (two_run(second, in2, out2, message, sizeof message)) { puts(message); return 1; }
  const float *a = out[one_output_y].data, *b = out2[0].data;
  printf("%g %g %g, %g %g %g\n", a[0], a[1], a[2], b[0], b[1], b[2]);
  one *again = one_clone(first, 1, message, sizeof message);
  float bound[3];
  one_bind_output(again, 0, bound, sizeof bound, message, sizeof message);
  if (one_run(again, in, out, message, sizeof message)) { puts(message); return 1; }
  one_destroy(first);
  printf("%g %d\n", bound[2], out[0].data == bound);
  dims[0] = -1;
  printf("%d %s\n", one_run(again, in, out, message, sizeof message) != 0, message);
  one_destroy(again);
  two_destroy(second);
  return 0;
}
)";
constexpr char kUsedTwo[] = "2.5 5.5 8.5, 102 105 108\n8.5 1\n1 ";

TEST_F(LinkedPackageTest, TwoLibrariesInOneCProgram) {
  write(tinyModel("one"), "one.so");
  write(tinyModel("two", 100), "two.so");
  text("use.c", kUseTwo);
  auto [code, out] = shell("gcc -Wall -Werror -o use use.c one.so two.so -Wl,-rpath,. && ./use");
  EXPECT_EQ(code, 0) << out;
  EXPECT_THAT(out, HasSubstr(kUsedTwo));
  EXPECT_THAT(out, HasSubstr("input 'x'"));
}

TEST_F(LinkedPackageTest, TwoObjectsInOneCProgram) {
  write(tinyModel("one"), "one.o", PackageOptions::Kind::Object);
  write(tinyModel("two", 100), "two.o", PackageOptions::Kind::Object);
  text("use.c", kUseTwo);
  std::string archive = fs::read_symlink("/proc/self/exe").parent_path() / "../lib/libplexus_rt.a";
  auto [code, out] =
      shell("gcc -Wall -Werror -o use use.c one.o two.o " + archive + " -lm -lpthread && ./use");
  EXPECT_EQ(code, 0) << out;
  EXPECT_THAT(out, HasSubstr(kUsedTwo));
  EXPECT_EQ(out.find("warning"), std::string::npos) << out;
}

TEST_F(LinkedPackageTest, HeadersExampleCompiles) {
  CompiledProgram program = tinyModel("tiny */ model");
  program.info.inputs[0].name = "x/*1*/";
  std::string header = writeCHeader(program.info, "tiny", "tiny.h", "tiny.so");
  text("tiny.h", header);
  size_t begin = header.find("Example:\n") + 9, end = header.find("*/\n#ifndef");
  ASSERT_LT(begin, end);
  std::string body = header.substr(begin, end - begin);
  text("body.inc", body.substr(body.find('\n') + 1));
  text("example.c",
       "#include <stdio.h>\n#include \"tiny.h\"\nint main(void) {float data0[1]={0};\n#include "
       "\"body.inc\"\n"
       "return 0; }\n");
  auto [code, out] = shell(
      "gcc -std=c11 -Wall -Werror -Wno-unused-variable -c example.c && g++ -x c++ -fsyntax-only "
      "tiny.h");
  EXPECT_EQ(code, 0) << out << header;
}

TEST_F(LinkedPackageTest, SharedRuntimeIsNeededNotCarried) {
  write(tinyModel(), "tiny.so", PackageOptions::Kind::SharedLibrary, true);
  EXPECT_THAT(shell("readelf -d tiny.so").second, HasSubstr("libplexus_rt.so"));
  EXPECT_LT(fs::file_size(in("tiny.so")), 32u << 10);
}

TEST_F(LinkedPackageTest, ExecutableRuns) {
  write(tinyModel(), "tiny", PackageOptions::Kind::Executable);
  auto [code, out] = shell("./tiny --output-dir . && ls y.npy");
  EXPECT_EQ(code, 0) << out;
  EXPECT_THAT(out, HasSubstr("f32[1]"));
}

TEST_F(LinkedPackageTest, LargeWeightsLieBeside) {
  PackageOptions options;
  options.path = in("tiny.so");
  options.maxInsideBytes = 64;
  ASSERT_TRUE(writePackage(tinyModel(), options).ok());
  EXPECT_EQ(fs::file_size(in("tiny.so.weights")), 128u);
  plx_error error;
  plx_program *program = nullptr;
  ASSERT_EQ(plx_program_open(in("tiny.so").c_str(), nullptr, &program, &error), PLX_OK)
      << error.message;
  EXPECT_THAT(runProgram(program), kExpected);
  plx_program_release(program);
  // A changed byte is seen by its hash.
  std::fstream file(in("tiny.so.weights"), std::ios::in | std::ios::out);
  file.seekp(70);
  file.put('!');
  file.close();
  EXPECT_NE(plx_program_open(in("tiny.so").c_str(), nullptr, &program, &error), PLX_OK);
  EXPECT_THAT(error.message, HasSubstr("hash"));
}

TEST_F(PackageTest, UnwritableFolderIsNamed) {
  PackageOptions options;
  options.path = in("absent/tiny.so");
  EXPECT_EQ(writePackage(tinyModel(), options).message(),
            "'" + options.path + "' cannot be created: No such file or directory");
}

TEST_F(PackageTest, ForeignTargetsGetObjectsOnly) {
  CompiledProgram program = tinyModel();
  program.info.triple = "riscv64-unknown-linux-gnu";
  PackageOptions options;
  options.path = in("tiny.so");
  EXPECT_THAT(std::string(writePackage(program, options).message()),
              HasSubstr("'riscv64-unknown-linux-gnu'"));
}

TEST(PrefixTest, IsAnIdentifier) {
  EXPECT_EQ(prefixOf("/a.b/ResNet-50.v2.so"), "ResNet_50");
  EXPECT_EQ(prefixOf("3d.so"), "m3d");
  EXPECT_EQ(prefixOf("model"), "model");
}

}  // namespace
}  // namespace plx
