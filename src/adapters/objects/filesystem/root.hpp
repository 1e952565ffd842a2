// The root of a location and the proof that it is itself: `_strongroom/location.json` (CORRECTNESS 1.9).
//
// A Root is opened anew for every operation, so that another volume, or none, under the same path is noticed before
// anything is read or written there; and so that each deposit's descriptor is older than its first write, which is what
// makes its barrier report every write error (CORRECTNESS 1.7). Functions may be called from any thread.
#pragma once

#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "base/result.hpp"
#include "domain/location_marker.hpp"
#include "ports/entropy.hpp"

namespace strongroom::filesystem {

using Marker = LocationMarker;

/// Makes the directory `root`/`prefix` a location: writes its marker, durable, with a new uuid. Reason::already_exists
/// (rejected) when there is one, whatever it says. Returns the uuid.
Result<std::string> init_location(const std::string& root, const std::string& prefix, const std::string& label,
                                  Entropy& entropy);

/// The marker of the location at `root`/`prefix`. Reason::not_found (temporary) without one.
Result<Marker> read_marker(const std::string& root, const std::string& prefix);

/// Where a location is, and who it must be.
class RootPath {
 public:
  /// `prefix` is empty or ends in a slash; all keys of the location, `_strongroom/` included, lie below it.
  RootPath(std::string root, const std::string& prefix, std::string uuid);
  /// A descriptor of the location's directory, after its marker was read and had the right uuid; temporary errors
  /// otherwise.
  [[nodiscard]] Result<Fd> open() const;
  /// The same question for a descriptor opened earlier: also refused when the path leads elsewhere by now.
  [[nodiscard]] Result<void> still_same(int root) const;

 private:
  std::string root_;
  std::string prefix_;
  std::string uuid_;
};

}  // namespace strongroom::filesystem
