// plexus ops: which ONNX operators models may use, from the compiler's own table.
#include <cstdio>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Compiler.h"

namespace plx {
namespace {

/// `text`, or what stands for nothing.
const char *orDash(const char *text) { return *text ? text : "-"; }

void printMarkdown(const plexus_operator *rows, int32_t count) {
  printf("| domain | operator | versions | types | how |\n|---|---|---|---|---|\n");
  for (int32_t i = 0; i < count; ++i)
    printf("| %s | %s | %s | %s | %s |\n", rows[i].domain, rows[i].name, rows[i].versions,
           orDash(rows[i].types), rows[i].way);
}

void print(const plexus_operator *rows, int32_t count) {
  for (int32_t i = 0; i < count; ++i)
    printf("%s %s\n  versions %s; %s\n  types    %s\n", rows[i].domain, rows[i].name,
           rows[i].versions, rows[i].way, orDash(rows[i].types));
  printf("%d operators\n", count);
}

}  // namespace

int opsCommand(const OpsOptions &options) {
  int32_t count = 0;
  const plexus_operator *rows = Compiler::get().operators(&count);
  if (options.markdown)
    printMarkdown(rows, count);
  else
    print(rows, count);
  return 0;
}

}  // namespace plx
