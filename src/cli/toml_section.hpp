// One table of a TOML file being read: takes values one by one and notes every problem instead of stopping.
//
// Private to the configuration. Keys that nobody took are problems too, with a guess at what was meant. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/config.hpp"

namespace strongroom::cli {

/// A value of the file without its library's type.
struct TomlValue {
  std::optional<std::string> text;               ///< of a string
  std::optional<std::int64_t> number;            ///< of an integer
  std::optional<bool> boolean;                   ///< of true and false
  std::optional<std::vector<std::string>> list;  ///< of an array of strings
};

class TomlSection {
 public:
  class Table;

  /// Whether `value` could be used; false makes it a problem.
  using Taker = std::function<bool(const TomlValue& value)>;

  TomlSection(ConfigProblems& problems, std::string file, std::string name, std::shared_ptr<const Table> table);

  /// Gives the value of `key` to `taker`, when there is one. `rule` says what is allowed.
  void take(const std::string& key, const std::string& rule, const Taker& taker);
  void take_text(const std::string& key, const std::string& rule, const std::function<bool(const std::string&)>& taker);
  void take_boolean(const std::string& key, bool& into);
  void take_number(const std::string& key, std::uint64_t least, std::uint64_t most, std::uint64_t& into);
  void take_duration(const std::string& key, const std::string& least, const std::string& most, Duration& into);
  void take_size(const std::string& key, const std::string& least, const std::string& most, std::uint64_t& into);

  [[nodiscard]] bool has(const std::string& key) const;
  /// The table at `key`; an empty one when absent.
  [[nodiscard]] TomlSection section(const std::string& key);
  /// The tables of `[[key]]`, in their order.
  [[nodiscard]] std::vector<TomlSection> sections(const std::string& key);
  /// Notes that the value at `key`, or its absence, breaks `rule`.
  void refuse(const std::string& key, const std::string& rule);
  /// Notes every key that nobody took. Called once, at the end.
  void refuse_others();

 private:
  [[nodiscard]] std::string full(const std::string& key) const;
  void note(const std::string& key, const std::string& rule);

  ConfigProblems& problems_;
  std::string file_;
  std::string name_;
  std::shared_ptr<const Table> table_;
  std::vector<std::string> known_;
};

/// The root of a file's text; nothing, and a problem noted, when it is not TOML.
[[nodiscard]] std::optional<TomlSection> read_toml(const std::string& text, const std::string& file,
                                                   ConfigProblems& problems);

}  // namespace strongroom::cli
