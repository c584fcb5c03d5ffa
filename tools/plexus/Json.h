// Small JSON: a value, its text, and a reader of the little that the command line reads (data.json,
// headers of .safetensors).
#ifndef PLEXUS_TOOLS_PLEXUS_JSON_H
#define PLEXUS_TOOLS_PLEXUS_JSON_H

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plx {

class Json {
 public:
  enum class Kind { Null, Bool, Number, String, Array, Object };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  Json(bool value) : kind_(Kind::Bool), number_(value) {}       // NOLINT: implicit on purpose
  Json(double value) : kind_(Kind::Number), number_(value) {}   // NOLINT
  Json(int value) : Json(static_cast<int64_t>(value)) {}        // NOLINT
  Json(int64_t value);                                          // NOLINT
  Json(uint64_t value) : Json(static_cast<int64_t>(value)) {}   // NOLINT
  Json(const char *text) : kind_(Kind::String), text_(text) {}  // NOLINT
  Json(std::string text) : kind_(Kind::String), text_(std::move(text)) {}  // NOLINT
  static Json array() { return Json(Kind::Array); }
  static Json object() { return Json(Kind::Object); }

  /// Throws Failure with the byte offset of what is no JSON; at most 64 levels deep.
  static Json parse(std::string_view text, const std::string &what);

  Kind kind() const { return kind_; }
  double number() const { return number_; }
  const std::string &text() const { return text_; }
  const std::vector<Json> &items() const { return items_; }
  const std::vector<Member> &members() const { return members_; }
  /// Null when there is none.
  const Json *find(std::string_view name) const;

  Json &push(Json item);
  Json &set(std::string name, Json value);

  std::string str() const;

 private:
  explicit Json(Kind kind) : kind_(kind) {}
  void print(std::string &out, int indent) const;

  Kind kind_ = Kind::Null;
  double number_ = 0;
  std::string text_;  // of a string; a number's digits where a double would lose some
  std::vector<Json> items_;
  std::vector<Member> members_;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_JSON_H
