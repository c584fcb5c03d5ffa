#include "tests/emulator/source_text.h"

#include <ctype.h>

#include <algorithm>

namespace plx_emulator {
namespace {

// Comments and literals as blanks, so that positions stay.
std::string blanked(const std::string &source) {
  std::string result = source;
  auto blank = [&](size_t from, size_t to) {
    for (size_t i = from; i < to && i < result.size(); ++i) {
      if (result[i] != '\n') result[i] = ' ';
    }
    return to;
  };
  for (size_t i = 0; i < source.size();) {
    if (source.compare(i, 2, "//") == 0) {
      i = blank(i, std::min(source.find('\n', i), source.size()));
    } else if (source.compare(i, 2, "/*") == 0) {
      size_t end = source.find("*/", i + 2);
      i = blank(i, end == std::string::npos ? source.size() : end + 2);
    } else if (source[i] == '"' || source[i] == '\'') {
      size_t end = i + 1;
      while (end < source.size() && source[end] != source[i] && source[end] != '\n') {
        end += source[end] == '\\' ? 2 : 1;
      }
      // A quote between digits (1'000) ends with the line at the latest.
      i = blank(i + 1, std::min(end, source.size())) + 1;
    } else {
      ++i;
    }
  }
  return result;
}

bool is_word(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Position after the parenthesis that closes the one at `open`.
size_t after_parentheses(const std::string &code, size_t open) {
  int depth = 0;
  for (size_t i = open; i < code.size(); ++i) {
    depth += code[i] == '(' ? 1 : code[i] == ')' ? -1 : 0;
    if (depth == 0) return i + 1;
  }
  return code.size();
}

}  // namespace

// All dynamic shared memory is one array of the plugin, whatever a kernel calls it:
//   extern __shared__ unsigned char NAME[];
//   -> extern unsigned char NAME[] __asm__("plx_emu_dynamic_shared");
std::string with_dynamic_shared(std::string source) {
  static const char kWord[] = "__shared__";
  std::string code = blanked(source);
  for (size_t at = code.rfind(kWord); at != std::string::npos; at = code.rfind(kWord, at - 1)) {
    size_t before = code.find_last_not_of(" \t\n", at - 1);
    bool dynamic =
        before != std::string::npos && before >= 5 && code.compare(before - 5, 6, "extern") == 0;
    size_t end = code.find(';', at);
    if (dynamic && end != std::string::npos) {
      source.insert(end, " __asm__(\"plx_emu_dynamic_shared\")");
      source.erase(at, sizeof kWord - 1);
    }
    if (at == 0) break;
  }
  return source;
}

// Where the text's prelude ends, which many texts share: after a line `// ---- end of prelude`.
size_t prelude_end(const std::string &source) {
  static const std::string kMark = "\n// ---- end of prelude\n";
  size_t at = source.find(kMark);
  return at == std::string::npos ? 0 : at + kMark.size();
}

std::vector<std::string> kernel_names(const std::string &source) {
  static const std::string kWord = "__global__";
  std::string code = blanked(source);
  std::vector<std::string> names;
  for (size_t at = code.find(kWord); at != std::string::npos; at = code.find(kWord, at)) {
    at += kWord.size();
    std::string word;
    for (; at < code.size() && code[at] != ';' && code[at] != '{'; ++at) {
      if (is_word(code[at])) {
        if (at == 0 || !is_word(code[at - 1])) word.clear();
        word += code[at];
      } else if (code[at] == '(') {
        if (word != "__launch_bounds__" && word != "__attribute__") break;
        at = after_parentheses(code, at) - 1;
      }
    }
    if (at < code.size() && code[at] == '(' && !word.empty()) names.push_back(word);
  }
  return names;
}

}  // namespace plx_emulator
