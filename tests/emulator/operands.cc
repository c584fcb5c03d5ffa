#include "tests/emulator/operands.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace plx_emulator {
namespace {

// Elements of an operand that is only written, from which on reads are not kept: 48 bytes an
// element become 16.
constexpr uint64_t kMany = 1 << 20;
constexpr uint64_t kMuchMemory = UINT64_C(64) << 20;  // bytes that a launch may leave to the next

// Memory for cells, 0 or of earlier launches: then all stamps lie before this one.
char *cells = nullptr;
uint64_t cell_bytes = 0;

bool reserve(uint64_t bytes) {
  if (bytes <= cell_bytes) return true;
  if (cells != nullptr) munmap(cells, cell_bytes);
  cell_bytes = (bytes + 4095) & ~UINT64_C(4095);
  void *memory = mmap(nullptr, cell_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  cells = memory == MAP_FAILED ? nullptr : static_cast<char *>(memory);
  if (cells == nullptr) cell_bytes = 0;
  return cells != nullptr;
}

// Ranges that overlap share their cells, and the finest granule of theirs.
struct Cluster {
  uint64_t begin, end;  // device addresses
  uint32_t shift;
  int32_t access;       // of all
  uint64_t first_byte;  // of the cells

  uint64_t count() const { return ((end - 1) >> shift) - (begin >> shift) + 1; }
  bool written() const { return (access & PLX_WRITE) != 0; }
  bool writes_alone() const { return access == PLX_WRITE && count() >= kMany; }
  uint64_t bytes_each() const { return writes_alone() ? sizeof(Access) : sizeof(Cell); }
};

std::vector<Cluster> clusters_of(const plx_device_launch &launch) {
  std::vector<plx_range> ranges(launch.ranges, launch.ranges + launch.num_ranges);
  std::erase_if(ranges, [](const plx_range &range) { return range.bytes == 0; });
  std::sort(ranges.begin(), ranges.end(),
            [](const plx_range &a, const plx_range &b) { return a.address < b.address; });
  std::vector<Cluster> clusters;
  for (const plx_range &range : ranges) {
    uint64_t parts = static_cast<uint64_t>(range.element_bytes) | range.address | 16;
    uint32_t shift = static_cast<uint32_t>(std::countr_zero(parts));
    if (clusters.empty() || clusters.back().end <= range.address) {
      clusters.push_back({range.address, range.address + range.bytes, shift, range.access, 0});
      continue;
    }
    Cluster &last = clusters.back();
    last.end = std::max(last.end, range.address + range.bytes);
    last.shift = std::min(last.shift, shift);
    last.access |= range.access;
  }
  return clusters;
}

bool give_cells(std::vector<Cluster> *clusters) {
  uint64_t bytes = 0;
  for (Cluster &cluster : *clusters) {
    cluster.first_byte = bytes;
    if (cluster.written()) bytes += cluster.count() * cluster.bytes_each();
  }
  return reserve(bytes);
}

void set_cells(Operand *operand, const Cluster &cluster, uint64_t address) {
  operand->shift = cluster.shift;
  operand->reads_unseen = !cluster.written() && !now.report;
  if (!cluster.written()) return;
  uint64_t index = (address >> cluster.shift) - (cluster.begin >> cluster.shift);
  char *first = cells + cluster.first_byte + index * cluster.bytes_each();
  if (cluster.writes_alone()) {
    operand->writes = reinterpret_cast<Access *>(first);
  } else {
    operand->cells = reinterpret_cast<Cell *>(first);
  }
}

}  // namespace

bool map_operands(Heap &heap, const plx_device_launch &launch) {
  std::vector<Cluster> clusters = clusters_of(launch);
  if (!give_cells(&clusters)) return false;
  now.operands.clear();
  now.operand = &kNoOperand;
  for (int32_t i = 0; i < launch.num_ranges; ++i) {
    const plx_range &range = launch.ranges[i];
    Operand operand = {0,       range.bytes, range.access, range.element_bytes, i, 0,
                       nullptr, nullptr,     false};
    if (range.bytes != 0) {
      operand.view = heap.view(range.address, range.bytes);
      if (operand.view == 0) return false;
      auto cluster = std::find_if(clusters.begin(), clusters.end(), [&](const Cluster &c) {
        return range.address >= c.begin && range.address < c.end;
      });
      set_cells(&operand, *cluster, range.address);
    }
    now.operands.push_back(operand);
  }
  return true;
}

void release_cells() {
  if (cell_bytes > kMuchMemory) madvise(cells, cell_bytes, MADV_DONTNEED);
}

}  // namespace plx_emulator
