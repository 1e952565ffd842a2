// Opening the stored description of a registered version.
//
// The records store is asked first; what it cannot supply comes from the locations in configured order (each of them
// holds one). Nothing that is read is believed: the digest in the catalogue decides.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "domain/version_row.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"

namespace strongroom::retrieve {

struct DescriptionNeeds {
  ObjectStore& records;
  const std::vector<ObjectStore*>& locations;
  Log& log;
};

/// Up to this size a description is read whole before it is handed out, so that a damaged copy is passed over; a
/// larger one is checked while it streams, and the last read fails with Reason::corrupt when it was not the right one.
inline constexpr std::uint64_t kDescriptionHeldMax = std::uint64_t{1} << 20;

/// The bytes of the description of `row` (which is registered). A copy that cannot be used is logged and the next one
/// tried; the Error is that of the last one. Any thread.
Result<std::unique_ptr<ByteSource>> open_description(const DescriptionNeeds& needs, const BagId& bag,
                                                     const VersionRow& row);

/// The same from `offset` on, where the sparse index has the line of a file. Of a large description the digest cannot
/// be checked then: who reads on relies on a whole reading beside it.
Result<std::unique_ptr<ByteSource>> open_description_from(const DescriptionNeeds& needs, const BagId& bag,
                                                          const VersionRow& row, std::uint64_t offset);

}  // namespace strongroom::retrieve
