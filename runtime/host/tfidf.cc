// Counts of n-grams (ONNX TfIdfVectorizer): of ints, or of strings, which are numbered first.
#include <map>
#include <unordered_map>

#include "runtime/host/functions.h"

namespace plx::host {
namespace {

// Numbers for the items of the pool, so that a trie of ints serves both kinds.
class Items {
 public:
  explicit Items(const std::vector<std::string> &pool) {
    for (const std::string &item : pool) number_.try_emplace(item, number_.size());
  }
  int64_t operator[](std::string_view item) const {
    auto found = number_.find(std::string(item));
    return found == number_.end() ? -1 : static_cast<int64_t>(found->second);
  }

 private:
  std::unordered_map<std::string, size_t> number_;
};

// All n-grams, as paths; a node's gram is 0 where none ends.
class Trie {
 public:
  Trie() : nodes_(1) {}
  void add(const int64_t *items, int64_t size, int64_t gram) {
    size_t node = 0;
    for (int64_t i = 0; i < size; ++i) {
      auto [entry, is_new] = nodes_[node].next.try_emplace(items[i], nodes_.size());
      node = entry->second;
      if (is_new) nodes_.emplace_back();
    }
    nodes_[node].gram = gram;
  }
  // The node behind `node` by an item, 0 where there is none (nothing leads back to the root).
  size_t step(size_t node, int64_t item) const {
    auto found = nodes_[node].next.find(item);
    return found == nodes_[node].next.end() ? 0 : found->second;
  }
  int64_t gram(size_t node) const { return nodes_[node].gram; }

 private:
  struct Node {
    std::map<int64_t, size_t> next;
    int64_t gram = 0;
  };
  std::vector<Node> nodes_;
};

class Vectorizer {
 public:
  explicit Vectorizer(Call &call)
      : min_(call.int_of("min_gram_length", 1)),
        max_(call.int_of("max_gram_length", 1)),
        max_skip_(call.int_of("max_skip_count", 0)),
        indexes_(call.ints("ngram_indexes")),
        weights_(call.floats("weights")),
        mode_(call.string_of("mode", "TF")) {
    for (int64_t index : indexes_) {
      if (index < 0 || index >= (int64_t{1} << 32))
        throw Failure("ngram_indexes has an entry of " + std::to_string(index));
      size_ = std::max(size_, index + 1);
    }
    if (min_ < 1 || max_ < min_ || max_skip_ < 0)
      throw Failure("n-grams of " + std::to_string(min_) + " to " + std::to_string(max_) +
                    " items that skip up to " + std::to_string(max_skip_) + " are not possible");
    if (!weights_.empty() && weights_.size() != indexes_.size())
      throw Failure("there are " + std::to_string(weights_.size()) + " weights for " +
                    std::to_string(indexes_.size()) + " n-grams");
  }

  // The pool lists the n-grams of 1 item, then those of 2, ...; `starts` says where each begins.
  void read_pool(const std::vector<int64_t> &pool, const std::vector<int64_t> &starts) {
    int64_t gram = 1;
    for (size_t k = 0; k < starts.size(); ++k) {
      auto length = static_cast<int64_t>(k) + 1;
      int64_t begin = starts[k];
      int64_t end = k + 1 < starts.size() ? starts[k + 1] : static_cast<int64_t>(pool.size());
      if (begin < 0 || end < begin || end > static_cast<int64_t>(pool.size()) ||
          (end - begin) % length != 0)
        throw Failure("ngram_counts does not fit the pool of " + std::to_string(pool.size()) +
                      " items");
      for (int64_t at = begin; at < end; at += length, ++gram)
        if (length >= min_ && length <= max_)
          trie_.add(&pool[static_cast<size_t>(at)], length, gram);
    }
    if (gram - 1 > static_cast<int64_t>(indexes_.size()))
      throw Failure("there are " + std::to_string(gram - 1) + " n-grams but " +
                    std::to_string(indexes_.size()) + " ngram_indexes");
  }

  // Adds one row's counts to out [size].
  void count(const std::vector<int64_t> &row, float *out) const {
    auto length = static_cast<int64_t>(row.size());
    int64_t least = min_;
    // Further apart than the row is long there is nothing to count.
    int64_t furthest = std::min(max_skip_, length) + 1;
    for (int64_t distance = 1; distance <= furthest; ++distance) {
      for (int64_t start = 0; start < length; ++start) {
        size_t node = 0;
        int64_t taken = 1;
        for (int64_t at = start; at < length && taken <= max_; at += distance, ++taken) {
          node = trie_.step(node, row[static_cast<size_t>(at)]);
          if (node == 0) break;
          int64_t gram = trie_.gram(node);
          if (taken >= least && gram != 0) out[indexes_[static_cast<size_t>(gram - 1)]] += 1;
        }
      }
      // Single items are not affected by skipping: counted once.
      if (least == 1 && ++least > max_) break;
    }
  }

  void weigh(float *out) const {
    if (mode_ == "TF") return;
    for (size_t gram = 0; gram < indexes_.size() && mode_ == "IDF"; ++gram)
      if (out[indexes_[gram]] > 0) out[indexes_[gram]] = 1;
    for (size_t k = 0; k < weights_.size() && static_cast<int64_t>(k) < size_; ++k)
      out[k] *= static_cast<float>(weights_[k]);
  }

  int64_t size() const { return size_; }

 private:
  int64_t min_, max_, max_skip_, size_ = 0;
  std::vector<int64_t> indexes_;
  std::vector<double> weights_;
  std::string mode_;
  Trie trie_;
};

std::vector<int64_t> items_of(const Call &call, const Items &items) {
  std::vector<int64_t> out;
  int32_t type = call.arg(0).element_type;
  if (type == PLX_STRING)
    for (const plx_string &text : call.strings(0)) out.push_back(items[view(text)]);
  else if (type == PLX_I32)
    for (int32_t value : call.numbers<int32_t>(0, PLX_I32)) out.push_back(value);
  else
    for (int64_t value : call.numbers<int64_t>(0, PLX_I64)) out.push_back(value);
  return out;
}

}  // namespace

void tfidf(Call &call) {
  Vectorizer vectorizer(call);
  std::vector<std::string> names = call.strings_of("pool_strings");
  Items items(names);
  std::vector<int64_t> pool = call.ints("pool_int64s");
  for (const std::string &name : names) pool.push_back(items[name]);
  vectorizer.read_pool(pool, call.ints("ngram_counts"));
  Dims dims = call.dims(0);
  std::vector<int64_t> x = items_of(call, items);
  int64_t rows = dims.size() == 2 ? dims[0] : 1;
  int64_t length = dims.empty() ? 1 : dims.back();
  if (dims.size() > 2) throw Failure("the operand has rank " + std::to_string(dims.size()));
  auto out = dims.size() == 2 ? call.result<float>(0, PLX_F32, {rows, vectorizer.size()})
                              : call.result<float>(0, PLX_F32, {vectorizer.size()});
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<int64_t> own(x.begin() + row * length, x.begin() + (row + 1) * length);
    vectorizer.count(own, &out[static_cast<size_t>(row * vectorizer.size())]);
    vectorizer.weigh(&out[static_cast<size_t>(row * vectorizer.size())]);
  }
}

}  // namespace plx::host
