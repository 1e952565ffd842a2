#include "cli/toml_section.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::cli {

/// The document is kept alive by every table of it.
class TomlSection::Table {
 public:
  explicit Table(toml::table document) : document_(std::make_shared<toml::table>(std::move(document))) {
    table_ = document_.get();
  }
  Table(const Table& of, const toml::table* table) : document_(of.document_), table_(table) {}

  [[nodiscard]] const toml::table* get() const { return table_; }

 private:
  std::shared_ptr<const toml::table> document_;
  const toml::table* table_ = nullptr;  ///< null for a table that is not there
};

namespace {

constexpr std::size_t kShownMax = 100;

/// Tables are not shown: they are in view in the file, and may hold secrets.
std::string shown(const toml::node& node) {
  if (node.is_table() || node.is_array_of_tables()) return {};
  std::ostringstream text;
  if (node.is_array()) {
    text << toml::json_formatter{node, toml::format_flags::none};
  } else {
    text << toml::toml_formatter{node, toml::format_flags::none};
  }
  std::string line = text.str();
  std::ranges::replace(line, '\n', ' ');
  if (line.size() > kShownMax) line = line.substr(0, kShownMax) + "...";
  return one_line(line);
}

TomlValue value_of(const toml::node& node) {
  TomlValue value;
  if (const auto* text = node.as_string()) value.text = text->get();
  if (const auto* number = node.as_integer()) value.number = number->get();
  if (const auto* boolean = node.as_boolean()) value.boolean = boolean->get();
  const auto* array = node.as_array();
  if (array == nullptr) return value;
  std::vector<std::string> list;
  for (const toml::node& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return value;
    list.push_back(text->get());
  }
  value.list = std::move(list);
  return value;
}

}  // namespace

TomlSection::TomlSection(ConfigProblems& problems, std::string file, std::string name,
                         std::shared_ptr<const Table> table)
    : problems_(problems), file_(std::move(file)), name_(std::move(name)), table_(std::move(table)) {}

std::string TomlSection::full(const std::string& key) const {
  if (key.empty()) return name_;
  return name_.empty() ? key : name_ + "." + key;
}

void TomlSection::note(const std::string& key, const std::string& rule) {
  const toml::table* table = table_->get();
  const toml::node* node = table == nullptr ? nullptr : table->get(key);
  const toml::node* where = node == nullptr ? table : node;
  std::string place = file_;
  if (where != nullptr && where->source().begin.line > 0) place += ":" + std::to_string(where->source().begin.line);
  const std::string lower = to_lower_ascii(key);
  const bool secret = std::ranges::any_of(std::array{"secret", "password", "apikey"},
                                          [&](const char* word) { return lower.find(word) != std::string::npos; });
  problems_.push_back({place, full(key), node == nullptr ? "" : secret ? "(not shown)" : shown(*node), rule});
}

bool TomlSection::has(const std::string& key) const { return table_->get() != nullptr && table_->get()->contains(key); }

void TomlSection::take(const std::string& key, const std::string& rule, const Taker& taker) {
  known_.push_back(key);
  const toml::node* node = table_->get() == nullptr ? nullptr : table_->get()->get(key);
  if (node != nullptr && !taker(value_of(*node))) note(key, rule);
}

void TomlSection::take_text(const std::string& key, const std::string& rule,
                            const std::function<bool(const std::string&)>& taker) {
  take(key, rule, [&](const TomlValue& value) { return value.text && taker(*value.text); });
}

void TomlSection::take_boolean(const std::string& key, bool& into) {
  take(key, "must be true or false", [&](const TomlValue& value) {
    into = value.boolean.value_or(into);
    return value.boolean.has_value();
  });
}

void TomlSection::take_number(const std::string& key, std::uint64_t least, std::uint64_t most, std::uint64_t& into) {
  const std::string rule = "must be a whole number from " + with_thousands(least) + " to " + with_thousands(most);
  take(key, rule, [&](const TomlValue& value) {
    if (!value.number || *value.number < 0) return false;
    const auto number = static_cast<std::uint64_t>(*value.number);
    if (number < least || number > most) return false;
    into = number;
    return true;
  });
}

void TomlSection::take_duration(const std::string& key, const std::string& least, const std::string& most,
                                Duration& into) {
  const std::optional<Duration> shortest = parse_duration(least);
  const std::optional<Duration> longest = parse_duration(most);
  CHECK(shortest && longest);
  const std::string rule =
      "must be a duration from \"" + least + "\" to \"" + most + "\": a whole number and one of ms, s, min, h, d";
  take_text(key, rule, [&](const std::string& text) {
    const std::optional<Duration> duration = parse_duration(text);
    if (!duration || *duration < *shortest || *duration > *longest) return false;
    into = *duration;
    return true;
  });
}

void TomlSection::take_size(const std::string& key, const std::string& least, const std::string& most,
                            std::uint64_t& into) {
  const std::optional<std::uint64_t> smallest = parse_size(least);
  const std::optional<std::uint64_t> largest = parse_size(most);
  CHECK(smallest && largest);
  const std::string rule =
      "must be a size from \"" + least + "\" to \"" + most + "\": a whole number of bytes, or of KiB, MiB, GiB, TiB";
  take(key, rule, [&](const TomlValue& value) {
    std::optional<std::uint64_t> size;
    if (value.text) size = parse_size(*value.text);
    if (value.number && *value.number >= 0) size = static_cast<std::uint64_t>(*value.number);
    if (!size || *size < *smallest || *size > *largest) return false;
    into = *size;
    return true;
  });
}

TomlSection TomlSection::section(const std::string& key) {
  known_.push_back(key);
  const toml::node* node = table_->get() == nullptr ? nullptr : table_->get()->get(key);
  if (node != nullptr && !node->is_table()) note(key, "must be a table, as in [" + full(key) + "]");
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  return {problems_, file_, full(key), std::make_shared<Table>(*table_, table)};
}

std::vector<TomlSection> TomlSection::sections(const std::string& key) {
  known_.push_back(key);
  const toml::node* node = table_->get() == nullptr ? nullptr : table_->get()->get(key);
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    note(key, "must be tables, as in [[" + full(key) + "]]");
    return {};
  }
  std::vector<TomlSection> found;
  for (std::size_t i = 0; i < array->size(); ++i) {
    found.emplace_back(problems_, file_, full(key) + "[" + std::to_string(i + 1) + "]",
                       std::make_shared<Table>(*table_, array->get(i)->as_table()));
  }
  return found;
}

void TomlSection::refuse(const std::string& key, const std::string& rule) { note(key, rule); }

void TomlSection::refuse_others() {
  if (table_->get() == nullptr) return;
  for (const auto& [key, node] : *table_->get()) {
    const std::string name(key.str());
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const std::string guess = nearest(name, known_);
    note(name, "there is no such setting" + (guess.empty() ? "" : "; did you mean " + full(guess) + "?"));
  }
}

std::optional<TomlSection> read_toml(const std::string& text, const std::string& file, ConfigProblems& problems) {
  try {
    return TomlSection(problems, file, "", std::make_shared<TomlSection::Table>(toml::parse(text)));
  } catch (const toml::parse_error& error) {
    problems.push_back({file + ":" + std::to_string(error.source().begin.line), "", "",
                        "is not TOML: " + one_line(error.description())});
    return std::nullopt;
  }
}

}  // namespace strongroom::cli
