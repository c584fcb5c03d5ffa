#include "ir/types/DimStorage.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace plx::detail {
namespace {

bool isKeyword(llvm::StringRef name) {
  return name == "floordiv" || name == "ceildiv" || name == "mod" || name == "max" ||
         name == "min" || name == "ge";
}

bool isBareIdentifier(llvm::StringRef name) {
  if (name.empty() || !(llvm::isAlpha(name[0]) || name[0] == '_')) return false;
  return llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$'; });
}

/// True when the text of `dim` binds as tightly as one factor does.
bool isFactor(Dim dim) {
  llvm::ArrayRef<DimTerm> terms = dim.terms();
  if (terms.empty()) return true;
  if (terms.size() > 1) return false;
  if (terms[0].factors.empty()) return terms[0].coefficient >= 0;
  if (terms[0].coefficient != 1 || terms[0].factors.size() != 1) return false;
  DimAtom atom = terms[0].factors[0];
  return atom.kind() == DimAtomKind::Max ||
         (atom.kind() == DimAtomKind::Symbol && atom.lowerBound() == 0);
}

std::string factorText(Dim dim) {
  return isFactor(dim) ? dim.str() : ("(" + dim.text() + ")").str();
}

void appendMaxOperands(std::string &text, Dim dim) {
  llvm::ArrayRef<DimTerm> terms = dim.terms();
  if (terms.size() == 1 && terms[0].coefficient == 1 && terms[0].factors.size() == 1 &&
      terms[0].factors[0].kind() == DimAtomKind::Max) {
    appendMaxOperands(text, terms[0].factors[0].lhs());
    appendMaxOperands(text, terms[0].factors[0].rhs());
    return;
  }
  if (!text.empty()) text += ", ";
  text += dim.text();
}

std::string atomText(const DimAtomKey &key) {
  if (key.kind == DimAtomKind::Symbol) {
    std::string text = symbolText(key.symbol.getValue());
    if (key.lowerBound != 0) text += " ge " + std::to_string(key.lowerBound);
    return text;
  }
  Dim lhs = llvm::cast<Dim>(key.lhs), rhs = llvm::cast<Dim>(key.rhs);
  if (key.kind == DimAtomKind::Max) {
    std::string operands;
    appendMaxOperands(operands, lhs);
    appendMaxOperands(operands, rhs);
    return "max(" + operands + ")";
  }
  const char *word = key.kind == DimAtomKind::FloorDiv ? " floordiv " : " ceildiv ";
  return factorText(lhs) + word + factorText(rhs);
}

void appendTerm(llvm::raw_ostream &out, const DimTerm &term, bool first) {
  bool negative = term.coefficient < 0;
  uint64_t magnitude = negative ? -uint64_t(term.coefficient) : uint64_t(term.coefficient);
  if (first)
    out << (negative ? "-" : "");
  else
    out << (negative ? " - " : " + ");
  if (term.factors.empty() || magnitude != 1) {
    out << magnitude;
    if (!term.factors.empty()) out << '*';
  }
  // A lone atom needs no parentheses; in a product (or after a sign) all but names and max do.
  bool alone = term.factors.size() == 1 && term.coefficient == 1;
  llvm::interleave(
      term.factors, out,
      [&](DimAtom atom) {
        bool tight = atom.kind() == DimAtomKind::Max ||
                     (atom.kind() == DimAtomKind::Symbol && atom.lowerBound() == 0);
        if (alone || tight)
          out << atom.text();
        else
          out << '(' << atom.text() << ')';
      },
      "*");
}

}  // namespace

std::string symbolText(llvm::StringRef name) {
  if (isBareIdentifier(name) && !isKeyword(name)) return name.str();
  std::string text = "\"";
  llvm::raw_string_ostream out(text);
  llvm::printEscapedString(name, out);
  out << '"';
  return text;
}

llvm::hash_code DimAtomStorage::hashKey(const KeyTy &key) {
  return llvm::hash_combine(key.kind, key.symbol, key.lowerBound, key.lhs, key.rhs);
}

DimAtomStorage *DimAtomStorage::construct(mlir::AttributeStorageAllocator &allocator,
                                          const KeyTy &key) {
  auto *storage = new (allocator.allocate<DimAtomStorage>()) DimAtomStorage(key);
  storage->text = allocator.copyInto(llvm::StringRef(atomText(key)));
  if (key.kind == DimAtomKind::Symbol) {
    if (key.lowerBound != INT64_MIN) storage->interval.low = key.lowerBound;
    return storage;
  }
  const DimStorage *lhs = llvm::cast<Dim>(key.lhs).getImpl();
  const DimStorage *rhs = llvm::cast<Dim>(key.rhs).getImpl();
  storage->depth = std::max(lhs->depth, rhs->depth) + 1;
  storage->interval = intervalOfCompound(key.kind, lhs->interval, rhs->interval);
  return storage;
}

bool DimStorage::operator==(const KeyTy &other) const {
  return llvm::equal(terms, other, [](const DimTerm &a, const DimTerm &b) {
    return a.coefficient == b.coefficient && a.factors == b.factors;
  });
}

llvm::hash_code DimStorage::hashKey(const KeyTy &key) {
  llvm::hash_code hash = llvm::hash_value(key.size());
  for (const DimTerm &term : key)
    hash = llvm::hash_combine(hash, term.coefficient,
                              llvm::hash_combine_range(term.factors.begin(), term.factors.end()));
  return hash;
}

DimStorage *DimStorage::construct(mlir::AttributeStorageAllocator &allocator, const KeyTy &key) {
  llvm::SmallVector<DimTerm> terms;
  std::string text;
  llvm::raw_string_ostream out(text);
  for (const DimTerm &term : key) {
    terms.push_back({term.coefficient, allocator.copyInto(term.factors)});
    appendTerm(out, term, /*first=*/terms.size() == 1);
  }
  if (terms.empty()) out << '0';
  auto *storage = new (allocator.allocate<DimStorage>())
      DimStorage(allocator.copyInto(llvm::ArrayRef<DimTerm>(terms)));
  storage->text = allocator.copyInto(llvm::StringRef(text));
  storage->interval = intervalOfTerms(terms, [](DimAtom atom) { return atom.getImpl()->interval; });
  for (const DimTerm &term : terms) {
    if (term.factors.size() > 1) storage->intervalIsExact = false;
    for (DimAtom atom : term.factors) {
      storage->depth = std::max(storage->depth, atom.getImpl()->depth);
      if (atom.kind() != DimAtomKind::Symbol) storage->intervalIsExact = false;
    }
  }
  return storage;
}

llvm::hash_code DimsStorage::hashKey(const KeyTy &key) {
  return llvm::hash_combine_range(key.begin(), key.end());
}

DimsStorage *DimsStorage::construct(mlir::AttributeStorageAllocator &allocator, const KeyTy &key) {
  return new (allocator.allocate<DimsStorage>()) DimsStorage(allocator.copyInto(key));
}

}  // namespace plx::detail
