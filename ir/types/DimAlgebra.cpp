#include "ir/types/DimAlgebra.h"

#include "ir/types/DimStorage.h"
#include "llvm/Support/MathExtras.h"

namespace plx::detail {
namespace {

int compareAtoms(DimAtom a, DimAtom b) { return a == b ? 0 : a.text().compare(b.text()); }

bool withinLimits(llvm::ArrayRef<DimTerm> terms) {
  if (terms.size() > maxDimTerms) return false;
  size_t bytes = 0;
  for (const DimTerm &term : terms) {
    if (term.factors.size() > maxDimDegree) return false;
    bytes += 24;  // sign, spaces and 19 digits
    for (DimAtom atom : term.factors) bytes += atom.text().size() + 3;
  }
  return bytes <= maxDimTextBytes;
}

Dim scaled(Dim dim, int64_t factor) {
  llvm::SmallVector<DimTerm> terms;
  for (DimTerm term : dim.terms()) {
    if (llvm::MulOverflow(term.coefficient, factor, term.coefficient)) return {};
    terms.push_back(term);
  }
  return uniqueDim(dim.getContext(), terms);
}

/// Both are sorted: one merge, no copy of factors.
Dim sumOf(Dim a, Dim b) {
  llvm::SmallVector<DimTerm> terms;
  llvm::ArrayRef<DimTerm> left = a.terms(), right = b.terms();
  while (!left.empty() && !right.empty()) {
    int order = compareMonomials(left[0].factors, right[0].factors);
    if (order != 0) {
      llvm::ArrayRef<DimTerm> &from = order < 0 ? left : right;
      terms.push_back(from[0]);
      from = from.drop_front();
      continue;
    }
    DimTerm sum = left[0];
    if (llvm::AddOverflow(sum.coefficient, right[0].coefficient, sum.coefficient)) return {};
    if (sum.coefficient != 0) terms.push_back(sum);
    left = left.drop_front();
    right = right.drop_front();
  }
  terms.append(left.begin(), left.end());
  terms.append(right.begin(), right.end());
  return uniqueDim(a.getContext(), terms);
}

}  // namespace

int compareMonomials(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b) {
  if (a.empty() || b.empty()) return int(a.empty()) - int(b.empty());
  for (auto [x, y] : llvm::zip(a, b))
    if (int order = compareAtoms(x, y)) return order;
  return int(a.size() > b.size()) - int(a.size() < b.size());
}

Dim uniqueDim(mlir::MLIRContext *context, llvm::ArrayRef<DimTerm> terms) {
  if (!withinLimits(terms)) return {};
  return Dim::Base::get(context, terms);
}

Dim dimOfTerm(mlir::MLIRContext *context, const DimTerm &term) {
  if (term.coefficient == 0) return uniqueDim(context, {});
  return uniqueDim(context, term);
}

Dim dimOfAtom(DimAtom atom) { return dimOfTerm(atom.getContext(), {1, atom}); }

Dim dimOfCompound(DimAtomKind kind, Dim lhs, Dim rhs) {
  if (!lhs || !rhs) return {};
  if (std::max(lhs.getImpl()->depth, rhs.getImpl()->depth) >= maxDimDepth) return {};
  if (lhs.text().size() + rhs.text().size() > maxDimTextBytes) return {};
  return dimOfAtom(DimAtom::Base::get(lhs.getContext(), DimAtomKey{kind, {}, 0, lhs, rhs}));
}

std::optional<DimAtom> asAtom(Dim dim) {
  llvm::ArrayRef<DimTerm> terms = dim.terms();
  if (terms.size() != 1 || terms[0].coefficient != 1 || terms[0].factors.size() != 1)
    return std::nullopt;
  return terms[0].factors[0];
}

DimFactors mergeFactors(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b) {
  DimFactors merged;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(merged),
             [](DimAtom x, DimAtom y) { return compareAtoms(x, y) < 0; });
  return merged;
}

std::optional<DimFactors> divideFactors(llvm::ArrayRef<DimAtom> a, llvm::ArrayRef<DimAtom> b) {
  if (b.size() > a.size()) return std::nullopt;
  DimFactors left;
  for (DimAtom atom : a) {
    if (!b.empty() && b.front() == atom)
      b = b.drop_front();
    else
      left.push_back(atom);
  }
  if (!b.empty()) return std::nullopt;
  return left;
}

void DimSum::add(int64_t coefficient, llvm::ArrayRef<DimAtom> factors) {
  if (factors.size() > maxDimDegree) overflow = true;
  if (!overflow) parts.emplace_back(coefficient, DimFactors(factors));
}

bool DimSum::add(Dim dim, int64_t factor) {
  if (!dim) overflow = true;
  if (overflow) return false;
  for (const DimTerm &term : dim.terms()) {
    int64_t coefficient;
    if (llvm::MulOverflow(term.coefficient, factor, coefficient)) overflow = true;
    add(coefficient, term.factors);
  }
  return !overflow;
}

Dim DimSum::finish() {
  if (overflow) return {};
  llvm::sort(parts,
             [](const auto &a, const auto &b) { return compareMonomials(a.second, b.second) < 0; });
  llvm::SmallVector<DimTerm> terms;
  for (const auto &[coefficient, factors] : parts) {
    bool same = !terms.empty() && terms.back().factors == llvm::ArrayRef<DimAtom>(factors);
    if (!same)
      terms.push_back({coefficient, factors});
    else if (llvm::AddOverflow(terms.back().coefficient, coefficient, terms.back().coefficient))
      return {};
  }
  llvm::erase_if(terms, [](const DimTerm &term) { return term.coefficient == 0; });
  return uniqueDim(context, terms);
}

std::optional<std::pair<Dim, Dim>> splitAtom(Dim dim, DimAtom atom) {
  DimSum coefficient(dim.getContext()), rest(dim.getContext());
  for (const DimTerm &term : dim.terms()) {
    auto without = divideFactors(term.factors, atom);
    if (!without) {
      rest.add(term.coefficient, term.factors);
      continue;
    }
    if (llvm::is_contained(*without, atom)) return std::nullopt;
    coefficient.add(term.coefficient, *without);
  }
  Dim c = coefficient.finish(), r = rest.finish();
  if (!c || !r) return std::nullopt;
  return std::pair(c, r);
}

Dim DimRebuilder::rebuild(DimAtom atom) {
  auto [entry, isNew] = done.try_emplace(atom);
  if (!isNew) return entry->second;
  Dim result;
  if (atom.kind() == DimAtomKind::Symbol) {
    result = ofSymbol(atom);
  } else {
    Dim lhs = rebuild(atom.lhs()), rhs = lhs ? rebuild(atom.rhs()) : Dim();
    if (rhs) result = ofCompound(atom.kind(), lhs, rhs);
  }
  return done[atom] = result;
}

Dim DimRebuilder::rebuild(Dim dim) {
  DimSum sum(dim.getContext());
  for (const DimTerm &term : dim.terms()) {
    Dim product;  // of the factors that changed; the others stay as they are
    DimFactors kept;
    for (DimAtom atom : term.factors) {
      Dim replaced = rebuild(atom);
      if (!replaced) return {};
      if (asAtom(replaced) == atom)
        kept.push_back(atom);
      else
        product = product ? product * replaced : replaced;
      if (product && product.terms().empty()) break;
    }
    if (!product && kept.size() == term.factors.size())
      sum.add(term.coefficient, term.factors);
    else if (!sum.add(product * dimOfTerm(dim.getContext(), {1, kept}), term.coefficient))
      return {};
  }
  return sum.finish();
}

}  // namespace plx::detail

namespace plx {

using namespace detail;

Dim operator+(Dim a, Dim b) {
  if (!a || !b) return {};
  return sumOf(a, b);
}

Dim operator+(Dim a, int64_t b) {
  if (!a || b == 0) return a;
  return a + Dim::constant(a.getContext(), b);
}

Dim operator-(Dim a, Dim b) { return a + b * -1; }

Dim operator-(Dim a, int64_t b) {
  if (!a) return {};
  return a - Dim::constant(a.getContext(), b);
}

Dim operator*(Dim a, int64_t b) {
  if (!a || b == 1) return a;
  if (b == 0) return Dim::constant(a.getContext(), 0);
  return scaled(a, b);
}

Dim operator*(Dim a, Dim b) {
  if (!a || !b) return {};
  if (auto value = a.constant()) return b * *value;
  if (auto value = b.constant()) return a * *value;
  DimSum sum(a.getContext());
  for (const DimTerm &x : a.terms()) {
    for (const DimTerm &y : b.terms()) {
      int64_t coefficient;
      if (llvm::MulOverflow(x.coefficient, y.coefficient, coefficient)) return {};
      sum.add(coefficient, mergeFactors(x.factors, y.factors));
    }
  }
  return sum.finish();
}

}  // namespace plx
