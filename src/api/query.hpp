// Query strings and form bodies: names and values in order, decoded once.
// Private to the API; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strongroom::api {

class Query {
 public:
  /// The part after `?`. A name or value with a broken escape is kept as sent: it can then only be unknown or wrong.
  static Query parse(std::string_view text);
  /// A form body (application/x-www-form-urlencoded); nothing when an escape is broken or text is not UTF-8.
  static std::optional<Query> parse_form(std::string_view text);

  /// The first value with this name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  /// A name that is there more than once.
  [[nodiscard]] std::optional<std::string_view> repeated() const;

  /// The parameter `limit` of a list: from 1 to 1000, 100 when absent or empty. Another value adds its fault_line().
  [[nodiscard]] std::size_t limit(std::vector<std::string>& faults) const;
  /// `Invalid value in query parameter {name}: got "{value}", {rule}`
  [[nodiscard]] static std::string fault_line(std::string_view name, std::string_view value, std::string_view rule);

  /// The faults of http-api.md 1.2 as lines of a 400, one per parameter, joined by newlines: a known one given twice,
  /// and unless `others_ignored` (GET) an unknown one. Empty when fine.
  [[nodiscard]] std::string faults(const std::vector<std::string_view>& known, bool others_ignored) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace strongroom::api
