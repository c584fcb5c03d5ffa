// plexus zoo: architectures to be trained from nothing.
#include <cstdio>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Compiler.h"

namespace plx {

int zooCommand(const ZooCommand &options) {
  const Compiler &compiler = Compiler::get();
  if (options.name.empty()) {
    int32_t count = 0;
    const plexus_architecture *rows = compiler.architectures(&count);
    for (int32_t i = 0; i < count; ++i) printf("%s\n  %s\n", rows[i].name, rows[i].description);
    return 0;
  }
  char *message = nullptr;
  checkStatus(
      compiler.architectureWrite(options.name.c_str(), options.seed, options.out.c_str(), &message),
      message);
  return 0;
}

}  // namespace plx
