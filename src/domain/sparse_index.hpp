// The sparse index of a stored description: every 1,000th name of its lists with the offset of its line, so that a
// look-up is one ranged read (CORRECTNESS 3.2).
//
// The same description always gives the same index, whoever makes it. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace strongroom {

class SparseIndexWriter {
 public:
  /// A list begins: `files`, then `tagFiles`.
  void begin(std::string_view list);
  /// The next file of the list, whose line begins at `offset` in the description.
  void see(const std::string& name, std::uint64_t offset);
  /// `{"files":[["data/a.txt",1234],…],"tagFiles":[…]}`
  [[nodiscard]] std::string finish() const { return json_ + "]}"; }

 private:
  std::string json_;
  std::uint64_t count_ = 0;
};

/// A stretch of a description: from the line of a name that is in the index up to the line of the next such name.
struct IndexedStretch {
  std::uint64_t first = 0;            ///< offset in the description
  std::optional<std::uint64_t> next;  ///< nothing for the last stretch of all
};

/// Where `name` is if it is in the list at all; nothing when every name of the list is greater. Reason::corrupt when
/// the text is no index.
[[nodiscard]] Result<std::optional<IndexedStretch>> find_stretch(std::string_view index, std::string_view list,
                                                                 std::string_view name);
/// Where the first line of a list is; nothing when the list is empty.
[[nodiscard]] Result<std::optional<std::uint64_t>> begin_of_list(std::string_view index, std::string_view list);

}  // namespace strongroom
