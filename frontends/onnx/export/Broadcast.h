// Values that are repeated, told from what they are made of.
#ifndef PLEXUS_FRONTENDS_ONNX_EXPORT_BROADCAST_H
#define PLEXUS_FRONTENDS_ONNX_EXPORT_BROADCAST_H

#include "frontends/onnx/export/Exporter.h"

namespace plx::onnxio {

/// A value as ONNX's own broadcasting takes it: sizes of 1 along the axes it is repeated along.
struct Repeated {
  Value value;
  Value source;        // what is repeated, perhaps a constant of one value; null: nothing is
  Dims dims;           // of the source, aligned to the value's
  Ints along = {};     // axes of the value that are the source's
  Ints inserted = {};  // axes of size 1 to put between or after the source's own
};
Repeated repeatedOf(Value value);

/// The name of what is repeated, fit for broadcasting; of the value itself where nothing is.
Name unrepeated(Exporter &e, const Repeated &repeated);

/// The vector of these many elements that `value` is, perhaps with dims of size 1 around; else
/// null.
Value vectorOf(Value value, Dim size);

/// What is folded by `kind` along one axis and repeated along it again to give `value`; null where
/// it is not so.
struct FoldedRow {
  Value row;
  int64_t axis = -1;
};
FoldedRow foldedRowOf(Value value, llvm::StringRef kind);
/// The operand of a reshape; the value itself where it is of none.
Value reshapedFrom(Value value);

/// A constant's one value, as a scalar; null where it has several, or is none.
mlir::DenseElementsAttr splatOf(Value value);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_EXPORT_BROADCAST_H
