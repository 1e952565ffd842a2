// fetch.txt: its lines (bag-acceptance.md 2.5; rules E1 to E4). What an entry may refer to is another rule's affair.
//
// Streamed: a FetchReader holds one line. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bagit/findings.hpp"
#include "bagit/tag_lines.hpp"

namespace strongroom::bagit {

inline constexpr std::string_view kFetchFile = "fetch.txt";
/// Begins every text of the rules E.
inline constexpr std::string_view kFetchPrefix = "Error loading fetch.txt: ";

struct FetchLine {
  std::uint64_t number = 0;
  std::string url;
  std::optional<std::uint64_t> length;  ///< nothing for `-`
  std::string path;                     ///< decoded
};

class FetchReader {
 public:
  /// Both outlive the reader. `encoding` is told where a line is not in it; `source` gives UTF-8 already.
  FetchReader(ByteSource& source, Findings& findings, std::string_view encoding = "UTF-8");

  /// The next well-formed line, valid until the next call, or null at the end. What is wrong with the others has been
  /// reported by then, and W13 when there was nothing but blank lines. A path outside `data/` is reported (E4) and
  /// given all the same.
  Result<const FetchLine*> next();

 private:
  Result<bool> take(const TagLine& line);
  Result<void> refuse(std::string_view rule, const TagLine& line, std::string_view description, std::string text);
  Result<void> end();

  TagLineReader lines_;
  Findings& findings_;
  const std::string encoding_;
  NameList tag_files_;
  bool empty_ = true;
  FetchLine line_;
};

}  // namespace strongroom::bagit
