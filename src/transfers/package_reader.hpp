// Reading a transfer package: its listing and its two CSVs, by ranged reads alone.
//
// At most 6 requests, one for each 8 MiB of the central directory and 3 for each CSV; never the payload, but for what
// the tail of the package has of it. At most 256 MiB of memory for a million members. One thread at a time. Source:
// transfers.md 6.
#pragma once

#include "base/random_access.hpp"
#include "transfers/package_listing.hpp"

namespace strongroom::transfers {

/// What the archivist can put right is a finding; an Error is `package`'s own, unchanged, or temporary when it ends
/// before its size. An empty package is not read at all.
Result<PackageContents> read_package(RandomAccess& package);

}  // namespace strongroom::transfers
