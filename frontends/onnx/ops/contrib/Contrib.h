// What com.microsoft's operators share: activations that are named by an attribute, and attention
// over heads.
#ifndef PLEXUS_FRONTENDS_ONNX_OPS_CONTRIB_CONTRIB_H
#define PLEXUS_FRONTENDS_ONNX_OPS_CONTRIB_CONTRIB_H

#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/Prepare.h"

namespace plx::onnxio {

/// The activation that the attribute `activation` names, none where it is absent. `parameters`:
/// its alpha and beta (or min and max), where given.
Value activated(NodeContext &c, Value x, llvm::ArrayRef<double> parameters);

/// [b, s, heads * h] to [b, heads, s, h] and back.
Value splitHeads(NodeContext &c, Value x, int64_t heads);
Value joinHeads(NodeContext &c, Value x);

/// The attribute num_heads, at least 1.
int64_t headsOf(NodeContext &c, llvm::StringRef name = "num_heads");

struct AttentionTerms {
  Value mask;                 // added to the scores; broadcasts to [b, n, s, t]; null: none
  std::optional<Dim> causal;  // offset: query i sees keys up to i + offset
};
/// q [b, n, s, h], k [b, n, t, h], v [b, n, t, e] -> [b, n, s, e]; scale is the attribute of that
/// name, 1 / sqrt(h) where it is 0 or absent.
Value attend(NodeContext &c, Value q, Value k, Value v, const AttentionTerms &terms);
Arg scaleOf(NodeContext &c, Value q);

/// com.microsoft's mask operand as a term of the scores [b, 1, 1 or s, t]: key lengths [b], ends
/// and starts [2 * b], or where keys take part, [b, t], [b, s, t] or [b, 1, max, max].
Value maskTerm(NodeContext &c, Value mask, Value q, Value k);

/// Rotates pairs of x [b, n, s, h]; cosines and sines [b or 1, s, r / 2], r <= h elements turn.
Value rotated(NodeContext &c, Value x, Value cosine, Value sine, bool interleaved);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_OPS_CONTRIB_CONTRIB_H
