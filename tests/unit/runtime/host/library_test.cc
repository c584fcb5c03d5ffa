// The table of libplexus_host, and how calls find it.
// Covers: runtime/host/call.cc, runtime/core/host_forward.cc
#include <unistd.h>

#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

// Users' libraries are opened the same way.
TEST(Library, GivesItsFunctionsByPath) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  ASSERT_GT(length, 0);
  std::string self(path, static_cast<size_t>(length));
  std::string library = self.substr(0, self.find_last_of('/')) + "/../lib/libplexus_host.so";
  plx_error error;
  EXPECT_EQ(plx_open_host_functions(library.c_str(), &error), PLX_OK) << error.message;
  EXPECT_EQ(plx_has_host_function("host:string_concat"), 1);
}

}  // namespace
}  // namespace plx_test
