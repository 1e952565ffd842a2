#include "api/query.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace strongroom::api {
namespace {

std::optional<std::string> decode(std::string_view text) {
  auto decoded = percent_decode(text, true);
  if (decoded && !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

template <class Take>
bool for_each_pair(std::string_view text, const Take& take) {
  for (std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (!take(name, value)) return false;
  }
  return true;
}

}  // namespace

Query Query::parse(std::string_view text) {
  Query query;
  for_each_pair(text, [&](std::string_view name, std::string_view value) {
    query.pairs_.emplace_back(decode(name).value_or(std::string(name)), decode(value).value_or(std::string(value)));
    return true;
  });
  return query;
}

std::optional<Query> Query::parse_form(std::string_view text) {
  Query query;
  const bool whole = for_each_pair(text, [&](std::string_view name, std::string_view value) {
    auto decoded_name = decode(name);
    auto decoded_value = decode(value);
    if (!decoded_name || !decoded_value) return false;
    query.pairs_.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
    return true;
  });
  return whole ? std::optional(std::move(query)) : std::nullopt;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Query::repeated() const {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : pairs_) {
    if (!seen.insert(name).second) return name;
  }
  return std::nullopt;
}

std::size_t Query::limit(std::vector<std::string>& faults) const {
  constexpr std::size_t kMax = 1000;
  constexpr std::size_t kDefault = 100;
  const auto value = find("limit");
  if (!value || value->empty()) return kDefault;
  const auto number = parse_number(*value);
  if (number && *number >= 1 && *number <= kMax) return static_cast<std::size_t>(*number);
  faults.push_back(fault_line("limit", *value, "must be a whole number from 1 to " + std::to_string(kMax) + "."));
  return kDefault;
}

std::string Query::fault_line(std::string_view name, std::string_view value, std::string_view rule) {
  return "Invalid value in query parameter " + one_line(name) + ": got \"" + one_line(value) + "\", " +
         std::string(rule);
}

std::string Query::faults(const std::vector<std::string_view>& known, bool others_ignored) const {
  std::vector<std::string> lines;
  std::set<std::string_view> seen;
  std::set<std::string_view> told;
  for (const auto& [name, value] : pairs_) {
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    const bool is_first = seen.insert(name).second;
    std::string_view rule;
    if (!is_known && !others_ignored) rule = "no such parameter here.";
    if (is_known && !is_first) rule = "must be given only once.";
    if (rule.empty() || !told.insert(name).second) continue;
    lines.push_back(fault_line(name, value, rule));
  }
  return join(lines, "\n");
}

}  // namespace strongroom::api
