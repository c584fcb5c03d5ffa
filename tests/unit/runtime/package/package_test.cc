// What ships: libplexus_rt.so, and executables made of plexus_start.o, a model's object and
// libplexus_rt.a by a linker alone. The files lie beside this test, in ../lib and bin.
// Covers: runtime/launcher/main.cc, runtime/launcher/options.cc, runtime/launcher/session.cc
// Covers: runtime/launcher/bench.cc
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

std::string bin() {
  std::array<char, 4096> path;
  ssize_t bytes = readlink("/proc/self/exe", path.data(), path.size());
  std::string text(path.data(), static_cast<size_t>(bytes));
  return text.substr(0, text.rfind('/'));
}

struct Result {
  int code;
  std::string text;
};

Result shell(const std::string &command) {
  Result result;
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> chunk;
  for (size_t n; (n = fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    result.text.append(chunk.data(), n);
  int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

// Sanitizers add symbols and libraries of their own.
#if defined(PLX_SANITIZED)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

TEST(Library, ExportsOnlyItsApi) {
  Result symbols = shell("nm -D --defined-only " + bin() + "/../lib/libplexus_rt.so");
  ASSERT_EQ(symbols.code, 0) << symbols.text;
  std::istringstream lines(symbols.text);
  std::string line;
  int count = 0;
  for (; std::getline(lines, line); ++count)
    EXPECT_NE(line.find(" T plx_"), std::string::npos) << line;
  EXPECT_GT(count, 50);
}

TEST(Library, NeedsLibcAndLibmAlone) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer adds libraries, size and time of its own";
  Result dynamic = shell("readelf -dW " + bin() + "/../lib/libplexus_rt.so | grep NEEDED");
  std::istringstream lines(dynamic.text);
  std::string line;
  int count = 0;
  for (; std::getline(lines, line); ++count) {
    bool known = line.find("[libc.so.6]") != std::string::npos ||
                 line.find("[libm.so.6]") != std::string::npos;
    EXPECT_TRUE(known) << line;
  }
  EXPECT_GE(count, 1);
  Result symbols = shell("nm -D --undefined-only " + bin() + "/../lib/libplexus_rt.so");
  EXPECT_EQ(symbols.text.find(" U _Z"), std::string::npos) << symbols.text;
  EXPECT_EQ(symbols.text.find("_Unwind"), std::string::npos) << symbols.text;
}

TEST(Library, IsSmall) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer adds libraries, size and time of its own";
  std::string copy = testing::TempDir() + "plx_stripped.so";
  ASSERT_EQ(shell("strip -o " + copy + " " + bin() + "/../lib/libplexus_rt.so").code, 0);
  EXPECT_LT(std::stol(shell("stat -c %s " + copy).text), 500 * 1000);
  std::remove(copy.c_str());
}

std::string executable() { return bin() + "/plexus-fake-model"; }

TEST(Executable, PrintsOutputs) {
  Result result = shell(executable() + " --seed 5 --dim batch=3 --threads 2");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.text.rfind("y: f32[3, 4] min ", 0), 0u) << result.text;
  EXPECT_EQ(shell(executable() + " --seed 5 --dim batch=3 --threads 1").text, result.text);
  EXPECT_NE(shell(executable() + " --seed 6 --dim batch=3").text, result.text);
  EXPECT_EQ(shell(executable()).text.rfind("y: f32[1, 4] ", 0), 0u);
}

TEST(Executable, ReadsInputsAndWritesOutputs) {
  std::string folder = testing::TempDir() + "plx_out";
  shell("mkdir -p " + folder);
  // The output of one run, 2*x + 1, is the input of the next.
  ASSERT_EQ(shell(executable() + " --dim batch=2 --output-dir " + folder).code, 0);
  Result again =
      shell(executable() + " --input x=" + folder + "/y.npy --trace " + folder + "/t.json");
  EXPECT_EQ(again.code, 0) << again.text;
  EXPECT_EQ(again.text.rfind("y: f32[2, 4] ", 0), 0u) << again.text;
  EXPECT_NE(shell("cat " + folder + "/t.json").text.find("\"k_double\""), std::string::npos);
  EXPECT_EQ(
      shell("cp " + folder + "/y.npy " + folder + "/x.npy && truncate -s 140 " + folder + "/x.npy")
          .code,
      0);
  Result cut = shell(executable() + " --input x=" + folder + "/x.npy");
  EXPECT_EQ(cut.code, 1);
  EXPECT_EQ(cut.text, "error: '" + folder +
                          "/x.npy' is no valid .npy file: its shape needs more than the 12 bytes "
                          "of data that follow\n");
  shell("rm -r " + folder);
}

TEST(Executable, SaysWhatIsWrong) {
  struct {
    const char *arguments;
    int code;
    const char *message;
  } cases[] = {
      {"--inputs x=y", 2, "error: unknown option '--inputs'; see --help\n"},
      {"--threads 0", 2, "error: --threads expects an integer > 0, found '0'; see --help\n"},
      {"--seconds x", 2,
       "error: --seconds expects a number of seconds > 0, found 'x'; see --help\n"},
      {"--input x", 2, "error: --input expects NAME=VALUE, found 'x'; see --help\n"},
      {"--seed", 2, "error: --seed expects a value, found 'nothing'; see --help\n"},
      {"model.onnx", 2, "error: unexpected argument 'model.onnx'; see --help\n"},
      {"--dim rows=3", 2, "error: the model has no dim 'rows'\n"},
      {"--input x=/nowhere.npy", 1,
       "error: cannot open '/nowhere.npy': No such file or directory\n"}};
  for (const auto &test : cases) {
    Result result = shell(executable() + " " + test.arguments);
    EXPECT_EQ(result.code, test.code) << test.arguments;
    EXPECT_EQ(result.text, test.message);
  }
  EXPECT_EQ(shell(executable() + " --help").text.rfind("usage: ", 0), 0u);
}

TEST(Executable, Benches) {
  Result result = shell(executable() + " --bench --seconds 0.05");
  EXPECT_EQ(result.code, 0);
  for (const char *key : {"\"load_ms\": ", "\"first_run_ms\": ", "\"latency_ms\": {\"min\": ",
                          "\"p99\": ", "\"arena_bytes\": "}) {
    EXPECT_NE(result.text.find(key), std::string::npos) << result.text;
  }
}

TEST(Executable, StartsWithin20Milliseconds) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer adds libraries, size and time of its own";
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    auto begin = std::chrono::steady_clock::now();
    ASSERT_EQ(shell("exec " + executable()).code, 0);
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(best, std::chrono::milliseconds(20));
}

}  // namespace
