#include "compiler/cuda/Nest.h"
#include "ir/types/Types.h"

namespace plx::cuda {

namespace {
// Terms that one thread sums one after another before the sum joins the others.
constexpr int64_t kBlock = 1024;
}  // namespace

Folds::Folds(Scalars &scalars, Team team) : s_(scalars), team_(team) {
  scalars.emitFold = [this](mlir::Operation *op) { return emit(op); };
}

void Folds::apart(llvm::function_ref<void()> body) {
  bool before = apart_;
  apart_ = true;
  body();
  apart_ = before;
}

std::string Folds::emit(mlir::Operation *op) {
  if (auto fold = mlir::dyn_cast<ArgFoldOp>(op)) return argFold(fold);
  if (auto prefixOp = mlir::dyn_cast<PrefixOp>(op)) return prefix(prefixOp);
  auto fold = mlir::cast<FoldOp>(op);
  if (fold.getVariables().empty()) return s_.emit(fold.getValue());
  return together() ? foldTogether(fold) : foldAlone(fold);
}

std::string Folds::room(const std::string &type, int elements) {
  std::string name = s_.fresh("room");
  s_.text().line("__shared__ ", type, " ", name, "[", elements, "];");
  return name;
}

void Folds::points(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents,
                   const std::string &first, const std::string &step, mlir::Value value,
                   llvm::function_ref<void()> body) {
  s_.hoist({value}, names);
  std::string total;
  for (Dim extent : extents)
    absl::StrAppend(&total, total.empty() ? "" : " * ", "(", s_.dim(extent), ")");
  std::string t = s_.fresh("t");
  s_.text().open("for (index ", t, " = ", first, "; ", t, " < ", total, "; ", t, " += ", step, ")");
  {
    Scalars::Scope scope(s_);
    s_.decode(names, extents, t);
    apart(body);
  }
  s_.text().close();
}

std::string Folds::foldAlone(FoldOp fold) {
  FoldKind kind = *foldKindNamed(fold.getKind());
  mlir::Type element = fold.getType();
  std::string type = registerType(element), sum = s_.fresh("sum");
  auto names = namesOf(fold.getVariables());
  llvm::ArrayRef<Dim> extents = fold.getExtents().dims();
  s_.hoist({fold.getValue()}, names);
  s_.text().line(type, " ", sum, " = ", s_.neutral(kind, element), ";");
  std::function<void(size_t, const std::string &)> loops = [&](size_t i, const std::string &to) {
    auto add = [&] {
      std::string value = s_.emit(fold.getValue());
      s_.text().line(to, " = ", s_.combine(kind, element, to, value), ";");
    };
    if (i == names.size()) return add();
    bool isLast = i + 1 == names.size();
    bool rounds = isLast && mlir::isa<mlir::FloatType>(element) &&
                  (kind == FoldKind::Sum || kind == FoldKind::Product) &&
                  extents[i].constant().value_or(kBlock + 1) > kBlock;
    s_.hoist({fold.getValue()}, llvm::ArrayRef(names).drop_front(i));
    if (!rounds) return s_.loop(names[i], s_.dim(extents[i]), [&] { loops(i + 1, to); });
    // Long sums go by blocks, so that the error grows with their number and not with the length.
    std::string base = s_.fresh("block"), part = s_.fresh("part"), k = s_.fresh("k");
    std::string high = s_.fresh("high");
    s_.text().line("const index ", high, " = ", s_.dim(extents[i]), ";");
    s_.text().open("for (index ", base, " = 0; ", base, " < ", high, "; ", base, " += ", kBlock,
                   ")");
    s_.text().line(type, " ", part, " = ", s_.neutral(kind, element), ";");
    s_.text().open("for (index ", k, " = ", base, "; ", k, " < lesser(", high, ", (index)(", base,
                   " + ", kBlock, ")); ++", k, ")");
    {
      Scalars::Scope scope(s_);
      s_.setVariable(names[i], k);
      std::string value = s_.emit(fold.getValue());
      s_.text().line(part, " = ", s_.combine(kind, element, part, value), ";");
    }
    s_.text().close();
    s_.text().line(to, " = ", s_.combine(kind, element, to, part), ";");
    s_.text().close();
  };
  apart([&] { loops(0, sum); });
  return sum;
}

std::string Folds::foldTogether(FoldOp fold) {
  FoldKind kind = *foldKindNamed(fold.getKind());
  mlir::Type element = fold.getType();
  std::string type = registerType(element), sum = s_.fresh("sum");
  auto names = namesOf(fold.getVariables());
  s_.hoist({fold.getValue()}, names);  // folds of the team among them: before the loop
  s_.text().line(type, " ", sum, " = ", s_.neutral(kind, element), ";");
  points(names, fold.getExtents().dims(), memberOf(), members(), fold.getValue(), [&] {
    std::string value = s_.emit(fold.getValue());
    s_.text().line(sum, " = ", s_.combine(kind, element, sum, value), ";");
  });
  std::string kindName = absl::StrCat("fold_", nameOf(kind).str());
  if (team_ == Team::Warp) {
    s_.text().line(sum, " = warp_fold<", kindName, ", ", type, ">(", sum, ");");
  } else {
    std::string where = room(type, 32);
    s_.text().line(sum, " = block_fold<", kindName, ", ", type, ">(", sum, ", ", where, ");");
  }
  return sum;
}

std::string Folds::argFold(ArgFoldOp fold) {
  std::string type = registerType(fold.getValue().getType()), best = s_.fresh("best");
  std::string options = absl::StrCat(fold.getKind() == "max" ? "true" : "false", ", ",
                                     fold.getLast() ? "true" : "false");
  bool isTogether = together();
  s_.hoist({fold.getValue()}, {fold.getVariableAttr()});
  s_.text().line("best_of<", type, "> ", best, " = {(", type, ")0, -1};");
  points({fold.getVariableAttr()}, {fold.getExtent()[0]}, isTogether ? memberOf() : "0",
         isTogether ? members() : "1", fold.getValue(), [&] {
           std::string value = s_.emit(fold.getValue());
           std::string k = s_.dim(Dim::symbol(fold.getContext(), fold.getVariable()));
           s_.text().open("if (is_better<", type, ">(", options, ", ", value, ", ", k, ", ", best,
                          ".value, ", best, ".where))");
           s_.text().line(best, ".value = ", value, ";");
           s_.text().line(best, ".where = ", k, ";");
           s_.text().close();
         });
  if (isTogether && team_ == Team::Warp) {
    s_.text().line(best, " = warp_best<", type, ">(", options, ", ", best, ");");
  } else if (isTogether) {
    std::string values = room(type, 32), places = room("i64", 32);
    s_.text().line(best, " = block_best<", type, ">(", options, ", ", best, ", ", values, ", ",
                   places, ");");
  }
  return absl::StrCat("greater(", best, ".where, (i64)0)");
}

// ---- running folds

void Folds::run(const RunningFolds &pass, llvm::ArrayRef<PrefixOp> prefixes,
                llvm::function_ref<void()> body) {
  for (PrefixOp prefix : prefixes) {
    running_[prefix] = s_.fresh("running");
    s_.text().line(registerType(prefix.getType()), " ", running_[prefix], " = ",
                   s_.neutral(*foldKindNamed(prefix.getKind()), prefix.getType()), ";");
  }
  std::string extent = s_.fresh("high"), step = s_.fresh("step");
  s_.text().line("const index ", extent, " = ", s_.dim(pass.extent), ";");
  s_.text().open("for (index ", step, " = 0; ", step, " < ", extent, "; ++", step, ")");
  apart([&] {
    Scalars::Scope scope(s_);
    s_.setVariable(pass.variable,
                   pass.reversed ? absl::StrCat("(", extent, " - 1 - ", step, ")") : step);
    for (PrefixOp prefix : prefixes) {
      s_.setVariable(prefix.getVariableAttr(), step);
      s_.emit(prefix);  // here, whatever the stores ask for
    }
    body();
  });
  s_.text().close();
  running_.clear();
}

std::string Folds::prefix(PrefixOp prefix) {
  FoldKind kind = *foldKindNamed(prefix.getKind());
  mlir::Type element = prefix.getType();
  std::string type = registerType(element);
  if (auto known = running_.find(prefix); known != running_.end()) {
    std::string sum = known->second, value = s_.emit(prefix.getValue());
    std::string result = s_.fresh("so_far");
    std::string joined = s_.combine(kind, element, sum, value);
    if (prefix.getExclusive()) s_.text().line("const ", type, " ", result, " = ", sum, ";");
    s_.text().line(sum, " = ", joined, ";");
    if (!prefix.getExclusive()) s_.text().line("const ", type, " ", result, " = ", sum, ";");
    return result;
  }
  std::string sum = s_.fresh("so_far");
  s_.hoist({prefix.getValue()}, {prefix.getVariableAttr()});
  s_.text().line(type, " ", sum, " = ", s_.neutral(kind, element), ";");
  std::string end =
      absl::StrCat(s_.dim(prefix.getPosition()[0]), prefix.getExclusive() ? "" : " + 1");
  apart([&] {
    s_.loop(prefix.getVariableAttr(), end, [&] {
      std::string value = s_.emit(prefix.getValue());
      s_.text().line(sum, " = ", s_.combine(kind, element, sum, value), ";");
    });
  });
  return sum;
}

}  // namespace plx::cuda
