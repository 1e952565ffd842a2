// What the lists that have filters and cursors share: their query parameters, read, and the link to the next page
// (http-api.md 4.5). Private to the API; one thread at a time.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/call.hpp"
#include "base/instant.hpp"
#include "base/text.hpp"

namespace strongroom::api {

/// Reads the parameters of one list; what is wrong with them is noted.
class ListParameters {
 public:
  /// `filters`: the parameters that choose what the list has. `call` outlives it.
  ListParameters(const Call& call, std::vector<std::string_view> filters) : call_(call), filters_(std::move(filters)) {}

  /// A parameter without a value counts as left out.
  [[nodiscard]] std::optional<std::string> given(std::string_view name) const;
  std::optional<Instant> instant(std::string_view name);
  /// `true` or `false`.
  std::optional<bool> flag(std::string_view name);
  std::size_t limit() { return call_.query.limit(faults_); }
  void fault(std::string_view name, std::string_view value, std::string_view rule);
  /// Several words with commas between, each once. `parse` makes nothing of a word that is none.
  template <class Parse>
  auto words(std::string_view name, Parse parse, std::string_view rule) {
    std::vector<typename std::invoke_result_t<Parse, std::string_view>::value_type> found;
    const auto value = given(name);
    if (!value) return found;
    for (const std::string_view word : split(*value, ',')) {
      const auto read = parse(word);
      if (!read) {
        fault(name, *value, rule);
        break;
      }
      if (std::ranges::find(found, *read) == found.end()) found.push_back(*read);
    }
    return found;
  }
  /// Where the page begins, as `parse` reads it from a cursor of this list(); nothing without one.
  template <class Parse>
  auto place(Parse parse) -> std::invoke_result_t<Parse, std::string_view, const std::string&> {
    const auto value = given("cursor");
    if (!value) return std::nullopt;
    auto read = parse(*value, list());
    if (!read) cursor_fault(*value);
    return read;
  }
  void cursor_fault(std::string_view value) { fault("cursor", value, "must be a cursor of this list."); }

  /// All filters, as one text; also what the list's cursors are bound to.
  [[nodiscard]] std::string list() const;
  /// The lines of the 400; empty when fine.
  [[nodiscard]] std::string faults() const;
  /// `{base}{resource}?{filters}limit=…&cursor=…`
  [[nodiscard]] std::string next_url(std::string_view resource, std::size_t limit, const std::string& cursor) const;

 private:
  const Call& call_;
  const std::vector<std::string_view> filters_;
  std::vector<std::string> faults_;
};

}  // namespace strongroom::api
