#include "runtime/train/events.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/runtime/train/folder.h"

// That others read what is written here is tested by tests/lit/tools/train-record.test.
namespace plx::train {
namespace {

TEST(EventsTest, Crc32c) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283);            // the check value of the catalogue of CRCs
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aa);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43);
}

void write(const std::string &folder, int64_t from, int64_t to) {
  absl::StatusOr<Events> events = Events::open(folder, from);
  ASSERT_TRUE(events.ok()) << events.status();
  for (int64_t step = from; step < to; ++step)
    ASSERT_TRUE(events->addScalars(step, {{"loss", 1.0 / static_cast<double>(step + 1)}}).ok());
  ASSERT_TRUE(events->sync().ok());
}

/// Lengths of the records: those of equal steps are equal, whatever the time.
std::vector<uint64_t> lengths(const std::string &file) {
  std::vector<uint64_t> out;
  for (size_t at = 0; at + 16 <= file.size(); at += 16 + out.back()) {
    uint64_t length;
    memcpy(&length, file.data() + at, sizeof length);
    out.push_back(length);
  }
  return out;
}

TEST(EventsTest, GoesOnWhereTheRunDoes) {
  Folder folder;
  std::string file = folder.in(Events::kFileName), folderPath = folder.in("");
  write(folderPath, 0, 200);
  std::string whole = contents(file);
  EXPECT_EQ(lengths(whole).size(), 201u);
  write(folderPath, 150, 200);
  EXPECT_EQ(lengths(contents(file)), lengths(whole));
  EXPECT_EQ(contents(file).substr(0, 150 * 40), whole.substr(0, 150 * 40));
}

TEST(EventsTest, WhatWasCutShortOrDamagedGoes) {
  Folder folder;
  std::string file = folder.in(Events::kFileName), folderPath = folder.in("");
  write(folderPath, 0, 10);
  std::string whole = contents(file);
  for (size_t length : {whole.size() - 1, whole.size() - 14, size_t{3}, size_t{0}}) {
    std::ofstream(file, std::ios::binary) << whole.substr(0, length);
    ASSERT_TRUE(Events::open(folderPath, 10)->sync().ok());
    std::string kept = contents(file);
    // At the least a header; all that is kept are whole records of what was.
    ASSERT_FALSE(lengths(kept).empty());
    if (lengths(kept).size() > 1) {
      EXPECT_EQ(kept, whole.substr(0, kept.size())) << length;
    }
  }
  whole[whole.size() - 6] ^= 1;  // in the last event
  std::ofstream(file, std::ios::binary) << whole;
  ASSERT_TRUE(Events::open(folderPath, 10)->sync().ok());
  EXPECT_EQ(lengths(contents(file)).size(), 10u);
}

TEST(EventsTest, HistogramsLeaveOutWhatIsNotFinite) {
  Folder folder;
  absl::StatusOr<Events> events = Events::open(folder.in(""), 0);
  ASSERT_TRUE(events.ok());
  std::vector<float> values{1, NAN, INFINITY, 3};
  int64_t count = 4;
  EXPECT_TRUE(events->addHistogram(0, "w", {values.data(), &count, 1, PLX_F32}).ok());
  EXPECT_FALSE(events->addHistogram(0, "w", {values.data(), &count, 1, PLX_STRING}).ok());
  EXPECT_FALSE(Events::open("/dev/null/events", 0).ok());
}

}  // namespace
}  // namespace plx::train
