#include "api/strict_json.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr int kNestingMax = 64;

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonValue> parse() {
    skip_space();
    TRY(JsonValue value, read_value(0));
    skip_space();
    if (at_ != text_.size()) return fault("unexpected text after the value", at_);
    return value;
  }

 private:
  Result<JsonValue> read_value(int depth) {
    const std::size_t begin = at_;
    JsonValue value;
    switch (peek()) {
      case '{':
        TRY_VOID(read_object(value, depth + 1));
        break;
      case '[':
        TRY_VOID(read_array(value, depth + 1));
        break;
      case '"': {
        value.kind = JsonKind::string;
        TRY(value.text, read_string());
        break;
      }
      case 't':
        TRY_VOID(read_word("true", value, JsonKind::boolean));
        break;
      case 'f':
        TRY_VOID(read_word("false", value, JsonKind::boolean));
        break;
      case 'n':
        TRY_VOID(read_word("null", value, JsonKind::null));
        break;
      default:
        TRY_VOID(read_number(value));
    }
    value.source = text_.substr(begin, at_ - begin);
    return value;
  }

  Result<void> read_object(JsonValue& value, int depth) {
    value.kind = JsonKind::object;
    if (depth > kNestingMax) return fault("nesting deeper than 64", at_);
    ++at_;
    skip_space();
    if (take('}')) return {};
    std::set<std::string> names;
    for (;;) {
      const std::size_t name_at = at_;
      if (peek() != '"') return unexpected("a member name");
      TRY(std::string name, read_string());
      if (!names.insert(name).second) return fault("the member \"" + one_line(name) + "\" is given twice", name_at);
      skip_space();
      if (!take(':')) return unexpected("\":\"");
      skip_space();
      TRY(JsonValue member, read_value(depth));
      value.members.push_back({std::move(name), std::move(member)});
      skip_space();
      if (take('}')) return {};
      if (!take(',')) return unexpected("\",\" or \"}\"");
      skip_space();
    }
  }

  Result<void> read_array(JsonValue& value, int depth) {
    value.kind = JsonKind::array;
    if (depth > kNestingMax) return fault("nesting deeper than 64", at_);
    ++at_;
    skip_space();
    if (take(']')) return {};
    for (;;) {
      TRY_VOID(dropped(read_value(depth)));
      skip_space();
      if (take(']')) return {};
      if (!take(',')) return unexpected("\",\" or \"]\"");
      skip_space();
    }
  }

  static Result<void> dropped(Result<JsonValue> value) {
    if (!value) return std::move(value).error();
    return {};
  }

  Result<std::string> read_string() {
    const std::size_t begin = at_++;
    std::string decoded;
    for (;;) {
      if (at_ >= text_.size()) return fault("a string without its end", begin);
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return decoded;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fault("a control character in a string", at_);
      if (c == '\\') {
        TRY_VOID(read_escape(decoded));
        continue;
      }
      const std::size_t from = at_;
      if (!next_code_point(text_, at_)) return fault("bytes that are not UTF-8", from);
      decoded.append(text_.substr(from, at_ - from));
    }
  }

  Result<void> read_escape(std::string& decoded) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const std::size_t begin = at_++;
    const char name = peek();
    const auto known = kNames.find(name);
    if (name != '\0' && known != std::string_view::npos) {
      decoded.push_back(kValues[known]);
      ++at_;
      return {};
    }
    auto unit = name == 'u' ? read_hex_unit() : std::nullopt;
    if (!unit) return fault("an unknown escape", begin);
    if (*unit >= 0xDC00 && *unit < 0xE000) return fault("a lone surrogate", begin);
    if (*unit >= 0xD800 && *unit < 0xDC00) {
      if (!text_.substr(at_).starts_with("\\u")) return fault("a lone surrogate", begin);
      ++at_;
      const auto low = read_hex_unit();
      if (!low || *low < 0xDC00 || *low >= 0xE000) return fault("a lone surrogate", begin);
      unit = 0x10000U + ((*unit - 0xD800U) << 10U) + (*low - 0xDC00U);
    }
    append_utf8(decoded, *unit);
    return {};
  }

  /// Four hex digits after the `u` that at_ stands on.
  std::optional<char32_t> read_hex_unit() {
    ++at_;
    char32_t unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      char32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<char32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<char32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<char32_t>(c - 'A' + 10);
      } else {
        return std::nullopt;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  Result<void> read_word(std::string_view word, JsonValue& value, JsonKind kind) {
    if (!text_.substr(at_).starts_with(word)) return unexpected("a value");
    at_ += word.size();
    value.kind = kind;
    return {};
  }

  Result<void> read_number(JsonValue& value) {
    const std::size_t begin = at_;
    value.kind = JsonKind::number;
    take('-');
    if (!is_digit(peek())) {
      at_ = begin;
      return unexpected("a value");
    }
    if (!take('0')) skip_digits();
    if (take('.') && skip_digits() == 0) return unexpected("a digit");
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (skip_digits() == 0) return unexpected("a digit");
    }
    return {};
  }

  std::size_t skip_digits() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ - begin;
  }

  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  [[nodiscard]] Error unexpected(std::string_view wanted) const {
    return fault((at_ < text_.size() ? "expected " : "the text ends too early: expected ") + std::string(wanted), at_);
  }

  /// Lines and columns (in characters) count from 1.
  [[nodiscard]] Error fault(const std::string& what, std::size_t at) const {
    const std::string_view before = text_.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_begin = before.rfind('\n');
    const auto column =
        count_characters(line_begin == std::string_view::npos ? before : before.substr(line_begin + 1)) + 1;
    return rejected(what + " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return value.kind == JsonKind::null ? nullptr : &value;
  }
  return nullptr;
}

Result<JsonValue> parse_strict_json(std::string_view text) { return Parser(text).parse(); }

}  // namespace strongroom::api
