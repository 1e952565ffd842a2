// `strongroom location init`: makes a directory a storage location, by the marker that proves it is itself.
//
// Done once in a location's life, by an operator (CORRECTNESS 1.9).
#pragma once

#include <string>

#include "cli/command.hpp"

namespace strongroom::cli {

struct LocationInitOptions {
  std::string path;
  std::string label;
  std::string prefix;  ///< empty, or ending in a slash
};

Exit location_init(const LocationInitOptions& options, const Surroundings& surroundings);

}  // namespace strongroom::cli
