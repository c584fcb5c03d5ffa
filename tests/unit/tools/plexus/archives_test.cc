// .npz, .safetensors and JSON: what they hold, and hostile bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "tools/plexus/Failure.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Json.h"

namespace plx {
namespace {

using testing::HasSubstr;

template <typename Number>
std::string raw(Number value) {
  return std::string(reinterpret_cast<const char *>(&value), sizeof value);
}

/// f32[2] = 1, 2 as .npy.
std::string npy() {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + raw<uint16_t>(118) + header + raw(1.0f) + raw(2.0f);
}

/// A zip of stored members.
std::string zipOf(const std::vector<std::string> &names) {
  std::string out, directory;
  for (const std::string &name : names) {
    std::string sizes = raw<uint32_t>(0) + raw(static_cast<uint32_t>(npy().size())) +
                        raw(static_cast<uint32_t>(npy().size()));
    std::string nameBytes = raw(static_cast<uint16_t>(name.size()));
    directory += std::string("PK\1\2") + std::string(6, '\0') + raw<uint16_t>(0) +
                 raw<uint32_t>(0) + sizes + nameBytes + std::string(12, '\0') +
                 raw(static_cast<uint32_t>(out.size())) + name;
    out += std::string("PK\3\4") + std::string(10, '\0') + sizes + nameBytes + raw<uint16_t>(0) +
           name + npy();
  }
  auto count = static_cast<uint16_t>(names.size());
  return out + directory + "PK\5\6" + std::string(4, '\0') + raw(count) + raw(count) +
         raw(static_cast<uint32_t>(directory.size())) + raw(static_cast<uint32_t>(out.size())) +
         std::string(2, '\0');
}

std::string safetensors(const std::string &header, const std::string &data) {
  return raw(static_cast<uint64_t>(header.size())) + header + data;
}

std::string messageOf(const std::function<void()> &call) {
  try {
    call();
  } catch (const Failure &failure) {
    return failure.what();
  }
  return "";
}

TEST(NpzTest, FindsMembersByName) {
  std::string zip = zipOf({"a.npy", "b.npy"});
  Array array = readNpz(zip, "f.npz", "b");
  EXPECT_EQ(static_cast<const float *>(plx_array_view(array.get()).data)[1], 2.0f);
  EXPECT_EQ(messageOf([&] { readNpz(zip, "f.npz", "c"); }), "'f.npz' has no 'c'; it has 'a', 'b'");
  EXPECT_NE(readNpz(zipOf({"only.npy"}), "f.npz", "x"), nullptr) << "one member serves any name";
}

TEST(NpzTest, CutOrChangedBytesNeverCrash) {
  std::string zip = zipOf({"a.npy", "b.npy"});
  for (size_t size = 0; size < zip.size(); ++size)
    messageOf([&] { readNpz(zip.substr(0, size), "f", "b"); });
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = zip;
    for (int k = 0; k < 3; ++k) changed[random() % changed.size()] = static_cast<char>(random());
    messageOf([&] { readNpz(changed, "f", "b"); });
  }
}

TEST(SafetensorsTest, Reads) {
  std::string bytes = safetensors(
      R"({"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})",
      raw(3.0f) + raw(4.0f));
  Array array = readSafetensors(bytes, "f", "w");
  plx_tensor view = plx_array_view(array.get());
  EXPECT_EQ(view.rank, 2);
  EXPECT_EQ(static_cast<const float *>(view.data)[1], 4.0f);
}

TEST(SafetensorsTest, RefusesWhatDoesNotFit) {
  auto refusal = [](const std::string &entry) {
    return messageOf([&] {
      readSafetensors(safetensors("{\"w\":" + entry + "}", std::string(8, '\0')), "f", "w");
    });
  };
  EXPECT_THAT(refusal(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"),
              HasSubstr("'w' has 8 bytes, but its type and shape take 12"));
  EXPECT_THAT(refusal(R"({"dtype":"F32","shape":[2],"data_offsets":[4,12]})"),
              HasSubstr("outside of its 8"));
  EXPECT_THAT(refusal(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"),
              HasSubstr("ends before it begins"));
  EXPECT_THAT(refusal(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"),
              HasSubstr("no whole number"));
  EXPECT_THAT(refusal(R"({"dtype":"Q7","shape":[2],"data_offsets":[0,8]})"),
              HasSubstr("type 'Q7'"));
  EXPECT_THAT(messageOf([] { readSafetensors(raw<uint64_t>(~0ull) + "{", "f", "w"); }),
              HasSubstr("damaged"));
}

TEST(JsonTest, RoundTrips) {
  Json json = Json::object();
  json.set("a", Json::array().push(1).push(0.1).push(true).push(Json()));
  json.set("b \"\n", "c\\").set("n", int64_t{9007199254740993});
  Json again = Json::parse(json.str(), "text");
  EXPECT_EQ(again.find("a")->items()[1].number(), 0.1);
  EXPECT_EQ(again.find("b \"\n")->text(), "c\\");
  EXPECT_THAT(json.str(), HasSubstr("9007199254740993"));
  EXPECT_EQ(Json::parse(R"("\u00e9\u20ac\t")", "text").text(), "é€\t");
}

TEST(JsonTest, ErrorsNameTheByte) {
  EXPECT_EQ(messageOf([] { Json::parse("[1, x]", "f"); }),
            "f: no JSON at byte 4: expected a value");
  EXPECT_EQ(messageOf([] { Json::parse("{} 1", "f"); }), "f: no JSON at byte 3: expected the end");
  EXPECT_THAT(messageOf([] { Json::parse(std::string(1000, '['), "f"); }), HasSubstr("64 levels"));
  EXPECT_THAT(messageOf([] { Json::parse("\"abc", "f"); }), HasSubstr("expected '\"'"));
}

}  // namespace
}  // namespace plx
