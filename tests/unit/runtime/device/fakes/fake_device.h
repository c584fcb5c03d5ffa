// A device for tests: a plugin whose memory is the host's and whose calls fail on request. It
// refuses addresses outside of what it has given.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_DEVICE_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_DEVICE_H

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/device/device.h"

namespace fakes {

struct Launch {
  std::string kernel;
  int64_t blocks;
  int32_t threads;
  std::vector<plx_range> ranges;
};

struct FakeDevice {
  // What a test sets.
  bool is_of_another_version = false;
  int32_t num_devices = 2;
  uint64_t memory = UINT64_MAX;  // bytes that can be allocated at a time
  std::string failing;           // the function, or the kernel, that fails
  int32_t passing = 0;           // calls of it that pass before

  // What a test reads.
  int32_t devices = 0, streams = 0, codes = 0;  // open now
  std::map<uint64_t, uint64_t> blocks;          // alive now: address, bytes
  uint64_t bytes = 0;                           // of them
  int32_t loads = 0, allocations = 0, uploads = 0;
  std::vector<std::string> loaded;  // "cubin 90"
  std::vector<Launch> launches;

  std::mutex lock;
};

}  // namespace fakes

// The one there is, exported by the plugin.
extern "C" fakes::FakeDevice *plx_fake_device();

#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_DEVICE_H
