#include "tests/emulator/heap.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/device/device.h"
#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

constexpr uint64_t kDeviceBit = UINT64_C(1) << 62;
constexpr uint64_t kPage = 4096;
constexpr uint64_t kGap = UINT64_C(16) << 30;  // a 32-bit index of floats off the mark stays in it
constexpr size_t kMostViews = 64;              // 2 TiB of the 128 TiB of address space
constexpr uint64_t kFilled = UINT64_C(1) << 20;  // bytes; of larger ones the rest stays 0

uint64_t up(uint64_t bytes) { return (bytes + kPage - 1) & ~(kPage - 1); }

}  // namespace

Heap::Heap() : file_(memfd_create("plexus-emulator", MFD_CLOEXEC)), end_(kPage) {}

Heap::~Heap() {
  for (const View &view : views_) drop_view(view);
  if (file_ >= 0) close(file_);
}

plx_status Heap::allocate(uint64_t bytes, uint64_t *out_address, plx_error *out_error) {
  std::lock_guard lock(mutex_);
  uint64_t offset = end_;
  if (bytes > kDeviceBit || end_ + bytes > kDeviceBit ||
      ftruncate(file_, static_cast<off_t>(offset + up(bytes) + kPage)) != 0) {
    return fail(out_error, PLX_OUT_OF_MEMORY,
                text("cuda-emulated: no room for %llu bytes of device memory",
                     static_cast<unsigned long long>(bytes)));
  }
  end_ = offset + up(bytes) + kPage;
  allocations_[offset] = bytes;
  // Contents are undefined: NaNs, and indices that are far off, show who relies on them.
  std::vector<char> undefined(std::min(bytes, kFilled), '\xff');
  *out_address = kDeviceBit | offset;
  write(*out_address, undefined.data(), undefined.size());
  return succeed(out_error);
}

void Heap::release(uint64_t address) {
  std::lock_guard lock(mutex_);
  auto found = allocations_.find(address & ~kDeviceBit);
  if (found == allocations_.end()) return;
  fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(found->first),
            static_cast<off_t>(up(found->second) + kPage));
  allocations_.erase(found);
}

bool Heap::holds(uint64_t address, uint64_t bytes, std::string *out_why) {
  std::lock_guard lock(mutex_);
  auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  uint64_t offset = address & ~kDeviceBit;
  auto found = allocations_.upper_bound(offset);
  if (!(address & kDeviceBit) || found == allocations_.begin()) {
    *out_why = text("0x%llx is no address of the device", number(address));
    return false;
  }
  --found;
  uint64_t inside = offset - found->first;
  if (inside > found->second || bytes > found->second - inside) {
    *out_why = text(
        "%llu bytes at 0x%llx: the nearest allocation before has %llu bytes from 0x%llx",
        number(bytes), number(address), number(found->second), number(found->first | kDeviceBit));
    return false;
  }
  return true;
}

bool Heap::read(void *to, uint64_t address, uint64_t bytes) {
  for (uint64_t done = 0; done < bytes;) {
    ssize_t got = pread(file_, static_cast<char *>(to) + done, bytes - done,
                        static_cast<off_t>((address & ~kDeviceBit) + done));
    if (got <= 0) return false;
    done += static_cast<uint64_t>(got);
  }
  return true;
}

bool Heap::write(uint64_t address, const void *from, uint64_t bytes) {
  for (uint64_t done = 0; done < bytes;) {
    ssize_t put = pwrite(file_, static_cast<const char *>(from) + done, bytes - done,
                         static_cast<off_t>((address & ~kDeviceBit) + done));
    if (put <= 0) return false;
    done += static_cast<uint64_t>(put);
  }
  return true;
}

void Heap::drop_view(const View &view) {
  munmap(reinterpret_cast<void *>(view.base), view.bytes + 2 * kGap);
}

uintptr_t Heap::view(uint64_t address, uint64_t bytes) {
  uint64_t offset = address & ~kDeviceBit, first = offset & ~(kPage - 1);
  uint64_t length = up(offset + bytes) - first + (bytes == 0 ? kPage : 0);
  auto fits = [&](const View &v) { return !v.used && v.offset == first && v.bytes == length; };
  auto found = std::find_if(views_.begin(), views_.end(), fits);
  View view;
  if (found != views_.end()) {
    view = *found;
    views_.erase(found);
  } else {
    if (views_.size() >= kMostViews) {
      auto idle = std::find_if(views_.begin(), views_.end(), [](const View &v) { return !v.used; });
      if (idle != views_.end()) {
        drop_view(*idle);
        views_.erase(idle);
      }
    }
    void *room = mmap(nullptr, length + 2 * kGap, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) return 0;
    view = {first, length, reinterpret_cast<uintptr_t>(room), false};
    if (mmap(static_cast<char *>(room) + kGap, length, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_FIXED, file_, static_cast<off_t>(first)) == MAP_FAILED) {
      drop_view(view);
      return 0;
    }
  }
  view.used = true;
  views_.push_back(view);
  return view.base + kGap + (offset - first);
}

void Heap::release_views() {
  for (View &view : views_) view.used = false;
}

}  // namespace plx_emulator
