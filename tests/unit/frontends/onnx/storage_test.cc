// frontends/onnx/Storage: what external data may and may not name.
#include "frontends/onnx/Storage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/frontends/onnx/Models.h"

namespace plx::testing {
namespace {

namespace fs = std::filesystem;

class StorageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "plexus-storage-XXXXXX";
    root_ = mkdtemp(pattern.data());
    folder_ = root_ + "/model";
    fs::create_directories(folder_ + "/sub");
    std::ofstream(folder_ + "/w.bin") << std::string(8000, 'w');
    std::ofstream(folder_ + "/sub/v.bin") << std::string(8000, 'v');
    std::ofstream(root_ + "/secret.bin") << std::string(8000, 's');
  }
  void TearDown() override { fs::remove_all(root_); }

  onnx::ModelProto modelAt(const std::string &location, const std::string &offset = "0",
                           const std::string &length = "8000") {
    auto model = emptyModel();
    addInput(model, "x", 1, {2000});
    addOutput(model, "y", 1, 1);
    auto &tensor = addWeight(model, "w", {2000});
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    auto entry = [&](const std::string &key, const std::string &value) {
      auto *e = tensor.add_external_data();
      e->set_key(key);
      e->set_value(value);
    };
    entry("location", location);
    entry("offset", offset);
    entry("length", length);
    addNode(model, "Add", {"x", "w"}, {"y"});
    return model;
  }
  std::string refusal(const onnx::ModelProto &model) {
    return std::string(importModel(model, folder_).status.message());
  }

  std::string root_, folder_;
};

TEST_F(StorageTest, MapsFilesInTheFolder) {
  Imported imported = importModel(modelAt("w.bin"), folder_);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  ASSERT_EQ(imported.weights.size(), 1u);
  EXPECT_EQ(imported.weights[0].storage->path(), folder_ + "/w.bin");
  EXPECT_EQ(imported.weights[0].data()[7999], 'w');
  EXPECT_TRUE(importModel(modelAt("sub/v.bin"), folder_).status.ok());
}

TEST_F(StorageTest, RefusesPathsThatLeaveTheFolder) {
  EXPECT_NE(refusal(modelAt("../secret.bin")).find("leaves the model's folder by `..`"),
            std::string::npos);
  EXPECT_NE(refusal(modelAt("sub/../../secret.bin")).find("leaves the model's folder by `..`"),
            std::string::npos);
  EXPECT_NE(refusal(modelAt(root_ + "/secret.bin")).find("is an absolute path"), std::string::npos);
  EXPECT_NE(refusal(modelAt("")).find("the location is empty"), std::string::npos);
}

TEST_F(StorageTest, RefusesLinksAndWhatIsNoFile) {
  fs::create_symlink(root_ + "/secret.bin", folder_ + "/link.bin");
  EXPECT_NE(refusal(modelAt("link.bin")).find("is a symbolic link"), std::string::npos);
  fs::create_directory_symlink(root_, folder_ + "/up");
  EXPECT_NE(refusal(modelAt("up/secret.bin")).find("is a symbolic link"), std::string::npos);
  fs::create_hard_link(root_ + "/secret.bin", folder_ + "/hard.bin");
  EXPECT_FALSE(importModel(modelAt("hard.bin"), folder_).status.ok());
  EXPECT_FALSE(importModel(modelAt("sub"), folder_).status.ok());
  ASSERT_EQ(mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(importModel(modelAt("pipe"), folder_).status.ok());
  EXPECT_NE(refusal(modelAt("none.bin")).find("none.bin"), std::string::npos);
}

TEST_F(StorageTest, ChecksOffsetsAndLengths) {
  EXPECT_NE(refusal(modelAt("w.bin", "1"))
                .find("bytes 1 to 1 + 8000 were asked for, file 'w.bin' has 8000"),
            std::string::npos);
  EXPECT_NE(refusal(modelAt("w.bin", "18446744073709551615")).find("were asked for"),
            std::string::npos);
  EXPECT_NE(refusal(modelAt("w.bin", "-1")).find("a number of bytes was expected"),
            std::string::npos);
  EXPECT_NE(refusal(modelAt("w.bin", "0", "7996")).find("ask for 8000"), std::string::npos);
}

TEST_F(StorageTest, BytesWithoutAFolderMayNotNameFiles) {
  std::string why(importModel(modelAt("w.bin"), "").status.message());
  EXPECT_NE(why.find("was given as bytes without a folder"), std::string::npos) << why;
}

}  // namespace
}  // namespace plx::testing
