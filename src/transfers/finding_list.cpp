#include "transfers/finding_list.hpp"

#include <algorithm>

namespace strongroom::transfers {

void FindingList::sort(bool (*before)(const Finding&, const Finding&)) {
  std::stable_sort(kept_.begin(), kept_.end(), before);
}

std::uint64_t FindingList::count(Severity severity) const {
  std::uint64_t all = 0;
  for (const auto& [code, count] : counts_) {
    if (severity_of(code) == severity) all += count;
  }
  return all;
}

}  // namespace strongroom::transfers
