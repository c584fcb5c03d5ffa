// A CUDA driver for tests, under the driver's own name: libcuda.so.1. Memory is the host's, work is
// done at once, and calls fail on request. Tests open it before the runtime does; programs find it
// by LD_LIBRARY_PATH and are told by the environment: PLEXUS_FAKE_CUDA_VERSION, _INIT (what cuInit
// returns) and _DEVICES (how many there are).
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_CUDA_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_CUDA_H

#include <stdint.h>

#include <map>
#include <string>
#include <vector>

namespace fakes {

struct FakeCuda {
  // What a test sets.
  int version = 13000;
  int init = 0;  // what cuInit returns
  int devices = 2;
  int major = 9, minor = 0;
  uint64_t memory = UINT64_MAX;  // bytes of a device that can be allocated at a time
  std::string failing;           // the function that fails, with `result`
  int passing = 0;               // calls of it that pass before
  int result = 999;

  // What a test reads.
  std::vector<std::string> calls;       // names of functions, in order
  std::map<uint64_t, uint64_t> blocks;  // of device memory alive now: address, bytes
  uint64_t bytes = 0;                   // of them
  int contexts = 0, modules = 0, streams = 0, events = 0, pinned = 0;  // alive now
  std::vector<std::string> errors;                                     // wrong uses of the API
};

}  // namespace fakes

extern "C" fakes::FakeCuda *plx_fake_cuda();

#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_FAKE_CUDA_H
