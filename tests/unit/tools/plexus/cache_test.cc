// The compile cache: what hits, what misses, what survives damage.
#include "tools/plexus/Cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/plexus/Failure.h"

namespace plx {
namespace {

namespace fs = std::filesystem;

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    char name[] = "/tmp/plexus-cache-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~CacheTest() override { fs::remove_all(folder_); }

  std::string in(const std::string &name) const { return (folder_ / name).string(); }
  static void write(const std::string &path, const std::string &text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string read(const std::string &path) {
    std::stringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  /// Stores `text` as an entry that depends on `files`.
  static std::optional<std::string> store(const Cache &cache, const std::string &key,
                                          const std::string &text,
                                          std::vector<std::string> files = {}) {
    return cache.store(key, [&](const std::string &path) {
      write(path, text);
      return files;
    });
  }

  fs::path folder_;
};

TEST_F(CacheTest, HoldsWhatWasStored) {
  Cache cache(in("c"));
  EXPECT_FALSE(cache.lookup("a"));
  ASSERT_TRUE(store(cache, "a", "library"));
  std::optional<std::string> entry = cache.lookup("a");
  ASSERT_TRUE(entry);
  EXPECT_TRUE(read(*entry).starts_with("library"));
  EXPECT_FALSE(cache.lookup("b"));
  EXPECT_EQ(std::distance(fs::directory_iterator(in("c")), {}), 1) << "work folders are gone";
}

TEST_F(CacheTest, WhatLiesBesideAnEntryComesAndGoesWithIt) {
  Cache cache(in("c"), 300);
  auto storeBoth = [&](const std::string &key) {
    return cache.store(key, [&](const std::string &path) {
      write(path, "library");
      write(path + ".training", std::string(150, 't'));
      return std::vector<std::string>();
    });
  };
  std::optional<std::string> first = storeBoth("a");
  ASSERT_TRUE(first);
  EXPECT_EQ(read(*first + ".training"), std::string(150, 't'));
  cache.remove("a");
  EXPECT_TRUE(fs::is_empty(in("c")));
  ASSERT_TRUE(storeBoth("a"));
  fs::last_write_time(*first, fs::last_write_time(*first) - std::chrono::hours(1));
  std::optional<std::string> second = storeBoth("b");  // both together pass the limit
  ASSERT_TRUE(second);
  EXPECT_FALSE(fs::exists(*first + ".training"));
  EXPECT_TRUE(fs::exists(*second + ".training"));
}

TEST_F(CacheTest, EveryDamagedByteIsAMiss) {
  Cache cache(in("c"));
  std::string path = *store(cache, "a", "library");
  std::string sound = read(path);
  for (size_t i = 0; i < sound.size(); ++i) {
    std::string damaged = sound;
    damaged[i] ^= 1;
    write(path, damaged);
    EXPECT_FALSE(cache.lookup("a")) << "byte " << i;
    EXPECT_FALSE(fs::exists(path)) << "a damaged entry is removed";
  }
  for (size_t size = 0; size < sound.size(); ++size) {
    write(path, sound.substr(0, size));
    EXPECT_FALSE(cache.lookup("a")) << "cut to " << size;
  }
  write(path, sound);
  EXPECT_TRUE(cache.lookup("a"));
}

TEST_F(CacheTest, ChangedFilesAreAMiss) {
  Cache cache(in("c"));
  write(in("weights"), "1234");
  ASSERT_TRUE(store(cache, "a", "library", {in("weights")}));
  EXPECT_TRUE(cache.lookup("a"));
  write(in("weights"), "12345");
  EXPECT_FALSE(cache.lookup("a"));
  ASSERT_TRUE(store(cache, "a", "library", {in("weights")}));
  EXPECT_TRUE(cache.lookup("a"));
  fs::remove(in("weights"));
  EXPECT_FALSE(cache.lookup("a"));
}

TEST_F(CacheTest, WeightsBesideComeAlong) {
  Cache cache(in("c"));
  std::optional<std::string> path = cache.store("a", [](const std::string &made) {
    EXPECT_TRUE(made.ends_with("/a.so")) << "the library knows its weights' file by its final name";
    write(made, "library");
    write(made + ".weights", "weights");
    return std::vector<std::string>();
  });
  ASSERT_TRUE(path);
  EXPECT_EQ(read(*path + ".weights"), "weights");
}

TEST_F(CacheTest, LeastRecentlyUsedGoFirst) {
  Cache cache(in("c"), 3500);
  std::string text(1000, 'x');
  store(cache, "a", text);
  store(cache, "b", text);
  store(cache, "c", text);
  auto now = fs::file_time_type::clock::now();
  fs::last_write_time(in("c/a.so"), now - std::chrono::hours(3));
  fs::last_write_time(in("c/b.so"), now - std::chrono::hours(2));
  fs::last_write_time(in("c/c.so"), now - std::chrono::hours(1));
  ASSERT_TRUE(cache.lookup("a"));  // used now
  store(cache, "d", text);
  EXPECT_TRUE(cache.lookup("a"));
  EXPECT_FALSE(cache.lookup("b"));
  EXPECT_TRUE(cache.lookup("c"));
  EXPECT_TRUE(cache.lookup("d"));
}

TEST_F(CacheTest, AFailedWriteLeavesNothing) {
  Cache cache(in("c"));
  auto fails = [](const std::string &path) -> std::vector<std::string> {
    write(path, "half");
    throw Failure("no");
  };
  EXPECT_THROW(cache.store("a", fails), Failure);
  EXPECT_FALSE(cache.lookup("a"));
  EXPECT_TRUE(fs::is_empty(in("c")));
}

TEST_F(CacheTest, ProcessesStoreAndReadAtOnce) {
  // Each entry's text is its own: a reader must see one of them whole.
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    pid_t child = fork();
    if (child == 0) {
      Cache cache(in("c"));
      bool sound = true;
      for (int i = 0; i < 25; ++i) {
        store(cache, "a", std::string(10000, static_cast<char>('a' + process)));
        std::optional<std::string> entry = cache.lookup("a");
        if (entry) {
          std::string text = read(*entry);
          sound &= text.substr(0, 10000) == std::string(10000, text[0]);
        }
      }
      _exit(!sound);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(Cache(in("c")).lookup("a"));
}

TEST_F(CacheTest, WithoutAFolderNothingIsKept) {
  Cache cache("");
  EXPECT_FALSE(store(cache, "a", "library"));
  EXPECT_FALSE(cache.lookup("a"));
  write(in("file"), "");
  EXPECT_FALSE(store(Cache(in("file/below")), "a", "library"));
}

TEST_F(CacheTest, KeyDependsOnEachOfItsParts) {
  write(in("m.onnx"), "model");
  write(in("n.onnx"), "modem");
  write(in("m.mlir"), "model");
  std::string key = cacheKey(in("m.onnx"), "options", "/proc/self/exe");
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key, cacheKey(in("m.onnx"), "options", "/proc/self/exe"));
  EXPECT_NE(key, cacheKey(in("n.onnx"), "options", "/proc/self/exe"));
  EXPECT_NE(key, cacheKey(in("m.mlir"), "options", "/proc/self/exe"));
  EXPECT_NE(key, cacheKey(in("m.onnx"), "option", "/proc/self/exe"));
  EXPECT_NE(key, cacheKey(in("m.onnx"), "options", in("n.onnx")));
  EXPECT_THROW(cacheKey(in("absent"), "options", "/proc/self/exe"), Failure);
}

TEST_F(CacheTest, BuildIdentityIsTheLinkersBuildId) {
  std::string readelf = "readelf -n /lib/x86_64-linux-gnu/libc.so.6 2>/dev/null";
  FILE *pipe = popen((readelf + " | sed -n 's/ *Build ID: //p' | tr -d '\\n'").c_str(), "r");
  char id[128] = {};
  size_t count = fread(id, 1, sizeof id - 1, pipe);
  pclose(pipe);
  if (count == 0) GTEST_SKIP() << "no readelf, or a C library without a build-id";
  EXPECT_EQ(buildIdentity("/lib/x86_64-linux-gnu/libc.so.6"), std::string(id, count));
  write(in("text"), "no ELF");
  EXPECT_NE(buildIdentity(in("text")), "");
  EXPECT_EQ(buildIdentity(in("absent")), "");
}

}  // namespace
}  // namespace plx
