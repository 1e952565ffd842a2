// The sparse index of a stored description: every 1,000th name of its lists with the offset of its line, so that a
// look-up is one ranged read (CORRECTNESS 3.2).
//
// The same description always gives the same index, whoever makes it. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace strongroom
