#include "compiler/memory/Peak.h"

#include "compiler/memory/Plan.h"

namespace plx {

std::optional<int64_t> plannedBytes(ProgramOp program,
                                    llvm::function_ref<std::optional<int64_t>(DimAtom)> valueOf) {
  int64_t top = program.getArenaBytes().value_or(0);
  llvm::DenseMap<int64_t, int64_t> ends;
  bool isKnown = true;
  program.walk([&](PlaceOp place) {
    int64_t offset = place.getBase();
    for (int64_t below : place.getBelow()) offset = std::max(offset, ends.lookup(below));
    std::optional<int64_t> bytes = roundedBytes(place.getDims(), place.getElementBytes(), valueOf);
    int64_t end = 0;
    isKnown = isKnown && bytes && !llvm::AddOverflow(offset, *bytes, end);
    ends[place.getSlot()] = end;
    top = std::max(top, end);
  });
  if (!isKnown) return std::nullopt;
  return top;
}

}  // namespace plx
