#include "compiler/memory/Plan.h"

#include <tuple>

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace plx {

std::optional<int64_t> roundedBytes(DimsAttr dims, int64_t elementBytes,
                                    llvm::function_ref<std::optional<int64_t>(DimAtom)> valueOf) {
  int64_t total = elementBytes;
  for (Dim dim : dims.dims()) {
    std::optional<int64_t> size = dim.evaluate(valueOf);
    if (!size || *size < 0 || llvm::MulOverflow(total, *size, total)) return std::nullopt;
  }
  if (llvm::AddOverflow(total, kBufferAlignment - 1, total)) return std::nullopt;
  return total & -kBufferAlignment;
}

namespace {

bool meet(const PlannedBuffer &a, const PlannedBuffer &b) {
  return a.begin <= b.end && b.begin <= a.end;
}

/// Packs `members` of `buffers` (bytes and offsets by number in `buffers`): those with the least
/// key first, then the largest, into the tightest gap. Gives the end.
int64_t pack(const std::vector<PlannedBuffer> &buffers, llvm::ArrayRef<int64_t> members,
             const std::vector<int64_t> &bytes, std::vector<int64_t> &offsets,
             llvm::function_ref<double(int64_t)> key) {
  std::vector<int64_t> inOrder(members.begin(), members.end());
  llvm::sort(inOrder, [&](int64_t a, int64_t b) {
    return std::tuple(key(a), -bytes[a], a) < std::tuple(key(b), -bytes[b], b);
  });
  std::vector<int64_t> placed;  // in order of offset
  int64_t top = 0;
  for (int64_t next : inOrder) {
    int64_t best = -1, bestGap = 0, cursor = 0;
    for (int64_t other : placed) {
      if (!meet(buffers[next], buffers[other])) continue;
      int64_t gap = offsets[other] - cursor;
      if (gap >= bytes[next] && (best < 0 || gap < bestGap)) best = cursor, bestGap = gap;
      cursor = std::max(cursor, offsets[other] + bytes[other]);
    }
    offsets[next] = best < 0 ? cursor : best;
    top = std::max(top, offsets[next] + bytes[next]);
    auto at = llvm::upper_bound(placed, offsets[next], [&](int64_t offset, int64_t other) {
      return offset < offsets[other];
    });
    placed.insert(at, next);
  }
  return top;
}

/// The best of a few orders: by size; by size and time alive together; by time alive. None is best
/// for all programs.
int64_t packBest(const std::vector<PlannedBuffer> &buffers, llvm::ArrayRef<int64_t> members,
                 const std::vector<int64_t> &bytes, std::vector<int64_t> &offsets) {
  auto time = [&](int64_t i) { return static_cast<double>(buffers[i].end - buffers[i].begin + 1); };
  auto area = [&](int64_t i) { return time(i) * static_cast<double>(bytes[i]); };
  int64_t top = pack(buffers, members, bytes, offsets, [](int64_t) { return 0; });
  for (bool isByArea : {true, false}) {
    std::vector<int64_t> others(offsets);
    int64_t end = pack(buffers, members, bytes, others,
                       [&](int64_t i) { return isByArea ? -area(i) : -time(i); });
    if (end >= top) continue;
    top = end;
    offsets = std::move(others);
  }
  return top;
}

/// Sizes of example: what symbols are taken to be for the order of the plan.
std::optional<int64_t> exampleValue(DimAtom symbol) {
  return std::max<int64_t>(symbol.lowerBound(), 128);
}

class SymbolicPlan {
 public:
  explicit SymbolicPlan(std::vector<PlannedBuffer> &buffers) : buffers_(buffers) {}

  std::vector<int64_t> run(std::vector<int64_t> symbolic) {
    llvm::sort(symbolic, [&](int64_t a, int64_t b) {
      return std::tuple(buffers_[a].group, a) < std::tuple(buffers_[b].group, b);
    });
    for (size_t first = 0; first < symbolic.size();) {
      size_t last = first;
      while (last < symbolic.size() &&
             buffers_[symbolic[last]].group == buffers_[symbolic[first]].group)
        ++last;
      orderGroup(llvm::ArrayRef(symbolic).slice(first, last - first));
      first = last;
    }
    for (size_t place = 0; place < order_.size(); ++place) findBelow(place);
    return order_;
  }

 private:
  void orderGroup(llvm::ArrayRef<int64_t> members) {
    std::vector<int64_t> bytes(buffers_.size(), kBufferAlignment), offsets(buffers_.size(), 0);
    for (int64_t member : members)
      // At least one unit, so that what meets has an order; sizes past 2^40 say nothing about
      // proportions.
      bytes[member] = std::clamp<int64_t>(
          roundedBytes(buffers_[member].dims, buffers_[member].elementBytes, exampleValue)
              .value_or(0),
          kBufferAlignment, int64_t{1} << 40);
    pack(buffers_, members, bytes, offsets, [](int64_t) { return 0; });
    std::vector<int64_t> byOffset(members.begin(), members.end());
    llvm::sort(byOffset, [&](int64_t a, int64_t b) {
      return std::tuple(offsets[a], a) < std::tuple(offsets[b], b);
    });
    llvm::append_range(order_, byOffset);
  }

  /// The buffers placed before that meet this one, less those that lie below another one of its
  /// group anyway. (One of another group may not have been placed in this run: what it lies above
  /// is not passed on.)
  void findBelow(size_t place) {
    PlannedBuffer &buffer = buffers_[order_[place]];
    llvm::BitVector under(order_.size());
    for (size_t earlier = place; earlier-- > 0;) {
      PlannedBuffer &other = buffers_[order_[earlier]];
      if (!meet(buffer, other) || under[earlier]) continue;
      buffer.below.push_back(order_[earlier]);
      under.set(earlier);
      if (other.group == buffer.group) under |= under_[earlier];
    }
    under_.push_back(std::move(under));
  }

  std::vector<PlannedBuffer> &buffers_;
  std::vector<int64_t> order_;
  std::vector<llvm::BitVector> under_;  // by place in order_: the places below
};

}  // namespace

Plan planBuffers(std::vector<PlannedBuffer> &buffers) {
  Plan plan;
  std::vector<int64_t> fixed, symbolic, bytes(buffers.size(), 0), offsets(buffers.size(), 0);
  int64_t sum = 0;
  for (int64_t i = 0; i < static_cast<int64_t>(buffers.size()); ++i) {
    PlannedBuffer &buffer = buffers[i];
    buffer.below.clear();
    std::optional<int64_t> known;
    if (buffer.dims.constants())
      known = roundedBytes(buffer.dims, buffer.elementBytes, [](DimAtom) { return std::nullopt; });
    buffer.isStatic = known && !llvm::AddOverflow(sum, *known, sum);
    bytes[i] = known.value_or(0);
    (buffer.isStatic ? fixed : symbolic).push_back(i);
  }
  plan.staticBytes = packBest(buffers, fixed, bytes, offsets);
  for (int64_t i : fixed) buffers[i].base = offsets[i];
  for (int64_t i : symbolic) {
    buffers[i].base = 0;
    for (int64_t j : fixed)
      if (meet(buffers[i], buffers[j]))
        buffers[i].base = std::max(buffers[i].base, offsets[j] + bytes[j]);
  }
  plan.order = SymbolicPlan(buffers).run(std::move(symbolic));
  return plan;
}

}  // namespace plx
