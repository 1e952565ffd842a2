#include "base/json_text.hpp"

#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace strongroom {

void append_json_string(std::string& out, std::string_view value) {
  out.push_back('"');
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = at;
    const auto point = next_code_point(value, at);
    if (!point) {
      out.append("\xEF\xBF\xBD");
      at = begin + 1;
    } else if (*point == '"' || *point == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(*point));
    } else if (*point < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(*point));
      out.append(escape.data());
    } else {
      out.append(value.substr(begin, at - begin));
    }
  }
  out.push_back('"');
}

void JsonWriter::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::open(char c) {
  separate();
  out_.push_back(c);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char c) {
  out_.push_back(c);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  out_.append(std::to_string(value));
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_.append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace strongroom
