// One page of an area's files, in byte order of their keys.
//
// Symbolic links, names that begin with a dot and names that are not UTF-8 are left out. Memory: some 1,000 names, or
// `limit` of them, for each level of directories. Keeps no state; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/transfer.hpp"

namespace strongroom::areas {

/// Told of what had to be left out although it may hold packages: why, and which. Called within list_files().
using LeftOut = std::function<void(std::string_view why, const std::string& key)>;

/// Up to `limit` files below the open directory `root` whose keys are greater than `after`. What cannot be read below
/// it is left out, so that one closed folder does not hide the others.
Result<std::vector<AreaObject>> list_files(int root, const std::string& after, std::size_t limit,
                                           const LeftOut& left_out);

}  // namespace strongroom::areas
