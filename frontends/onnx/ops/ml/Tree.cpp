// Tree ensembles. All trees of all rows step down together: at each step a gather reads the
// features, thresholds and children of the nodes that are reached; there are as many steps as the
// deepest tree has levels. Leaves lead to themselves.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/ops/ml/Score.h"

namespace plx::onnxio {
namespace {

enum Mode : int64_t { kLessEqual, kLess, kGreaterEqual, kGreater, kEqual, kNotEqual };
constexpr int64_t kMaxDepth = 512;        // steps are unrolled
constexpr int64_t kMaxWeights = 1 << 28;  // nodes x targets

struct Node {
  int64_t feature = 0, whenTrue = 0, whenFalse = 0, mode = kLessEqual;
  double threshold = 0;
  bool missingIsTrue = false, isLeaf = false;
};
struct LeafWeight {
  int64_t node, target;
  double weight;
};
struct Forest {
  std::vector<Node> nodes;
  std::vector<int64_t> roots;
  std::vector<LeafWeight> weights;
  int64_t numTargets = 1;
};

int64_t modeNamed(llvm::StringRef name) {
  if (name == "BRANCH_LEQ") return kLessEqual;
  if (name == "BRANCH_LT") return kLess;
  if (name == "BRANCH_GTE") return kGreaterEqual;
  if (name == "BRANCH_GT") return kGreater;
  if (name == "BRANCH_EQ") return kEqual;
  if (name == "BRANCH_NEQ") return kNotEqual;
  unsupported("node mode '" + name + "'");
}

// Levels below the roots; refuses cycles and nodes with two parents on one path by bounding the
// depth.
int64_t depthOf(const Forest &forest) {
  std::vector<int64_t> level = forest.roots;
  int64_t visited = 0;
  for (int64_t depth = 0;; ++depth) {
    std::vector<int64_t> next;
    for (int64_t i : level) {
      const Node &node = forest.nodes[i];
      if (node.isLeaf) continue;
      next.push_back(node.whenTrue);
      next.push_back(node.whenFalse);
    }
    if (next.empty()) return depth;
    visited += next.size();
    if (depth >= kMaxDepth || visited > 64 * static_cast<int64_t>(forest.nodes.size()) + 1024)
      invalid("a tree goes round in a circle, or has more than " + llvm::Twine(kMaxDepth) +
              " levels");
    level = std::move(next);
  }
}

void checkNodes(const Forest &forest) {
  int64_t count = forest.nodes.size();
  if (count == 0 || forest.roots.empty()) invalid("there are no trees");
  for (const Node &node : forest.nodes) {
    if (node.feature < 0) invalid("a node has the feature " + llvm::Twine(node.feature));
    if (node.whenTrue < 0 || node.whenTrue >= count || node.whenFalse < 0 ||
        node.whenFalse >= count)
      invalid("a node has a child that does not exist");
  }
  for (const LeafWeight &w : forest.weights)
    if (w.node < 0 || w.node >= count || w.target < 0 || w.target >= forest.numTargets)
      invalid("a weight is of a node or target that does not exist");
  if (count > kMaxWeights / forest.numTargets)
    unsupported("the trees have too many nodes times targets");
}

// The leaf that each tree reaches, [n, trees].
Value leaves(NodeContext &c, const Forest &forest, Value x) {
  int64_t count = forest.nodes.size(), trees = forest.roots.size();
  Ints features, yes, no, modes, missing;
  llvm::SmallVector<double> thresholds;
  int64_t usedModes = 0;
  bool anyMissing = false;
  for (const Node &node : forest.nodes) {
    features.push_back(node.feature);
    yes.push_back(node.whenTrue);
    no.push_back(node.whenFalse);
    modes.push_back(node.mode);
    missing.push_back(node.missingIsTrue);
    thresholds.push_back(node.threshold);
    if (!node.isLeaf) usedModes |= int64_t(1) << node.mode;
    anyMissing |= node.missingIsTrue;
  }
  Value feature = integers(c, "features", features, {count}),
        whenTrue = integers(c, "true", yes, {count});
  Value whenFalse = integers(c, "false", no, {count});
  Value threshold = numbers(c, "thresholds", thresholds, Emit::elem(x), {count});
  Value mode = llvm::popcount(static_cast<uint64_t>(usedModes)) > 1
                   ? integers(c, "modes", modes, {count})
                   : Value();
  Value tracks = anyMissing ? integers(c, "missing", missing, {count}) : Value();
  Dims plane{c.dim(x, 0), c.k(trees)};
  Value at = c.broadcastTo(integers(c, "roots", forest.roots, {trees}), plane);
  Value row = c.iota(0, c.i64(), plane);
  const ScalarFn compare[] = {ScalarFn::le_, ScalarFn::lt_, ScalarFn::ge_,
                              ScalarFn::gt_, ScalarFn::eq_, ScalarFn::ne_};
  for (int64_t depth = depthOf(forest); depth > 0; --depth) {
    Value value = c.gather(x, {row, c.take(feature, at, 0)}, {0, 1}, 0);
    Value limit = c.take(threshold, at, 0), holds;
    for (int64_t m = 0; m < 6; ++m) {
      if (!(usedModes >> m & 1)) continue;
      Value here = c.fn(compare[m], {value, limit});
      holds =
          holds ? c.select_(c.eq_(c.take(mode, at, 0), static_cast<double>(m)), here, holds) : here;
    }
    if (tracks) holds = c.or_(holds, c.and_(c.ne_(value, value), c.ne_(c.take(tracks, at, 0), 0)));
    at = c.select_(holds, c.take(whenTrue, at, 0), c.take(whenFalse, at, 0));
  }
  return at;
}

// [n, targets]: what the leaves give, folded over trees.
Value scoresOf(NodeContext &c, const Forest &forest, Value x, const std::string &aggregate) {
  checkNodes(forest);
  if (auto width = c.dim(x, 1).constant())
    for (const Node &node : forest.nodes)
      if (!node.isLeaf && node.feature >= *width)
        invalid("a node asks for feature " + llvm::Twine(node.feature) + " of " +
                llvm::Twine(*width));
  bool extreme = aggregate == "MIN" || aggregate == "MAX";
  double none = aggregate == "MIN" ? INFINITY : aggregate == "MAX" ? -INFINITY : 0;
  int64_t count = forest.nodes.size();
  llvm::SmallVector<double> table(count * forest.numTargets, none);
  for (const LeafWeight &w : forest.weights) {
    double &cell = table[w.node * forest.numTargets + w.target];
    cell = extreme ? w.weight : cell + w.weight;
  }
  Value weights = numbers(c, "weights", table, Emit::elem(x), {count, forest.numTargets});
  Value given = c.take(weights, leaves(c, forest, x), 0);  // [n, trees, targets]
  Value folded = c.reduce(aggregate == "MIN"   ? "min"
                          : aggregate == "MAX" ? "max"
                                               : "sum",
                          given, {1});
  if (extreme) folded = c.select_(c.lt_(c.abs_(folded), INFINITY), folded, 0);
  if (aggregate == "AVERAGE") folded = c.div_(folded, static_cast<double>(forest.roots.size()));
  return folded;
}

Value rowsOf(NodeContext &c) {
  Value x = c.in(0);
  if (Emit::rank(x) == 1) x = c.expandDims(x, {0});
  if (Emit::rank(x) != 2)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 2");
  return Emit::elem(x).isF64() ? x : c.cast(x, c.f32());
}

// ---- versions 1 and 3: nodes are named by (tree, node)
// ---------------------------------------------------------------

llvm::SmallVector<double> floatsOrTensor(NodeContext &c, const std::string &name) {
  if (const auto *tensor = c.find(name + "_as_tensor")) {
    Value value = c.graph.tensorValue(c, tensor->t(), name);
    if (auto known = c.knownFloats(value)) return *known;
    unsupported("attribute `" + name + "_as_tensor` is too large");
  }
  return c.floatsOf(name);
}

Forest namedForest(NodeContext &c, const std::string &kind) {
  Ints trees = c.intsOf("nodes_treeids"), ids = c.intsOf("nodes_nodeids"),
       features = c.intsOf("nodes_featureids");
  Ints yes = c.intsOf("nodes_truenodeids"), no = c.intsOf("nodes_falsenodeids");
  Ints missing = c.intsOf("nodes_missing_value_tracks_true");
  std::vector<std::string> modes = c.stringsOf("nodes_modes");
  auto values = floatsOrTensor(c, "nodes_values");
  size_t count = ids.size();
  if (trees.size() != count || features.size() != count || yes.size() != count ||
      no.size() != count || modes.size() != count || values.size() != count ||
      (!missing.empty() && missing.size() != count))
    invalid("the attributes of nodes differ in length");
  Forest forest;
  std::map<std::pair<int64_t, int64_t>, int64_t> places;
  for (size_t i = 0; i < count; ++i) {
    if (!places.try_emplace({trees[i], ids[i]}, i).second)
      invalid("node " + llvm::Twine(ids[i]) + " of tree " + llvm::Twine(trees[i]) +
              " is there twice");
    if (i == 0 || trees[i] != trees[i - 1]) forest.roots.push_back(i);
  }
  auto placeOf = [&](int64_t tree, int64_t id) {
    auto place = places.find({tree, id});
    if (place == places.end())
      invalid("tree " + llvm::Twine(tree) + " has no node " + llvm::Twine(id));
    return place->second;
  };
  for (size_t i = 0; i < count; ++i) {
    Node node;
    node.isLeaf = modes[i] == "LEAF";
    node.feature = node.isLeaf ? 0 : features[i];
    node.threshold = values[i];
    node.mode = node.isLeaf ? int64_t(kLessEqual) : modeNamed(modes[i]);
    node.missingIsTrue = !missing.empty() && missing[i] != 0 && !node.isLeaf;
    node.whenTrue = node.isLeaf ? i : placeOf(trees[i], yes[i]);
    node.whenFalse = node.isLeaf ? i : placeOf(trees[i], no[i]);
    forest.nodes.push_back(node);
  }
  Ints wTrees = c.intsOf(kind + "_treeids"), wNodes = c.intsOf(kind + "_nodeids"),
       targets = c.intsOf(kind + "_ids");
  auto weights = floatsOrTensor(c, kind + "_weights");
  if (wTrees.size() != targets.size() || wNodes.size() != targets.size() ||
      weights.size() != targets.size())
    invalid("the attributes of weights differ in length");
  for (size_t i = 0; i < targets.size(); ++i)
    forest.weights.push_back({placeOf(wTrees[i], wNodes[i]), targets[i], weights[i]});
  return forest;
}

Value withBase(NodeContext &c, Value scores) {
  auto base = floatsOrTensor(c, "base_values");
  if (base.empty()) return scores;
  return c.add_(scores,
                numbers(c, "base", base, Emit::elem(scores), {static_cast<int64_t>(base.size())}));
}

void regressor(NodeContext &c) {
  Forest forest = namedForest(c, "target");
  forest.numTargets = c.intOf("n_targets", 1);
  if (forest.numTargets < 1 || forest.numTargets > INT32_MAX)
    invalid("n_targets is " + llvm::Twine(forest.numTargets));
  Value scores =
      withBase(c, scoresOf(c, forest, rowsOf(c), c.stringOf("aggregate_function", "SUM")));
  c.out(c.cast(postTransformed(c, scores), c.f32()));
}
PLX_ONNX_OP("ai.onnx.ml", TreeEnsembleRegressor, 1, regressor);

// Two labels, but weights of one class only: its score decides, and the other class's score is what
// is left.
void binaryClassifier(NodeContext &c, const Forest &forest, Value score, Value labels) {
  bool allPositive =
      llvm::all_of(forest.weights, [](const LeafWeight &w) { return w.weight >= 0; });
  Value flat = c.squeeze(score, {1});
  Value isPositive = c.gt_(flat, allPositive ? 0.5 : 0);
  c.out(0, c.take(labels, c.cast(isPositive, c.i64()), 0));
  std::string transform = c.stringOf("post_transform", "NONE");
  if (transform == "PROBIT") return c.out(1, c.cast(postTransformed(c, score), c.f32()));
  Value other = allPositive ? c.sub_(1, score) : c.neg_(score);
  Value both = c.concat(1, {other, score});
  if (!allPositive && transform == "LOGISTIC") both = c.sigmoid_(both);
  c.out(1, c.cast(both, c.f32()));
}

void classifier(NodeContext &c) {
  Forest forest = namedForest(c, "class");
  Value labels = classLabels(c, "classlabels_int64s", "classlabels_strings");
  int64_t classes = *c.dim(labels, 0).constant();
  std::map<int64_t, bool> ids;
  for (const LeafWeight &w : forest.weights) ids[w.target] = true;
  Value x = rowsOf(c);
  if (classes == 2 && ids.size() == 1) {
    for (LeafWeight &w : forest.weights) w.target = 0;
    return binaryClassifier(c, forest, withBase(c, scoresOf(c, forest, x, "SUM")), labels);
  }
  forest.numTargets = classes;
  Value scores = withBase(c, scoresOf(c, forest, x, "SUM"));
  c.out(0, c.take(labels, c.argReduce("max", scores, 1), 0));
  c.out(1, c.cast(postTransformed(c, scores), c.f32()));
}
PLX_ONNX_OP("ai.onnx.ml", TreeEnsembleClassifier, 1, classifier);

// ---- version 5: nodes and leaves are arrays of their own
// -------------------------------------------------------------

// A test for membership of a set becomes a chain of tests for equality.
struct Builder {
  NodeContext &c;
  Forest forest;
  llvm::SmallVector<double> splits, members;
  Ints features, modes, yes, no, yesIsLeaf, noIsLeaf, missing;
  size_t nextMember = 0;

  void addNodes(int64_t numLeaves) {
    size_t count = features.size();
    forest.nodes.resize(count + numLeaves);
    for (int64_t i = 0; i < numLeaves; ++i) {
      Node &leaf = forest.nodes[count + i];
      leaf.isLeaf = true;
      leaf.whenTrue = leaf.whenFalse = count + i;
    }
    for (size_t i = 0; i < count; ++i) {
      Node node;
      node.feature = features[i];
      node.threshold = splits[i];
      node.whenTrue = child(yes[i], yesIsLeaf[i], numLeaves);
      node.whenFalse = child(no[i], noIsLeaf[i], numLeaves);
      node.missingIsTrue = !missing.empty() && missing[i] != 0;
      static const int64_t kModes[] = {kLessEqual, kLess,  kGreaterEqual,
                                       kGreater,   kEqual, kNotEqual};
      if (modes[i] < 0 || modes[i] > 6) invalid("a node has the mode " + llvm::Twine(modes[i]));
      if (modes[i] < 6)
        node.mode = kModes[modes[i]];
      else
        expandMembers(node);
      forest.nodes[i] = node;
    }
  }

 private:
  int64_t child(int64_t index, int64_t isLeaf, int64_t numLeaves) {
    int64_t limit = isLeaf ? numLeaves : static_cast<int64_t>(features.size());
    if (index < 0 || index >= limit) invalid("a node has a child that does not exist");
    return isLeaf ? static_cast<int64_t>(features.size()) + index : index;
  }
  // The set's values are the next ones up to a NaN.
  void expandMembers(Node &node) {
    llvm::SmallVector<double> values;
    for (; nextMember < members.size() && !std::isnan(members[nextMember]); ++nextMember)
      values.push_back(members[nextMember]);
    ++nextMember;
    if (values.empty()) invalid("a node's set of members is empty");
    node.mode = kEqual;
    int64_t otherwise = node.whenFalse;
    for (size_t i = values.size(); i-- > 1;) {
      Node test = node;
      test.threshold = values[i];
      test.whenFalse = otherwise;
      otherwise = forest.nodes.size();
      forest.nodes.push_back(test);
    }
    node.threshold = values[0];
    node.whenFalse = otherwise;
  }
};

llvm::SmallVector<double> tensorAttribute(NodeContext &c, llvm::StringRef name) {
  const auto *attribute = c.find(name);
  if (!attribute || !attribute->has_t()) return {};
  llvm::SmallVector<double> result;
  std::string bytes = unpackedBytes(attribute->t());
  bool isDouble = attribute->t().data_type() == onnx::TensorProto::DOUBLE;
  bool isFloat = attribute->t().data_type() == onnx::TensorProto::FLOAT;
  if (!isDouble && !isFloat && attribute->t().data_type() != onnx::TensorProto::UINT8)
    unsupported("attribute `" + name + "` has an element type other than float, double and uint8");
  size_t width = isDouble ? 8 : isFloat ? 4 : 1;
  for (size_t i = 0; i + width <= bytes.size(); i += width) {
    double d = 0;
    float f = 0;
    if (isDouble)
      std::memcpy(&d, &bytes[i], 8);
    else if (isFloat)
      std::memcpy(&f, &bytes[i], 4), d = f;
    else
      d = static_cast<uint8_t>(bytes[i]);
    result.push_back(d);
  }
  return result;
}

void treeEnsemble(NodeContext &c) {
  Builder b{c,
            {},
            tensorAttribute(c, "nodes_splits"),
            tensorAttribute(c, "membership_values"),
            c.intsOf("nodes_featureids"),
            {},
            c.intsOf("nodes_truenodeids"),
            c.intsOf("nodes_falsenodeids"),
            c.intsOf("nodes_trueleafs"),
            c.intsOf("nodes_falseleafs"),
            c.intsOf("nodes_missing_value_tracks_true")};
  for (double mode : tensorAttribute(c, "nodes_modes"))
    b.modes.push_back(static_cast<int64_t>(mode));
  size_t count = b.features.size();
  if (b.splits.size() != count || b.modes.size() != count || b.yes.size() != count ||
      b.no.size() != count || b.yesIsLeaf.size() != count || b.noIsLeaf.size() != count ||
      (!b.missing.empty() && b.missing.size() != count))
    invalid("the attributes of nodes differ in length");
  Ints targets = c.intsOf("leaf_targetids");
  auto weights = tensorAttribute(c, "leaf_weights");
  if (weights.size() != targets.size()) invalid("leaf_targetids and leaf_weights differ in length");
  b.addNodes(targets.size());
  Ints roots = c.intsOf("tree_roots");
  for (int64_t root : roots) {
    if (root < 0 || root >= static_cast<int64_t>(count))
      invalid("tree_roots has the entry " + llvm::Twine(root));
    // A tree that is one leaf has a node whose two children are that leaf.
    b.forest.roots.push_back(root);
  }
  b.forest.numTargets = c.intOf("n_targets", 1);
  if (b.forest.numTargets < 1 || b.forest.numTargets > INT32_MAX)
    invalid("n_targets is " + llvm::Twine(b.forest.numTargets));
  for (size_t i = 0; i < targets.size(); ++i)
    b.forest.weights.push_back({static_cast<int64_t>(count + i), targets[i], weights[i]});
  static const char *const kAggregates[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  int64_t aggregate = c.intOf("aggregate_function", 1), transform = c.intOf("post_transform", 0);
  if (aggregate < 0 || aggregate > 3) invalid("aggregate_function is " + llvm::Twine(aggregate));
  Value scores = scoresOf(c, b.forest, rowsOf(c), kAggregates[aggregate]);
  if (transform == 1)
    scores = c.softmax(scores, 1);
  else if (transform == 2)
    scores = c.sigmoid_(scores);
  else if (transform != 0)
    unsupported("post_transform " + llvm::Twine(transform));
  c.out(c.cast(scores, Emit::elem(c.in(0))));
}
PLX_ONNX_OP("ai.onnx.ml", TreeEnsemble, 5, treeEnsemble);

}  // namespace
}  // namespace plx::onnxio
