// Algorithms without a loop nest: sort, top_k, unique, nonzero, scatter, non_max_suppression. What
// each computes is what the plx op of its name means (ir/kernel/Irregular.h).

// The unsigned number whose order is the elements': NaN last and all NaNs one, both zeros one.
__device__ __forceinline__ u64 order_key(float x, bool descending) {
  u32 key;
  if (x != x) {
    key = 0xffffffffu;
  } else {
    const u32 bits = (u32)__float_as_int(x == 0 ? 0.0f : x);
    key = bits ^ ((u32)((i32)bits >> 31) | 0x80000000u);
  }
  return descending ? ~(u64)key : (u64)key;
}
__device__ __forceinline__ u64 order_key(double x, bool descending) {
  u64 key;
  if (x != x) {
    key = ~0ull;
  } else {
    const u64 bits = bits_as<u64>(x == 0 ? 0.0 : x);
    key = bits ^ ((u64)((i64)bits >> 63) | 0x8000000000000000ull);
  }
  return descending ? ~key : key;
}
__device__ __forceinline__ u64 order_key(i64 x, bool descending) {
  const u64 key = (u64)x ^ 0x8000000000000000ull;
  return descending ? ~key : key;
}
__device__ __forceinline__ u64 order_key(u64 x, bool descending) { return descending ? ~x : x; }

struct sort_record {
  u64 key;
  i64 position;
};

struct by_key {
  __device__ __forceinline__ bool before(sort_record x, sort_record y) const {
    return x.key < y.key || (x.key == y.key && x.position < y.position);
  }
  __device__ __forceinline__ bool alike(sort_record x, sort_record y) const { return x.key == y.key; }
};

// Merge sort of records [0, count) by all threads of the block: in each round a record's place is
// its own in its run plus the number of records of the neighbouring run before it. Gives the array
// the result is in. Orders are total, so places differ.
template <typename Order>
__device__ sort_record *block_sort(sort_record *array, sort_record *other, i64 count, Order order) {
  for (i64 width = 1; width < count; width *= 2) {
    __syncthreads();
    for (i64 i = threadIdx.x; i < count; i += blockDim.x) {
      const sort_record record = array[i];
      const i64 run = i / width, pair = run / 2 * (2 * width);
      i64 low = run % 2 == 0 ? lesser(pair + width, count) : pair;
      const i64 begin = low;
      i64 high = run % 2 == 0 ? lesser(pair + 2 * width, count) : pair + width;
      while (low < high) {
        const i64 middle = low + (high - low) / 2;
        if (order.before(array[middle], record))
          low = middle + 1;
        else
          high = middle;
      }
      const i64 own = i - (run % 2 == 0 ? pair : pair + width);
      other[pair + own + (low - begin)] = record;
    }
    sort_record *swapped = array;
    array = other;
    other = swapped;
  }
  __syncthreads();
  return array;
}

// sort and top_k: a block a line, of `size` elements `inner` apart, of which `kept` are written.
template <typename M, typename Key>
__device__ void sort_lines(const M *operand, M *values, i64 *indices, i64 outer, i64 size, i64 inner,
                           i64 kept, char *scratch, Key key) {
  sort_record *records = (sort_record *)scratch + (i64)blockIdx.x * 2 * size;
  for (i64 line = blockIdx.x; line < outer * inner; line += gridDim.x) {
    const i64 o = line / inner, within_line = line % inner;
    const M *from = operand + o * size * inner + within_line;
    __syncthreads();
    for (i64 i = threadIdx.x; i < size; i += blockDim.x) {
      records[i].key = key(from[i * inner]);
      records[i].position = i;
    }
    const sort_record *sorted = block_sort(records, records + size, size, by_key());
    const i64 to = o * kept * inner + within_line;
    for (i64 i = threadIdx.x; i < kept; i += blockDim.x) {
      values[to + i * inner] = from[sorted[i].position * inner];
      indices[to + i * inner] = sorted[i].position;
    }
  }
}

// nonzero: one block; rows of coordinates lie [rank, count].
template <typename M, typename Test>
__device__ void find_nonzero(const M *operand, i64 *rows, i64 *count, i64 size, int rank,
                             const i64 *dims, Test test) {
  __shared__ i64 room[33];
  i64 found = 0;
  for (i64 base = 0; base < size; base += blockDim.x) {
    const i64 i = base + threadIdx.x;
    i64 total;
    block_scan(i < size && test(operand[i]) ? 1 : 0, &total, room);
    found += total;
  }
  if (threadIdx.x == 0) *count = found;
  i64 before = 0;
  for (i64 base = 0; base < size; base += blockDim.x) {
    const i64 i = base + threadIdx.x;
    const bool is = i < size && test(operand[i]);
    i64 total;
    const i64 place = before + block_scan(is ? 1 : 0, &total, room);
    if (is) {
      i64 rest = i;
      for (int d = rank - 1; d >= 0; --d) {
        rows[d * found + place] = rest % dims[d];
        rest /= dims[d];
      }
    }
    before += total;
  }
}

// Slices of a tensor [outer, size, inner] along its middle axis, in lexicographic order.
template <typename M, typename Key>
struct by_slice {
  const M *operand;
  i64 outer, size, inner;
  Key key;
  __device__ int compare(i64 x, i64 y) const {
    for (i64 o = 0; o < outer; ++o)
      for (i64 i = 0; i < inner; ++i) {
        const u64 u = key(operand[(o * size + x) * inner + i]);
        const u64 v = key(operand[(o * size + y) * inner + i]);
        if (u != v) return u < v ? -1 : 1;
      }
    return 0;
  }
  __device__ __forceinline__ bool before(sort_record x, sort_record y) const {
    const int compared = compare(x.position, y.position);
    return compared < 0 || (compared == 0 && x.position < y.position);
  }
  __device__ __forceinline__ bool alike(sort_record x, sort_record y) const {
    return compare(x.position, y.position) == 0;
  }
};

// unique: one block. Groups are numbered by value, or where not `sorted` by their first items.
template <typename M, typename Order, typename Key>
__device__ void find_unique(const M *operand, M *values, i64 *first, i64 *inverse, i64 *counts,
                            i64 *count, i64 outer, i64 items, i64 inner, bool sorted, char *scratch,
                            Order order, Key key) {
  __shared__ i64 room[33];
  sort_record *records = (sort_record *)scratch;
  for (i64 i = threadIdx.x; i < items; i += blockDim.x) {
    records[i].key = key(i);
    records[i].position = i;
  }
  sort_record *by_value = block_sort(records, records + items, items, order);
  sort_record *numbers = by_value == records ? records + items : records;
  // numbers[g].position: where group g begins in the order of values.
  i64 groups = 0;
  for (i64 base = 0; base < items; base += blockDim.x) {
    const i64 i = base + threadIdx.x;
    const bool is_new = i < items && (i == 0 || !order.alike(by_value[i], by_value[i - 1]));
    i64 total;
    const i64 number = groups + block_scan(is_new ? 1 : 0, &total, room);
    if (is_new) numbers[number].position = i;
    groups += total;
  }
  __syncthreads();
  if (threadIdx.x == 0) *count = groups;
  // Of equal items the one of the lowest position comes first, so a group's first item begins it.
  // numbers[g].key: the group's number in the result.
  for (i64 g = threadIdx.x; g < groups; g += blockDim.x) {
    if (sorted) {
      numbers[g].key = (u64)g;
    } else {
      const i64 own = by_value[numbers[g].position].position;
      u64 before = 0;
      for (i64 h = 0; h < groups; ++h)
        if (by_value[numbers[h].position].position < own) ++before;
      numbers[g].key = before;
    }
  }
  __syncthreads();
  for (i64 g = threadIdx.x; g < groups; g += blockDim.x) {
    const i64 begin = numbers[g].position, end = g + 1 < groups ? numbers[g + 1].position : items;
    const i64 number = (i64)numbers[g].key, item = by_value[begin].position;
    first[number] = item;
    counts[number] = end - begin;
    for (i64 i = begin; i < end; ++i) inverse[by_value[i].position] = number;
    for (i64 o = 0; o < outer; ++o)
      for (i64 i = 0; i < inner; ++i)
        values[(o * groups + number) * inner + i] = operand[(o * items + item) * inner + i];
  }
}

struct plx_box {
  double y1, x1, y2, x2, area;
};

template <typename F>
struct suppression {
  // As std::min and std::max have it: the first where they do not compare.
  static __device__ __forceinline__ F least(F x, F y) { return y < x ? y : x; }
  static __device__ __forceinline__ F most(F x, F y) { return x < y ? y : x; }

  F y1, x1, y2, x2, area;

  static __device__ suppression load(const F *box, bool center) {
    suppression s;
    if (center) {
      const F half_width = box[2] / 2, half_height = box[3] / 2;
      s.y1 = box[1] - half_height;
      s.x1 = box[0] - half_width;
      s.y2 = box[1] + half_height;
      s.x2 = box[0] + half_width;
    } else {
      s.y1 = least(box[0], box[2]);
      s.x1 = least(box[1], box[3]);
      s.y2 = most(box[0], box[2]);
      s.x2 = most(box[1], box[3]);
    }
    s.area = (s.y2 - s.y1) * (s.x2 - s.x1);
    return s;
  }
  // Whether intersection over union is above the threshold; false for areas that are not positive.
  __device__ bool overlaps(const suppression &y, F threshold) const {
    const F height = least(y2, y.y2) - most(y1, y.y1), width = least(x2, y.x2) - most(x1, y.x1);
    const F both = height * width, either = area + y.area - both;
    return both / either > threshold && height > 0 && width > 0 && area > 0 && y.area > 0 &&
           either > 0;
  }
};

// non_max_suppression: one block, class after class; the boxes taken are compared in parallel.
template <typename F, typename S>
__device__ void suppress(const F *boxes, const S *scores, i64 most_taken, F iou, F least_score,
                         i64 *rows, i64 *count, i64 batches, i64 classes, i64 num_boxes, bool center,
                         char *scratch) {
  __shared__ i64 room[33];
  sort_record *records = (sort_record *)scratch;
  i64 *taken = (i64 *)(records + 2 * num_boxes);
  i64 num_rows = 0;
  for (i64 line = 0; line < batches * classes; ++line) {
    const i64 batch = line / classes, category = line % classes;
    i64 candidates = 0;
    for (i64 base = 0; base < num_boxes; base += blockDim.x) {
      const i64 i = base + threadIdx.x;
      const bool is = i < num_boxes && (F)scores[line * num_boxes + i] > least_score;
      i64 total;
      const i64 place = candidates + block_scan(is ? 1 : 0, &total, room);
      if (is) {
        records[place].key = order_key(scores[line * num_boxes + i], true);
        records[place].position = i;
      }
      candidates += total;
    }
    sort_record *sorted = block_sort(records, records + num_boxes, candidates, by_key());
    i64 num_taken = 0;
    for (i64 next = 0; next < candidates && num_taken < most_taken; ++next) {
      const i64 index = sorted[next].position;
      const auto box = suppression<F>::load(boxes + (batch * num_boxes + index) * 4, center);
      i64 hits = 0;
      for (i64 t = threadIdx.x; t < num_taken; t += blockDim.x)
        if (suppression<F>::load(boxes + (batch * num_boxes + taken[t]) * 4, center)
                .overlaps(box, iou))
          ++hits;
      i64 total;
      block_scan(hits, &total, room);
      if (total != 0) continue;
      if (threadIdx.x == 0) {
        taken[num_taken] = index;
        rows[num_rows * 3] = batch;
        rows[num_rows * 3 + 1] = category;
        rows[num_rows * 3 + 2] = index;
      }
      __syncthreads();
      ++num_taken;
      ++num_rows;
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) *count = num_rows;
}
