// Spelling of Dims, the dims attribute as a tensor's encoding, tensorType; and garbage for the
// parser.
// Covers: ir/types/DimsAttr.cpp
#include <gtest/gtest.h>

#include <random>

#include "ir/Dialect.h"
#include "ir/types/Dim.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

class DimTextTest : public testing::Test {
 protected:
  DimTextTest() {
    handler = context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
      message = diagnostic.str();
      return mlir::success();
    });
  }
  Dim sym(llvm::StringRef name, int64_t bound = 0) { return Dim::symbol(&context, name, bound); }
  Dim num(int64_t value) { return Dim::constant(&context, value); }
  Dim parsed(llvm::StringRef text) {
    message.clear();
    return parseDim(&context, text).value_or(Dim());
  }

  mlir::MLIRContext context;
  mlir::Dialect *dialect = context.getOrLoadDialect<PlxDialect>();
  mlir::DiagnosticEngine::HandlerID handler;
  std::string message;
  Dim n = sym("n"), m = sym("m");
  mlir::Type f32 = mlir::Float32Type::get(&context);
};

TEST_F(DimTextTest, Spelling) {
  EXPECT_EQ((n * m * 2 - 1).str(), "2*m*n - 1");
  EXPECT_EQ(num(0).str(), "0");
  EXPECT_EQ(num(INT64_MIN).str(), "-9223372036854775808");
  EXPECT_EQ(mod(n, 4).str(), "n - 4*(n floordiv 4)");
  EXPECT_EQ((floorDiv(n + 1, 2) + 3).str(), "(n + 1) floordiv 2 + 3");
  EXPECT_EQ(max(n, max(m, 5)).str(), "max(5, m, n)");
  EXPECT_EQ((sym("b", 1) * 2).str(), "2*(b ge 1)");
  EXPECT_EQ(sym("dim param 1").str(), "\"dim param 1\"");
  EXPECT_EQ(sym("$0").str(), "\"$0\"");
  EXPECT_EQ(sym("mod").str(), "\"mod\"");
  EXPECT_EQ(sym("a.b$c_1").str(), "a.b$c_1");
}

TEST_F(DimTextTest, Reading) {
  EXPECT_EQ(parsed("2*n + m - 1"), n * 2 + m - 1);
  EXPECT_EQ(parsed("-n - -3"), n * -1 + 3);
  EXPECT_EQ(parsed("n*-3"), n * -3);
  EXPECT_EQ(parsed("n*-9223372036854775808"), n * INT64_MIN);
  EXPECT_FALSE(parsed("-n - -m")) << "only integers bring a sign of their own";
  EXPECT_EQ(parsed("-(n + 1)*2"), n * -2 - 2);
  EXPECT_EQ(parsed("n floordiv 2 floordiv 3"), floorDiv(n, 6));
  EXPECT_EQ(parsed("n mod 4"), mod(n, 4));
  EXPECT_EQ(parsed("n ceildiv m"), ceilDiv(n, m));
  EXPECT_EQ(parsed("min(n, m, 3)"), min(min(n, m), 3));
  EXPECT_EQ(parsed("b ge 1 + 2"), sym("b", 1) + 2);
  EXPECT_EQ(parsed("t ge -3"), sym("t", -3));
  EXPECT_EQ(parsed("-9223372036854775808"), num(INT64_MIN));
  EXPECT_EQ(parsed("9223372036854775807"), num(INT64_MAX));
}

TEST_F(DimTextTest, EveryNameRoundTrips) {
  for (llvm::StringRef name :
       {"", " ", "1", "a b", "\"", "\\", "\n\t", "max", "ge", "\xff\x01", "é", "$", "a>b"}) {
    Dim dim = sym(name) * n + floorDiv(sym(name, 2), 3);
    EXPECT_EQ(parsed(dim.text()), dim) << dim.str() << ": " << message;
  }
}

TEST_F(DimTextTest, ErrorsNameWhatIsWrong) {
  EXPECT_FALSE(parsed("n +"));
  EXPECT_EQ(message, "expected a size expression: an integer, a name, max, min or '('");
  EXPECT_FALSE(parsed("n floordiv 0"));
  EXPECT_EQ(message, "division of 'n' by zero");
  EXPECT_FALSE(parsed("n mod (m - m)"));
  EXPECT_EQ(message, "division of 'n' by zero");
  EXPECT_FALSE(parsed("mod + 1"));
  EXPECT_EQ(message, "'mod' is an operator; as a name it is quoted");
  EXPECT_FALSE(parsed("max()"));
  EXPECT_EQ(message, "expected at least one operand of max or min");
  for (llvm::StringRef text : {"9223372036854775808", "9223372036854775807 + 1",
                               "-9223372036854775808 - n - 1", "99999999999999999999999999"}) {
    EXPECT_FALSE(parsed(text));
    EXPECT_EQ(message,
              "size expression leaves the range of 64-bit integers, or has more than 256 terms, a "
              "nesting of more "
              "than 64 or a text of more than 16384 characters");
  }
  EXPECT_FALSE(parsed(std::string(5000, '(') + "n" + std::string(5000, ')')));
  EXPECT_EQ(message, "expected a size expression nested at most 256 deep");
  EXPECT_FALSE(parsed(std::string(20000, 'n')));
  EXPECT_EQ(message, "size expression of 20000 characters holds a NUL or is longer than 16384");
}

TEST_F(DimTextTest, GarbageIsRefusedOrReadNeverWorse) {
  const char *words[] = {"n",
                         "m",
                         "2",
                         "(",
                         ")",
                         "+",
                         "-",
                         "*",
                         "floordiv",
                         "mod",
                         "max(",
                         "min(",
                         ",",
                         "ge",
                         "]",
                         ">",
                         "\"x",
                         "\"",
                         "<",
                         "0x1f",
                         "1.5",
                         "ceildiv",
                         "#",
                         "@a",
                         "->",
                         "[",
                         "$0",
                         "%",
                         "!",
                         "\\",
                         "}{",
                         "\n",
                         "//",
                         "-9223372036854775808",
                         "9223372036854775807"};
  std::mt19937 random(5);
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int length = random() % 9; length >= 0; --length) {
      text += words[random() % std::size(words)];
      if (random() % 2) text += ' ';
      if (random() % 64 == 0) text += char(random() % 256);
    }
    Dim dim = parsed(text);
    if (!dim) {
      EXPECT_FALSE(message.empty()) << text;
      continue;
    }
    ++read;
    EXPECT_EQ(parsed(dim.text()), dim) << text;
  }
  EXPECT_GT(read, 200);
}

TEST_F(DimTextTest, TensorTypesPrintAndParse) {
  auto type = tensorType(f32, {n * m, n + 1, num(768)});
  ASSERT_TRUE(type);
  std::string text;
  llvm::raw_string_ostream(text) << type;
  EXPECT_EQ(text, "tensor<?x?x768xf32, #plx.dims<[m*n, n + 1, 768]>>");
  EXPECT_EQ(mlir::parseType(text, &context), type);
  auto bounded = tensorType(f32, {sym("b", 1), sym("x y > z")});
  text.clear();
  llvm::raw_string_ostream(text) << bounded;
  EXPECT_EQ(mlir::parseType(text, &context), bounded) << text << ": " << message;
}

TEST_F(DimTextTest, EncodingsAreVerified) {
  auto refused = [&](llvm::StringRef text) {
    message.clear();
    EXPECT_FALSE(mlir::parseType(text, &context)) << text.str();
    return message;
  };
  EXPECT_EQ(refused("tensor<?xf32, #plx.dims<[n, m]>>"),
            "plx.dims [n, m] has 2 entries, the tensor type has rank 1");
  EXPECT_EQ(refused("tensor<?x4xf32, #plx.dims<[n, m]>>"),
            "plx.dims [n, m] says m for axis 1, which is 4 in the tensor type: a static size is "
            "written there as the "
            "same constant");
  EXPECT_EQ(refused("tensor<?x4xf32, #plx.dims<[n, 5]>>"),
            "plx.dims [n, 5] says 5 for axis 1, which is 4 in the tensor type: a static size is "
            "written there as the "
            "same constant");
  EXPECT_EQ(refused("tensor<?x?xf32, #plx.dims<[n, 4]>>"),
            "plx.dims [n, 4] says 4 for axis 1, which is '?' in the tensor type: write the size 4 "
            "in its place");
}

TEST_F(DimTextTest, ShapesOfTypes) {
  auto type = tensorType(f32, {n, num(4)});
  EXPECT_EQ(dimsOf(type), (llvm::SmallVector<Dim>{n, num(4)}));
  EXPECT_EQ(dimOf(type, 1), num(4));
  EXPECT_FALSE(dimOf(type, 2));
  EXPECT_FALSE(dimOf(type, -1));
  EXPECT_EQ(numElements(type), n * 4);
  EXPECT_EQ(numElements(&context, {}), num(1));
  EXPECT_FALSE(tensorType(f32, {num(2), num(3)}).getEncoding());
  EXPECT_EQ(tensorType(f32, {}).getRank(), 0);
  EXPECT_FALSE(tensorType(f32, {n, Dim()}));
  EXPECT_FALSE(tensorType(f32, {num(-1)}));
  EXPECT_FALSE(tensorType(mlir::NoneType::get(&context), {n}));
  EXPECT_FALSE(dimOf(mlir::RankedTensorType::get({mlir::ShapedType::kDynamic}, f32), 0));
  EXPECT_FALSE(numElements(&context, {num(INT64_MAX), num(2)}));
  EXPECT_TRUE(dimsOf(f32).empty());
  EXPECT_EQ(DimsAttr::get(&context, llvm::ArrayRef<int64_t>{1, -2}).constants(),
            (llvm::SmallVector<int64_t>{1, -2}));
  EXPECT_FALSE(DimsAttr::get(&context, {n}).constants());
  EXPECT_FALSE(DimsAttr::get(&context, {n, Dim()}));
}

}  // namespace
}  // namespace plx
