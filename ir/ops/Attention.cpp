#include "ir/ops/Attention.h"

#include <cmath>
#include <limits>

#include "ir/ops/Build.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Attention.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(attention, AttentionOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult AttentionOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// q [b.., s, d], k [b.., t, d], v [b.., t, e], mask [b.., s, t] -> [b.., s, e]

namespace {
struct Named {
  llvm::StringRef name;
  mlir::RankedTensorType type;
};

/// Dim `i` of `a` and `j` of `b` agree.
mlir::LogicalResult checkPair(std::optional<mlir::Location> location, Named a, int64_t i, Named b,
                              int64_t j) {
  if (mayAgree(dimOf(a.type, i), dimOf(b.type, j))) return mlir::success();  // attention.c3
  return mlir::emitOptionalError(location, "attention: `", a.name, "` has size ",
                                 dimOf(a.type, i).str(), " along dim ", i, ", `", b.name, "` has ",
                                 dimOf(b.type, j).str(), " along dim ", j, "; they must agree");
}
}  // namespace

mlir::LogicalResult AttentionOp::inferReturnTypes(mlir::MLIRContext *,
                                                  std::optional<mlir::Location> location,
                                                  Adaptor adaptor,
                                                  llvm::SmallVectorImpl<mlir::Type> &types) {
  auto typed = [](llvm::StringRef name, mlir::Value value) {
    return Named{name, mlir::cast<mlir::RankedTensorType>(value.getType())};
  };
  Named q = typed("q", adaptor.getQ()), k = typed("k", adaptor.getK()),
        v = typed("v", adaptor.getV());
  llvm::SmallVector<Named> all{q, k, v};
  if (adaptor.getMask()) all.push_back(typed("mask", adaptor.getMask()));
  int64_t rank = q.type.getRank();
  mlir::Type element = q.type.getElementType();
  for (Named each : all) {
    if (each.type.getElementType() != element || !mlir::isa<mlir::FloatType>(element))
      return mlir::emitOptionalError(location, "attention: `", each.name,  // attention.c1
                                     "` has element type ", each.type.getElementType(),
                                     ", `q` has ", element, "; expected one float type");
    if (each.type.getRank() != rank || rank < 2)  // attention.c2
      return mlir::emitOptionalError(location, "attention: `", each.name, "` has rank ",
                                     each.type.getRank(), ", `q` has rank ", rank,
                                     "; expected one rank >= 2");
    for (int64_t d = 0; d < rank - 2; ++d)
      if (failed(checkPair(location, q, d, each, d))) return mlir::failure();
  }
  if (failed(checkPair(location, q, rank - 1, k, rank - 1)) ||
      failed(checkPair(location, k, rank - 2, v, rank - 2)) ||
      (all.size() == 4 && (failed(checkPair(location, q, rank - 2, all[3], rank - 2)) ||
                           failed(checkPair(location, k, rank - 2, all[3], rank - 1)))))
    return mlir::failure();
  if (adaptor.getCausal() && adaptor.getCausal()->size() != 1)  // attention.c4
    return mlir::emitOptionalError(location, "attention: `causal` has ",
                                   adaptor.getCausal()->size(), " entries, expected 1");
  llvm::SmallVector<Dim> dims = dimsOf(q.type);
  dims.back() = dimOf(v.type, rank - 1);
  return inferTensor(location, "attention", element, dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// Rows of scores and of the result, for one coordinate of the dims in front.
struct AttentionRows {
  const eval::Tensor &q, &k, &v;
  const eval::Tensor *mask;
  int64_t s, t, d, e;  // sizes
  double scale;
  std::optional<int64_t> causal;

  bool takesPart(int64_t i, int64_t j) const { return !causal || j <= i + *causal; }
  double score(int64_t front, int64_t i, int64_t j) const {
    double sum = 0;
    for (int64_t c = 0; c < d; ++c)
      sum += q.floats()[(front * s + i) * d + c] * k.floats()[(front * t + j) * d + c];
    return sum * scale + (mask ? mask->floats()[(front * s + i) * t + j] : 0);
  }
  void row(int64_t front, int64_t i, eval::Tensor &result) const {
    llvm::SmallVector<double> weights(t, 0);
    double highest = -std::numeric_limits<double>::infinity(), total = 0;
    for (int64_t j = 0; j < t; ++j) {
      if (!takesPart(i, j)) continue;
      weights[j] = score(front, i, j);
      highest = weights[j] > highest || std::isnan(weights[j]) ? weights[j] : highest;
    }
    for (int64_t j = 0; j < t; ++j) {
      weights[j] = takesPart(i, j) ? std::exp(weights[j] - highest) : 0;
      total += weights[j];
    }
    for (int64_t c = 0; c < e; ++c) {
      double sum = 0;
      for (int64_t j = 0; j < t; ++j)
        if (takesPart(i, j)) sum += weights[j] * v.floats()[(front * t + j) * e + c];
      result.setFloat((front * s + i) * e + c, sum / total);
    }
  }
};

bool sameButLast(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b, size_t last) {
  return a.drop_back(last) == b.drop_back(last);
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> AttentionOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &q = operands[0].tensor(), &k = operands[1].tensor(),
                     &v = operands[2].tensor();
  const eval::Tensor *mask = getMask() ? &operands[3].tensor() : nullptr;
  AttentionRows rows{q,
                     k,
                     v,
                     mask,
                     q.shape().drop_back().back(),
                     k.shape().drop_back().back(),
                     q.shape().back(),
                     v.shape().back(),
                     getScale().convertToDouble(),
                     {}};
  if (!sameButLast(q.shape(), k.shape(), 2) || !sameButLast(k.shape(), v.shape(), 1) ||
      k.shape().back() != rows.d ||
      (mask && (!sameButLast(q.shape(), mask->shape(), 1) || mask->shape().back() != rows.t)))
    return scope.fail(*this,
                      "shapes of q [b.., s, d], k [b.., t, d], v [b.., t, e], mask [b.., "
                      "s, t] do not agree");
  if (getCausal()) {
    mlir::FailureOr<int64_t> offset = scope.valueOf((*getCausal())[0], *this);
    if (failed(offset)) return mlir::failure();
    rows.causal = *offset;
  }
  llvm::SmallVector<int64_t> shape(q.shape());
  shape.back() = rows.e;
  eval::Tensor result(q.elementType(), shape);
  int64_t fronts = 1;
  for (int64_t size : q.shape().drop_back(2)) fronts *= size;
  for (int64_t front = 0; front < fronts; ++front)
    for (int64_t i = 0; i < rows.s; ++i) rows.row(front, i, result);
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult AttentionOp::differentiate(Cotangents &ct) {
  return ct.replaceBy(decompose(ct.builder()));
}

// ---- Check sizes --------------------------------------------------------------------------------

void AttentionOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  mlir::Type q = getQ().getType(), k = getK().getType(), v = getV().getType();
  int64_t rank = mlir::cast<mlir::RankedTensorType>(q).getRank();
  auto pair = [&](mlir::Type a, int64_t i, mlir::Type b, int64_t j) {
    checks.push_back(SizeCheck::equal(dimOf(a, i), dimOf(b, j), i));
  };
  for (mlir::Value other : getOperands().drop_front())
    for (int64_t d = 0; d < rank - 2; ++d) pair(other.getType(), d, q, d);
  pair(k, rank - 1, q, rank - 1);
  pair(v, rank - 2, k, rank - 2);
  if (!getMask()) return;
  pair(getMask().getType(), rank - 2, q, rank - 2);
  pair(getMask().getType(), rank - 1, k, rank - 2);
}

// ---- Iterate ------------------------------------------------------------------------------------
// Three folds over t, each of the scores anew: the max, the sum of exponentials, the weighted sum
// of v. A schedule that knows attention keeps a running max and sum instead; any other runs this
// nest.

Nature AttentionOp::nature() { return Nature::Contraction; }

mlir::Value AttentionOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::RankedTensorType q = b.operandType(0), k = b.operandType(1);
  int64_t rank = q.getRank();
  mlir::Type element = q.getElementType(), wide = accumulatorType(FoldKind::Sum, element);
  Dim i = indices[rank - 2], e = indices[rank - 1], t = dimOf(k, rank - 2), s = dimOf(q, rank - 2);
  auto load = [&](unsigned operand, Dim row, Dim column) {
    llvm::SmallVector<Dim> at(indices);
    at[rank - 2] = row;
    at[rank - 1] = column;
    mlir::Value value = b.operand(operand, at);
    return !value || element == wide ? value : b.convert(value, wide);
  };
  auto where = [&](Dim j, llvm::function_ref<mlir::Value()> body, double otherwise) {
    if (!getCausal()) return body();
    Dim offset = (*getCausal())[0];
    return b.inside({{i + offset - j, s + max(offset, 0)}}, body,
                    [&] { return b.constant(otherwise, wide); });
  };
  auto score = [&](Dim j) {
    mlir::Value dot = b.fold(FoldKind::Sum, {dimOf(q, rank - 1)}, [&](llvm::ArrayRef<Dim> c) {
      return b.apply(ScalarFn::mul_, {load(0, i, c[0]), load(1, j, c[0])});
    });
    mlir::Value scale = b.constant(getScale().convertToDouble(), wide);
    mlir::Value scaled = b.apply(ScalarFn::mul_, {dot, scale});
    return getMask() ? b.apply(ScalarFn::add_, {scaled, load(3, i, j)}) : scaled;
  };
  mlir::Value highest = b.fold(FoldKind::Max, {t}, [&](llvm::ArrayRef<Dim> j) {
    return where(j[0], [&] { return score(j[0]); }, -std::numeric_limits<double>::infinity());
  });
  auto weight = [&](Dim j) {
    return b.apply(ScalarFn::exp_, {b.apply(ScalarFn::sub_, {score(j), highest})});
  };
  mlir::Value total = b.fold(FoldKind::Sum, {t}, [&](llvm::ArrayRef<Dim> j) {
    return where(j[0], [&] { return weight(j[0]); }, 0);
  });
  mlir::Value sum = b.fold(FoldKind::Sum, {t}, [&](llvm::ArrayRef<Dim> j) {
    return where(
        j[0], [&] { return b.apply(ScalarFn::mul_, {weight(j[0]), load(2, j[0], e)}); }, 0);
  });
  mlir::Value result = b.apply(ScalarFn::div_, {sum, total});
  return element == wide ? result : b.convert(result, element);
}

// ---- Decompose ----------------------------------------------------------------------------------

namespace {
/// The scores of [.., s, t] where j <= i + offset, else -inf.
mlir::Value maskCausal(mlir::OpBuilder &b, mlir::Location loc, mlir::Value scores, Dim offset) {
  auto type = mlir::cast<mlir::RankedTensorType>(scores.getType());
  llvm::SmallVector<Dim> dims = dimsOf(type);
  mlir::Type i64 = b.getI64Type();
  mlir::Value i = build::iota(b, loc, type.getRank() - 2, i64, dims);
  mlir::Value j = build::iota(b, loc, type.getRank() - 1, i64, dims);
  mlir::Value last =
      build::broadcasting(b, loc, ScalarFn::add_, {i, build::dimValue(b, loc, offset)});
  mlir::Value none =
      build::splat(b, loc, -std::numeric_limits<double>::infinity(), type.getElementType(), dims);
  return build::pointwise(b, loc, ScalarFn::select_,
                          {build::pointwise(b, loc, ScalarFn::le_, {j, last}), scores, none});
}

/// Folds the last dim and repeats the result along it.
mlir::Value foldRows(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef kind, mlir::Value x) {
  auto type = mlir::cast<mlir::RankedTensorType>(x.getType());
  int64_t last = type.getRank() - 1;
  mlir::Value folded = ReduceOp::create(b, loc, kind, x, llvm::ArrayRef<int64_t>{last});
  return build::broadcastAlong(b, loc, folded, llvm::to_vector(llvm::seq<int64_t>(0, last)),
                               dimsOf(type));
}
}  // namespace

mlir::Value AttentionOp::decompose(mlir::OpBuilder &b) {
  mlir::Location loc = getLoc();
  mlir::RankedTensorType type = getQ().getType();
  mlir::Type element = type.getElementType(), wide = accumulatorType(FoldKind::Sum, element);
  int64_t rank = type.getRank();
  llvm::SmallVector<int64_t> batch = llvm::to_vector(llvm::seq<int64_t>(0, rank - 2));
  auto widen = [&](mlir::Value x) { return build::cast(b, loc, x, wide); };
  auto dot = [&](mlir::Value x, mlir::Value y, int64_t xAxis, int64_t yAxis) -> mlir::Value {
    return DotGeneralOp::create(b, loc, x, y, batch, batch, llvm::ArrayRef<int64_t>{xAxis},
                                llvm::ArrayRef<int64_t>{yAxis});
  };
  mlir::Value scores = dot(widen(getQ()), widen(getK()), rank - 1, rank - 1);
  llvm::SmallVector<Dim> dims = dimsOf(scores.getType());
  mlir::Value scale = build::splat(b, loc, getScale().convertToDouble(), wide, dims);
  scores = build::pointwise(b, loc, ScalarFn::mul_, {scores, scale});
  if (getMask()) {
    mlir::Value mask = build::rebind(b, loc, widen(getMask()), dims);
    scores = build::pointwise(b, loc, ScalarFn::add_, {scores, mask});
  }
  if (getCausal()) scores = maskCausal(b, loc, scores, (*getCausal())[0]);
  mlir::Value weights = build::pointwise(
      b, loc, ScalarFn::exp_,
      {build::pointwise(b, loc, ScalarFn::sub_, {scores, foldRows(b, loc, "max", scores)})});
  mlir::Value shares =
      build::pointwise(b, loc, ScalarFn::div_, {weights, foldRows(b, loc, "sum", weights)});
  return build::cast(b, loc, dot(shares, widen(getV()), rank - 1, rank - 2), element);
}

}  // namespace plx
