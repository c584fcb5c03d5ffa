#include "runtime/train/step_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "plexus_rt.h"

namespace plx::train {
namespace {

struct Head {
  char magic[8];
  uint64_t tableBytes;
  uint64_t tableHash;
};
constexpr char kMagic[9] = "PLXSTEP1";
constexpr uint64_t kMostRank = 64;

uint64_t aligned(uint64_t bytes) {
  return (bytes + PLX_ALIGNMENT - 1) / PLX_ALIGNMENT * PLX_ALIGNMENT;
}

class TableWriter {
 public:
  void number(uint64_t value) {
    text_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void text(const std::string &value) {
    number(value.size());
    text_ += value;
  }
  const std::string &str() const { return text_; }

 private:
  std::string text_;
};

/// After the first read that goes beyond the end everything is 0 and isSound() false.
class TableReader {
 public:
  TableReader(const char *at, uint64_t bytes) : at_(at), left_(bytes) {}
  uint64_t number() {
    uint64_t value = 0;
    if (const char *bytes = take(sizeof value)) memcpy(&value, bytes, sizeof value);
    return value;
  }
  std::string text() {
    uint64_t length = number();
    const char *bytes = take(length);
    return bytes ? std::string(bytes, length) : "";
  }
  bool isSound() const { return isSound_; }
  bool isAtEnd() const { return isSound_ && left_ == 0; }
  void fail() { isSound_ = false; }

 private:
  const char *take(uint64_t bytes) {
    if (!isSound_ || bytes > left_) {
      isSound_ = false;
      return nullptr;
    }
    const char *taken = at_;
    at_ += bytes;
    left_ -= bytes;
    return taken;
  }
  const char *at_;
  uint64_t left_;
  bool isSound_ = true;
};

std::string tableOf(const StepDescription &step) {
  TableWriter table;
  table.text(step.target);
  table.text(step.prediction);
  table.number(step.notes.size());
  for (const std::string &note : step.notes) table.text(note);
  table.number(step.states.size());
  for (const StepState &state : step.states) {
    table.text(state.name);
    table.number(static_cast<uint64_t>(state.kind));
    table.number(static_cast<uint64_t>(state.elementType));
    table.number(state.dims.size());
    for (int64_t dim : state.dims) table.number(static_cast<uint64_t>(dim));
    table.number(state.initial != nullptr);
    table.number(state.initial ? plx_hash64(state.initial, state.bytes, 0) : 0);
  }
  return table.str();
}

/// What a state takes, by its type and dims; -1 where there is no such tensor.
int64_t bytesOf(const StepState &state) {
  plx_tensor tensor{nullptr, state.dims.data(), static_cast<int32_t>(state.dims.size()),
                    state.elementType};
  return plx_tensor_bytes(&tensor);
}

/// The states' part of the table; initial elements lie behind `at`, of which `left` bytes are
/// there.
void readStates(TableReader &table, const char *at, uint64_t left, StepDescription &step) {
  uint64_t count = table.number();
  for (uint64_t i = 0; i < count && table.isSound(); ++i) {
    StepState state{table.text(),
                    static_cast<StateKind>(table.number()),
                    static_cast<int32_t>(table.number()),
                    {},
                    nullptr,
                    0};
    uint64_t rank = table.number();
    if (rank > kMostRank || state.kind > StateKind::Sum || state.kind < StateKind::Parameter)
      return table.fail();
    for (uint64_t d = 0; d < rank; ++d) state.dims.push_back(static_cast<int64_t>(table.number()));
    bool hasInitial = table.number() != 0;
    uint64_t hash = table.number();
    int64_t bytes = table.isSound() ? bytesOf(state) : -1;
    if (bytes < 0) return table.fail();
    state.bytes = static_cast<uint64_t>(bytes);
    if (hasInitial) {
      if (state.bytes > left || plx_hash64(at, state.bytes, 0) != hash) return table.fail();
      state.initial = at;
      uint64_t taken = std::min(aligned(state.bytes), left);
      at += taken;
      left -= taken;
    }
    step.states.push_back(std::move(state));
  }
}

std::shared_ptr<plx_mapping> mapped(const std::string &path, plx_error *error) {
  auto *mapping = new plx_mapping{};
  if (plx_map_file(path.c_str(), 0, mapping, error) != PLX_OK) {
    delete mapping;
    return nullptr;
  }
  return {mapping, [](plx_mapping *m) {
            plx_unmap_file(m);
            delete m;
          }};
}

}  // namespace

absl::Status writeStepFile(const std::string &path, const StepDescription &step) {
  std::string table = tableOf(step);
  Head head{{}, table.size(), plx_hash64(table.data(), table.size(), 0)};
  memcpy(head.magic, kMagic, sizeof head.magic);
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "wbe"), fclose);
  auto failure = [&] {
    return absl::PermissionDeniedError(
        absl::StrCat("'", path, "' cannot be written: ", strerror(errno)));
  };
  if (!file) return failure();
  static constexpr char kZeros[PLX_ALIGNMENT] = {};
  auto write = [&](const void *data, uint64_t bytes) {
    return bytes == 0 || fwrite(data, 1, bytes, file.get()) == bytes;
  };
  uint64_t front = sizeof head + table.size();
  bool isWritten = write(&head, sizeof head) && write(table.data(), table.size()) &&
                   write(kZeros, aligned(front) - front);
  for (const StepState &state : step.states)
    if (state.initial)
      isWritten = isWritten && write(state.initial, state.bytes) &&
                  write(kZeros, aligned(state.bytes) - state.bytes);
  if (!isWritten || fflush(file.get()) != 0) return failure();
  return absl::OkStatus();
}

absl::StatusOr<StepDescription> readStepFile(const std::string &path) {
  plx_error error;
  std::shared_ptr<plx_mapping> mapping = mapped(path, &error);
  if (!mapping) return absl::DataLossError(error.message);
  auto damaged = [&](const char *why) {
    return absl::DataLossError(absl::StrCat("'", path, "' is no description of a step: ", why));
  };
  Head head{};
  auto *bytes = static_cast<const char *>(mapping->data);
  if (mapping->bytes < sizeof head) return damaged("it is cut short");
  memcpy(&head, bytes, sizeof head);
  if (memcmp(head.magic, kMagic, sizeof head.magic) != 0) return damaged("it begins otherwise");
  if (head.tableBytes > mapping->bytes - sizeof head) return damaged("it is cut short");
  if (plx_hash64(bytes + sizeof head, head.tableBytes, 0) != head.tableHash)
    return damaged("its table has another hash");
  TableReader table(bytes + sizeof head, head.tableBytes);
  uint64_t front = std::min(aligned(sizeof head + head.tableBytes), mapping->bytes);
  StepDescription step{table.text(), table.text(), {}, {}, mapping};
  uint64_t notes = table.number();
  for (uint64_t i = 0; i < notes && table.isSound(); ++i) step.notes.push_back(table.text());
  readStates(table, bytes + front, mapping->bytes - front, step);
  if (!table.isAtEnd()) return damaged("a state's length, type or hash is wrong");
  return step;
}

}  // namespace plx::train
