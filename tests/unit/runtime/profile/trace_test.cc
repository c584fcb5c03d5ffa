// Profiles and the trace file.
// Covers: runtime/profile/profile.cc, runtime/profile/trace_json.cc
#include <cctype>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

// A strict JSON reader that only says whether the text is one value.
class Json {
 public:
  explicit Json(const std::string &text) : at_(text.c_str()) {}
  bool valid() {
    bool good = value();
    spaces();
    return good && *at_ == 0;
  }

 private:
  void spaces() {
    while (std::isspace(static_cast<unsigned char>(*at_))) ++at_;
  }
  bool take(char c) {
    spaces();
    if (*at_ != c) return false;
    ++at_;
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    for (; *at_ != '"'; ++at_) {
      if (static_cast<unsigned char>(*at_) < 0x20) return false;
      if (*at_ == '\\' && std::strchr("\"\\/bfnrtu", *++at_) == nullptr) return false;
    }
    ++at_;
    return true;
  }
  bool list(char open, char close, bool keys) {
    if (!take(open)) return false;
    if (take(close)) return true;
    do {
      if (keys && (!string() || !take(':'))) return false;
      if (!value()) return false;
    } while (take(','));
    return take(close);
  }
  bool value() {
    spaces();
    if (*at_ == '{') return list('{', '}', true);
    if (*at_ == '[') return list('[', ']', false);
    if (*at_ == '"') return string();
    const char *start = at_;
    if (*at_ == '-') ++at_;
    while (std::isdigit(static_cast<unsigned char>(*at_)) || *at_ == '.') ++at_;
    return at_ > start;
  }
  const char *at_;
};

TEST(JsonReader, KnowsGoodFromBad) {
  EXPECT_TRUE(Json(R"({"a": [1, -2.5, {"b": "\"x\u0001"}], "c": {}})").valid());
  EXPECT_FALSE(Json(R"({"a": [1,]})").valid());
  EXPECT_FALSE(Json("{\"a\": \"\n\"}").valid());
  EXPECT_FALSE(Json(R"({"a": 1)").valid());
}

std::string read_file(const std::string &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

size_t count(const std::string &text, const std::string &what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

void run_times(plx_context *context, int times) {
  Floats x({64, 4});
  Floats bias({4});
  ASSERT_EQ(plx_context_set_input(context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(context, "bias", &bias.tensor, nullptr), PLX_OK);
  for (int i = 0; i < times; ++i) ASSERT_EQ(plx_context_run(context, nullptr), PLX_OK);
}

TEST(Trace, IsJsonWithEveryPart) {
  FakeModel model;
  model.module.name = "fake \"model\"\n\xff\xc3\xa4";
  Loaded loaded(model.module, 2, 1);
  run_times(loaded.context, 3);
  std::string path = testing::TempDir() + "plx_trace.json";
  ASSERT_EQ(plx_trace_write(loaded.context, path.c_str(), &loaded.error), PLX_OK)
      << loaded.error.message;
  std::string text = read_file(path);
  std::remove(path.c_str());
  EXPECT_TRUE(Json(text).valid()) << text;
  EXPECT_EQ(count(text, "\"name\":\"k_scale\""), 6u);  // 3 runs, 2 parts
  EXPECT_EQ(count(text, "\"name\":\"k_copy\""), 6u);
  EXPECT_EQ(count(text, "\"cat\":\"run\""), 3u);
  EXPECT_EQ(count(text, "\"flops\":32"), 6u);
  EXPECT_NE(text.find("fake \\\"model\\\"\\u000a\\ufffd\xc3\xa4"), std::string::npos);
}

TEST(Trace, RingKeepsTheNewest) {
  FakeModel model;
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = 1;
  options.trace = 1;
  options.trace_events = 4;
  Loaded loaded(model.module, options);
  run_times(loaded.context, 10);
  std::string path = testing::TempDir() + "plx_ring.json";
  ASSERT_EQ(plx_trace_write(loaded.context, path.c_str(), nullptr), PLX_OK);
  std::string text = read_file(path);
  std::remove(path.c_str());
  EXPECT_TRUE(Json(text).valid());
  EXPECT_EQ(count(text, "\"ph\":\"X\""), 4u);
  EXPECT_NE(text.find("run 9"), std::string::npos);
  EXPECT_EQ(text.find("run 7"), std::string::npos);
}

TEST(Profile, TotalsAndReset) {
  FakeModel model;
  Loaded loaded(model.module, 2, 1);
  run_times(loaded.context, 5);
  plx_kernel_profile profile;
  ASSERT_EQ(plx_context_profile(loaded.context, 1, &profile, nullptr), PLX_OK);
  EXPECT_EQ(profile.launches, 5u);
  EXPECT_LE(profile.min_ns, profile.max_ns);
  EXPECT_LE(profile.max_ns, profile.total_ns);
  EXPECT_EQ(plx_context_profile(loaded.context, 2, &profile, nullptr), PLX_INVALID_ARGUMENT);
  plx_profile_reset(loaded.context);
  ASSERT_EQ(plx_context_profile(loaded.context, 1, &profile, nullptr), PLX_OK);
  EXPECT_EQ(profile.launches, 0u);
  Loaded quiet(model.module);
  EXPECT_EQ(plx_context_profile(quiet.context, 0, &profile, &quiet.error), PLX_INVALID_ARGUMENT);
  EXPECT_STREQ(quiet.error.message, "the context does not trace; create it with options.trace = 1");
}

TEST(Trace, WarmTracedRunAllocatesNothing) {
  FakeModel model;
  Loaded loaded(model.module, 2, 1);
  run_times(loaded.context, 1);
  plx_memory before;
  plx_memory after;
  plx_context_memory(loaded.context, &before);
  run_times(loaded.context, 100);
  plx_context_memory(loaded.context, &after);
  EXPECT_EQ(before.heap_allocations, after.heap_allocations);
}

}  // namespace
}  // namespace plx_test
