// Support vector machines of ai.onnx.ml.
#include "frontends/onnx/Branch.h"
#include "frontends/onnx/ops/ml/Score.h"

namespace plx::onnxio {
namespace {

// Kernel of each row with each support vector: [n, v]. kernel_params: gamma, coef0, degree.
Value kernels(NodeContext &c, Value x, Value vectors) {
  auto params = c.floatsOf("kernel_params");
  params.resize(3, 0);
  std::string kind = c.stringOf("kernel_type", "LINEAR");
  if (kind == "RBF") {
    // |x - v|^2 = |x|^2 - 2 x.v + |v|^2
    Value xx = c.reduce("sum", c.mul_(x, x), {1}, true),
          vv = c.reduce("sum", c.mul_(vectors, vectors), {1});
    Value distance = c.add_(c.sub_(xx, c.mul_(c.dot(x, vectors, {}, {}, {1}, {1}), 2)), vv);
    return c.exp_(c.mul_(c.max_(distance, 0), -params[0]));
  }
  Value product = c.dot(x, vectors, {}, {}, {1}, {1});
  if (kind == "LINEAR") return product;
  Value moved = c.add_(c.mul_(product, params[0]), params[1]);
  if (kind == "POLY") return c.pow_(moved, params[2]);
  if (kind == "SIGMOID") return c.tanh_(moved);
  invalid("kernel_type is '" + kind + "'");
}

void svmRegressor(NodeContext &c) {
  Value x = f32Rows(c), sum;
  auto coefficients = c.floatsOf("coefficients"), support = c.floatsOf("support_vectors"),
       rho = c.floatsOf("rho");
  int64_t count = c.intOf("n_supports", 0);
  if (count > 0) {
    if (support.size() % count != 0 || static_cast<int64_t>(coefficients.size()) != count)
      invalid("support_vectors or coefficients do not fit n_supports " + llvm::Twine(count));
    int64_t width = support.size() / count;
    Value k = kernels(c, x, numbers(c, "support_vectors", support, c.f32(), {count, width}));
    sum = c.dot(k, numbers(c, "coefficients", coefficients, c.f32(), {count}), {}, {}, {1}, {0});
  } else {
    sum = c.dot(x,
                numbers(c, "coefficients", coefficients, c.f32(),
                        {static_cast<int64_t>(coefficients.size())}),
                {}, {}, {1}, {0});
  }
  if (!rho.empty()) sum = c.add_(sum, rho[0]);
  if (c.intOf("one_class", 0) != 0) sum = c.select_(c.gt_(sum, 0), c.scalar(1, c.f32()), -1);
  c.out(c.expandDims(sum, {1}));
}
PLX_ONNX_OP("ai.onnx.ml", SVMRegressor, 1, svmRegressor);

// The decisions of all pairs of classes (i, j), i < j, in one product [n, v] x [v, pairs]; a
// positive one is a vote for i.
struct Decisions {
  int64_t classes, pairs;
  Value values, votes;  // [n, pairs], [n, classes]
};

Decisions decisionsOf(NodeContext &c, Value x) {
  Ints perClass = c.intsOf("vectors_per_class"), first;
  auto coefficients = c.floatsOf("coefficients"), support = c.floatsOf("support_vectors"),
       rho = c.floatsOf("rho");
  int64_t classes = perClass.size(), count = 0;
  for (int64_t n : perClass) {
    if (n < 0 || n > INT32_MAX) invalid("vectors_per_class has the entry " + llvm::Twine(n));
    first.push_back(count);
    count += n;
  }
  if (classes < 2 || count < 1 || support.size() % count != 0 ||
      static_cast<int64_t>(coefficients.size()) != count * (classes - 1) ||
      static_cast<int64_t>(rho.size()) != classes * (classes - 1) / 2)
    invalid("support_vectors, coefficients or rho do not fit vectors_per_class");
  int64_t width = support.size() / count, pairs = rho.size();
  Value k = kernels(c, x, numbers(c, "support_vectors", support, c.f32(), {count, width}));
  llvm::SmallVector<double> matrix(count * pairs, 0);
  llvm::SmallVector<double> votesIfPositive(pairs * classes, 0), votesIfNot(pairs * classes, 0);
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      for (int64_t v = first[i]; v < first[i] + perClass[i]; ++v)
        matrix[v * pairs + pair] = coefficients[(j - 1) * count + v];
      for (int64_t v = first[j]; v < first[j] + perClass[j]; ++v)
        matrix[v * pairs + pair] = coefficients[i * count + v];
      votesIfPositive[pair * classes + i] = 1;
      votesIfNot[pair * classes + j] = 1;
    }
  Value values =
      c.add_(c.dot(k, numbers(c, "pairs", matrix, c.f32(), {count, pairs}), {}, {}, {1}, {0}),
             numbers(c, "rho", rho, c.f32(), {pairs}));
  Value positive = c.cast(c.gt_(values, 0), c.f32());
  Value votes =
      c.add_(c.dot(positive, numbers(c, "votes", votesIfPositive, c.f32(), {pairs, classes}), {},
                   {}, {1}, {0}),
             c.dot(c.sub_(1, positive), numbers(c, "others", votesIfNot, c.f32(), {pairs, classes}),
                   {}, {}, {1}, {0}));
  return {classes, pairs, values, votes};
}

// ---- probabilities of classes from those of pairs
// Wu, Lin and Weng, Probability estimates for multi-class classification by pairwise coupling
// (2004), the second method, as libsvm has it: p minimises sum of (r[j,i] p[i] - r[i,j] p[j])^2.

// r [n, k, k]: the probability of i against j by a logistic function of the decision; 0 on the
// diagonal.
Value pairProbabilities(NodeContext &c, const Decisions &d) {
  auto a = c.floatsOf("prob_a"), b = c.floatsOf("prob_b");
  if (static_cast<int64_t>(a.size()) != d.pairs || static_cast<int64_t>(b.size()) != d.pairs)
    invalid("prob_a and prob_b have " + llvm::Twine(a.size()) + " and " + llvm::Twine(b.size()) +
            " entries for " + llvm::Twine(d.pairs) + " pairs of classes");
  Value logit = c.add_(c.mul_(d.values, numbers(c, "prob_a", a, c.f32(), {d.pairs})),
                       numbers(c, "prob_b", b, c.f32(), {d.pairs}));
  Value first = c.clamp(c.sub_(1, c.sigmoid_(logit)), 1e-7f, 1 - 1e-7f);
  Value zero = c.mul_(c.sliceAxis(first, 1, 0, 1), 0);
  llvm::SmallVector<Values> entries(d.classes, Values(d.classes, zero));
  int64_t pair = 0;
  for (int64_t i = 0; i < d.classes; ++i)
    for (int64_t j = i + 1; j < d.classes; ++j, ++pair) {
      entries[i][j] = c.sliceAxis(first, 1, pair, 1);
      entries[j][i] = c.sub_(1, entries[i][j]);
    }
  Values all;
  for (const Values &row : entries) llvm::append_range(all, row);
  Value joined = c.concat(1, all);
  return c.reshape(joined, {c.dim(joined, 0), c.k(d.classes), c.k(d.classes)});
}

// One round over all classes: q [n, k, k], p [n, k] -> p, and whether p is not yet there, for each
// row. Rows that are there stay.
std::pair<Value, Value> coupled(NodeContext &c, Value q, Value p, int64_t classes) {
  auto at = [&](Value x, int64_t t) { return c.sliceAxis(x, 1, t, 1); };  // [n, 1]
  Value before = p, qp = c.dot(q, p, {0}, {0}, {2}, {1});
  Value pqp = c.reduce("sum", c.mul_(p, qp), {1}, true);
  Value error = c.reduce("max", c.abs_(c.sub_(qp, pqp)), {1}, true);
  Value isOpen = c.ge_(error, 0.005 / static_cast<double>(classes));
  for (int64_t t = 0; t < classes; ++t) {
    Value row = c.squeeze(c.sliceAxis(q, 1, t, 1), {1}), qtt = at(row, t);
    Value change = c.div_(c.sub_(pqp, at(qp, t)), qtt), scale = c.add_(change, 1);
    Value grown = c.add_(pqp, c.mul_(change, c.add_(c.mul_(change, qtt), c.mul_(at(qp, t), 2))));
    pqp = c.div_(c.div_(grown, scale), scale);
    qp = c.div_(c.add_(qp, c.mul_(change, row)), scale);
    Value isClass = c.eq_(c.iota(0, c.i64(), {c.k(classes)}), static_cast<double>(t));
    p = c.div_(c.select_(isClass, c.add_(p, change), p), scale);
  }
  return {c.select_(isOpen, p, before), isOpen};
}

Value probabilities(NodeContext &c, const Decisions &d) {
  constexpr int64_t kMostRounds = 100;
  Value r = pairProbabilities(c, d), turned = c.transpose(r, {0, 2, 1});
  Dims dims = Emit::dims(r);
  Value row = c.iota(1, c.i64(), dims), column = c.iota(2, c.i64(), dims);
  Value squares = c.reduce("sum", c.mul_(r, r), {1});  // of r[j,i] over j, for each i
  Value q = c.select_(c.eq_(row, column), c.expandDims(squares, {2}), c.neg_(c.mul_(turned, r)));
  Value p = c.splat(1.0 / static_cast<double>(d.classes), c.f32(), {dims[0], dims[1]});
  auto region = std::make_unique<mlir::Region>();
  {
    mlir::OpBuilder::InsertionGuard guard(c.builder());
    mlir::Block *body = c.builder().createBlock(region.get());
    body->addArgument(tensorType(c.i64(), {}), c.loc());
    body->addArgument(tensorType(c.i1(), {}), c.loc());
    auto [next, isOpen] = coupled(c, q, body->addArgument(p.getType(), c.loc()), d.classes);
    yield(c, *region, {c.reduce("or", isOpen, {0, 1}), next});
  }
  llvm::SmallVector<std::unique_ptr<mlir::Region>> regions;
  regions.push_back(std::move(region));
  Values operands{c.scalarInt(kMostRounds, c.i64()), c.scalarInt(1, c.i1()), p};
  return c.regionsOp("plx.loop", operands, {}, regions, {p.getType()})[0];
}

// Without support vectors: `coefficients` are support vectors themselves, one a class, and the
// largest score decides; of two classes, as ONNX's reference and onnxruntime have it, the second
// one where it is above a threshold.
void linearSvmClassifier(NodeContext &c, Value x, Value labels) {
  int64_t classes = *c.dim(labels, 0).constant();
  auto coefficients = c.floatsOf("coefficients"), rho = c.floatsOf("rho");
  if (classes < 1 || coefficients.empty() || coefficients.size() % classes != 0 || rho.empty())
    invalid("coefficients has " + llvm::Twine(coefficients.size()) + " entries and rho " +
            llvm::Twine(rho.size()) + " for " + llvm::Twine(classes) + " classes");
  int64_t width = static_cast<int64_t>(coefficients.size()) / classes;
  Value w = numbers(c, "coefficients", coefficients, c.f32(), {classes, width});
  Value scores = c.add_(kernels(c, x, w), rho[0]), label = c.argReduce("max", scores, 1);
  if (classes == 2) {
    bool allPositive = llvm::all_of(coefficients, [](double weight) { return weight >= 0; });
    Value largest = c.reduce("max", scores, {1});
    Value isSecond = allPositive ? c.ge_(largest, 0.5) : c.gt_(largest, 0);
    label = c.select_(isSecond, 1, label);
  }
  c.out(0, c.take(labels, label, 0));
  c.out(1, postTransformed(c, scores));
}

// One against one, as libsvm. The label is the class with most votes, the scores are probabilities
// where the model has them, else the decisions (of two classes: one a class).
void svmClassifier(NodeContext &c) {
  Value x = f32Rows(c), labels = classLabels(c, "classlabels_ints", "classlabels_strings");
  if (c.intsOf("vectors_per_class").empty()) return linearSvmClassifier(c, x, labels);
  Decisions d = decisionsOf(c, x);
  c.out(0, c.take(labels, c.argReduce("max", d.votes, 1), 0));
  if (!c.floatsOf("prob_a").empty()) return c.out(1, postTransformed(c, probabilities(c, d)));
  if (d.classes > 2) return c.out(1, postTransformed(c, d.values));
  std::string transform = c.stringOf("post_transform", "NONE");
  if (transform != "NONE" && transform != "LOGISTIC")
    unsupported("SVMClassifier of two classes without probabilities, and post_transform '" +
                transform + "'");
  c.out(1, postTransformed(c, c.concat(1, {c.neg_(d.values), d.values})));
}
PLX_ONNX_OP("ai.onnx.ml", SVMClassifier, 1, svmClassifier);

}  // namespace
}  // namespace plx::onnxio
