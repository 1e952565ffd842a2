// Rules about names themselves: H3 to H7, W7, W11 (bag-acceptance.md 6, domain-rules.md 2.8).
//
// Private to this room. Sees every name of a bag once, in byte order. Names that collide in another form than their
// own are found through a second sort. One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bagit/check.hpp"
#include "bagit/findings.hpp"
#include "base/sorter.hpp"

namespace strongroom::bagit {

class NameRules {
 public:
  NameRules(const CheckRequest& request, SpillSpace& spills, Findings& findings)
      : request_(request), findings_(findings), forms_(spills, request.sorter_memory) {}

  /// Names in strict byte order.
  Result<void> see(std::string_view name);
  /// After the last name.
  Result<void> finish();

 private:
  Result<void> judge_alone(std::string_view name);
  Result<void> judge_directories(std::string_view name);
  Result<void> judge_forms();

  const CheckRequest& request_;
  Findings& findings_;
  NameList trailing_dots_;
  NameList unsafe_;
  NameList too_long_;
  NameList directories_;
  NameList same_form_;

  /// A file whose name is the beginning of the last name seen; true when it has been reported by H7.
  std::vector<std::pair<std::size_t, bool>> beginnings_;
  std::string last_;

  /// Key: the folded name, the name in NFC, and the name where that is another, each ended by NUL.
  Sorter forms_;
};

}  // namespace strongroom::bagit
