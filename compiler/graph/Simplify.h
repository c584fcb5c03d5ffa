// The rules of plx-simplify, by what they look at. A rule of one op alone is that op's own fold.
#ifndef PLEXUS_COMPILER_GRAPH_SIMPLIFY_H
#define PLEXUS_COMPILER_GRAPH_SIMPLIFY_H

#include "mlir/IR/PatternMatch.h"

namespace plx {

/// Neutral elements, powers, exact reciprocals, chains of casts.
void addPointwiseRules(mlir::RewritePatternSet &rules);
/// Views of views, slices of what was put together, pads of pads, gathers at constants.
void addViewRules(mlir::RewritePatternSet &rules);
/// Scales after a convolution or a product go into its weights.
void addScaleRules(mlir::RewritePatternSet &rules);

/// The one element of a constant all of whose elements are equal, also behind broadcasts, reshapes
/// and transposes; null if `value` is none.
mlir::Attribute uniformElement(mlir::Value value);

}  // namespace plx

#endif  // PLEXUS_COMPILER_GRAPH_SIMPLIFY_H
