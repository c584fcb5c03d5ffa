#include "tests/emulator/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/emulator/error.h"
#include "tests/emulator/state.h"

namespace plx_emulator {
namespace {

constexpr uint64_t kSector = 32;      // bytes
constexpr uint64_t kWavefront = 128;  // bytes: 32 banks of 4

struct Counts {
  uint64_t requests = 0, needed = 0, least = 0;
  double ratio() const { return least == 0 ? 1 : static_cast<double>(needed) / least; }
  void add(const Counts &other) {
    requests += other.requests;
    needed += other.needed;
    least += other.least;
  }
};

struct Request {
  bool shared;
  unsigned bytes;
  std::vector<uintptr_t> addresses;
};

struct Report {
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> occurrences;  // (thread, pc) -> touches so far
  std::map<std::vector<uint32_t>, Request> requests;              // by warp, pc, occurrence
  std::map<std::pair<uint32_t, bool>, Counts> places;             // by pc and memory
};
Report report;

Counts global_counts(const Request &request) {
  std::set<uintptr_t> sectors, bytes;
  for (uintptr_t address : request.addresses) {
    sectors.insert(address / kSector);
    bytes.insert(address / request.bytes);  // lanes that touch the same share a sector
  }
  return {1, sectors.size(), (bytes.size() * request.bytes + kSector - 1) / kSector};
}

// Lanes that together ask for 128 bytes are served at once; in each such group a bank gives one
// word a wavefront.
Counts shared_counts(const Request &request) {
  size_t group = std::min<size_t>(kWarp, kWavefront / request.bytes);
  Counts counts = {1, 0, 0};
  for (size_t first = 0; first < request.addresses.size(); first += group) {
    std::map<uintptr_t, std::set<uintptr_t>> words;  // of each bank
    size_t last = std::min(first + group, request.addresses.size());
    for (size_t i = first; i < last; ++i) {
      for (unsigned byte = 0; byte < request.bytes; byte += 4) {
        uintptr_t word = (request.addresses[i] + byte) / 4;
        words[word % 32].insert(word);
      }
    }
    size_t most = 1;
    for (const auto &[bank, of_bank] : words) most = std::max(most, of_bank.size());
    counts.needed += most;
    counts.least += 1;
  }
  return counts;
}

void add_line(std::string &line, const char *memory, const char *unit, bool shared) {
  Counts all, worst;
  uint32_t worst_pc = 0;
  for (const auto &[place, counts] : report.places) {
    if (place.second != shared) continue;
    all.add(counts);
    if (counts.needed - counts.least > worst.needed - worst.least) {
      worst = counts;
      worst_pc = place.first;
    }
  }
  line += text(" | %s: %llu requests, %llu %s, %.2fx of the least", memory,
               static_cast<unsigned long long>(all.requests),
               static_cast<unsigned long long>(all.needed), unit, all.ratio());
  if (worst.needed == worst.least) return;
  line += text("; most at %s: %.2fx", now.code->lines({worst_pc})[0].c_str(), worst.ratio());
}

}  // namespace

bool report_wanted() {
  const char *path = getenv("PLEXUS_EMULATOR_REPORT");
  return path != nullptr && *path != 0;
}

void note_touch(bool shared, uintptr_t address, unsigned bytes, uint32_t pc) {
  uint32_t occurrence = report.occurrences[{now.thread, pc}]++;
  Request &request = report.requests[{now.thread / kWarp, pc, occurrence}];
  request.shared = shared;
  request.bytes = bytes;
  request.addresses.push_back(address);
}

void end_block_report() {
  for (const auto &[key, request] : report.requests) {
    Counts counts = request.shared ? shared_counts(request) : global_counts(request);
    report.places[{key[1], request.shared}].add(counts);
  }
  report.occurrences.clear();
  report.requests.clear();
}

void end_launch_report() {
  std::string line = text("%s: %lld blocks of %d threads", now.launch->name,
                          static_cast<long long>(now.launch->blocks), now.launch->threads);
  add_line(line, "global", "sectors", false);
  add_line(line, "shared", "wavefronts", true);
  report.places.clear();
  FILE *file = fopen(getenv("PLEXUS_EMULATOR_REPORT"), "a");
  if (file == nullptr) return;
  fprintf(file, "%s\n", line.c_str());
  fclose(file);
}

}  // namespace plx_emulator
