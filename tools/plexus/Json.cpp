#include "tools/plexus/Json.h"

#include <charconv>
#include <cmath>

#include "tools/plexus/Failure.h"

namespace plx {

Json::Json(int64_t value)
    : kind_(Kind::Number), number_(static_cast<double>(value)), text_(std::to_string(value)) {}

const Json *Json::find(std::string_view name) const {
  for (const Member &member : members_)
    if (member.first == name) return &member.second;
  return nullptr;
}

Json &Json::push(Json item) {
  items_.push_back(std::move(item));
  return *this;
}

Json &Json::set(std::string name, Json value) {
  members_.emplace_back(std::move(name), std::move(value));
  return *this;
}

// ---- text

namespace {

void printString(std::string &out, const std::string &text) {
  out += '"';
  for (unsigned char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

}  // namespace

void Json::print(std::string &out, int indent) const {
  auto line = [&](int depth) { out += "\n" + std::string(static_cast<size_t>(depth) * 2, ' '); };
  switch (kind_) {
    case Kind::Null:
      out += "null";
      break;
    case Kind::Bool:
      out += number_ != 0 ? "true" : "false";
      break;
    case Kind::Number: {
      if (!text_.empty()) {
        out += text_;
        break;
      }
      char digits[32];
      if (!std::isfinite(number_)) {  // JSON has no word for it
        out += "null";
        break;
      }
      out.append(digits, std::to_chars(digits, digits + sizeof digits, number_).ptr);
      break;
    }
    case Kind::String:
      printString(out, text_);
      break;
    case Kind::Array:
      out += '[';
      for (size_t i = 0; i < items_.size(); ++i) {
        if (i > 0) out += ',';
        line(indent + 1);
        items_[i].print(out, indent + 1);
      }
      if (!items_.empty()) line(indent);
      out += ']';
      break;
    case Kind::Object:
      out += '{';
      for (size_t i = 0; i < members_.size(); ++i) {
        if (i > 0) out += ',';
        line(indent + 1);
        printString(out, members_[i].first);
        out += ": ";
        members_[i].second.print(out, indent + 1);
      }
      if (!members_.empty()) line(indent);
      out += '}';
      break;
  }
}

std::string Json::str() const {
  std::string out;
  print(out, 0);
  return out;
}

// ---- reading

namespace {

class Reader {
 public:
  Reader(std::string_view text, const std::string &what) : text_(text), what_(what) {}

  Json whole() {
    Json value = read(0);
    skipSpace();
    if (at_ != text_.size()) fail("the end");
    return value;
  }

 private:
  [[noreturn]] void fail(const char *expected) {
    throw Failure(what_ + ": no JSON at byte " + std::to_string(at_) + ": expected " + expected);
  }
  void skipSpace() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  char peek() {
    skipSpace();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Json read(int depth) {
    if (depth > 64) fail("at most 64 levels");
    char c = peek();
    if (c == '{') return readObject(depth);
    if (c == '[') return readArray(depth);
    if (c == '"') return readString();
    for (auto [word, value] : {std::pair<std::string_view, Json>{"true", Json(true)},
                               {"false", Json(false)},
                               {"null", Json()}})
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    double number = 0;
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc()) fail("a value");
    at_ = static_cast<size_t>(end - text_.data());
    return Json(number);
  }

  Json readObject(int depth) {
    Json out = Json::object();
    take('{');
    if (take('}')) return out;
    do {
      if (peek() != '"') fail("a name in quotes");
      std::string name = readString();
      if (!take(':')) fail("':'");
      out.set(std::move(name), read(depth + 1));
    } while (take(','));
    if (!take('}')) fail("'}'");
    return out;
  }

  Json readArray(int depth) {
    Json out = Json::array();
    take('[');
    if (take(']')) return out;
    do out.push(read(depth + 1));
    while (take(','));
    if (!take(']')) fail("']'");
    return out;
  }

  std::string readString() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        out += text_[at_];
        continue;
      }
      if (++at_ == text_.size()) break;
      readEscape(out);
    }
    if (at_ == text_.size()) fail("'\"'");
    ++at_;
    return out;
  }

  void readEscape(std::string &out) {
    static constexpr std::string_view letters = "nrtbf", meanings = "\n\r\t\b\f";
    char c = text_[at_];
    size_t known = letters.find(c);
    if (c != 'u') {
      out += known == std::string_view::npos ? c : meanings[known];
      return;
    }
    unsigned code = 0;
    if (text_.size() - at_ < 5) fail("four hexadecimal digits");
    std::from_chars(text_.data() + at_ + 1, text_.data() + at_ + 5, code, 16);
    at_ += 4;
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else {  // a surrogate stays as it is: names are compared as bytes, and none of ours has one
      out += static_cast<char>(0xe0 | code >> 12);
      out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
  }

  std::string_view text_;
  const std::string &what_;
  size_t at_ = 0;
};

}  // namespace

Json Json::parse(std::string_view text, const std::string &what) {
  return Reader(text, what).whole();
}

}  // namespace plx
