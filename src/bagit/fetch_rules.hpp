// What fetch.txt means: rules I1, I2, I4 and I5, and which stored file each entry takes (bag-acceptance.md 7).
//
// Private to this room. Entries are joined with the held version's files in order of physical path, through external
// sorts, so the cost is that of sorting, whatever their number. One thread at a time.
#pragma once

#include <optional>
#include <string>

#include "bagit/check.hpp"
#include "bagit/fetch.hpp"
#include "bagit/findings.hpp"
#include "bagit/names.hpp"
#include "base/sorter.hpp"

namespace strongroom::bagit {

class FetchRules {
 public:
  /// All outlive this. `entries` takes every entry as the value of its path, with the stored file where there is one.
  FetchRules(const CheckRequest& request, SpillSpace& spills, Sorter& entries, Findings& findings)
      : request_(request), spills_(spills), entries_(entries), findings_(findings) {}

  Result<void> see(const FetchLine& line);
  /// After the last line.
  Result<void> finish();

 private:
  Result<void> refuse_all(std::string_view rule, std::string_view kind, std::string text, std::string_view description);
  Result<void> resolve();
  Result<void> refuse(std::string_view rule, std::string_view kind, std::string_view path, const FetchEntry& entry,
                      std::string_view description, NameList& names);

  const CheckRequest& request_;
  SpillSpace& spills_;
  Sorter& entries_;
  Findings& findings_;
  std::optional<Sorter> by_path_;  ///< physical path, NUL, path in the bag -> entry
  NameList elsewhere_;
  NameList not_current_;
  std::uint64_t seen_ = 0;
};

}  // namespace strongroom::bagit
