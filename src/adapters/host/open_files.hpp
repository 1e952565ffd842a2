// How many files and connections this process may have open.
//
// The system's soft limit is low for the sake of old programs; a service raises it to the hard one at start. Not to be
// called by several threads at once.
#pragma once

#include <cstdint>

namespace strongroom::host {

/// Raises the soft limit of open files to the hard one, as far as the system allows; what holds then.
std::uint64_t raise_open_files();

}  // namespace strongroom::host
