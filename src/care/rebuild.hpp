// rebuild: the whole catalogue again, from what any one location holds (DESIGN 2.4, pipeline.md 9.3).
//
// Every stored description is read, held against the manifests and the listing of its own version directory, and put
// back: versions, dates, ingests with the events the description tells, and the kept copies of the records store.
// Nothing is believed that does not agree, nothing is registered silently, and nothing in the location is touched.
// A rebuild that was cut off is begun again and finds done what was done. Blocking; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/spill.hpp"
#include "domain/layout.hpp"
#include "domain/location.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/object_store.hpp"
#include "ports/restoration.hpp"
#include "ports/version_index.hpp"

namespace strongroom::care {

struct RebuildNeeds {
  ObjectStore& location;
  LocationFacts facts;  ///< of the location, with its uuid
  ObjectStore& records;
  Restoration& catalogue;
  SpillSpace& spills;
  Clock& clock;
  Entropy& entropy;
  VersionIndex* versions = nullptr;  ///< beside the catalogue, where there is one
};

/// Something in the location that was not registered, and why. Its number is left over: never given to other bytes.
struct Unregistered {
  layout::VersionKey version;
  std::vector<std::string> faults;  ///< the first few; `there is no description` when that is all
  std::uint64_t fault_count = 0;
};

class RebuildWatcher {
 public:
  virtual ~RebuildWatcher() = default;
  virtual void restored(const layout::VersionKey& version, std::uint64_t files) = 0;
  virtual void unregistered(const Unregistered& what) = 0;
  /// A key below `_strongroom/manifests/` that is no description's.
  virtual void odd_key(const std::string& key) = 0;
};

struct Rebuilt {
  std::uint64_t versions = 0;
  std::uint64_t files = 0;  ///< of all versions, as their descriptions count them
  std::uint64_t bytes = 0;
  std::uint64_t unregistered = 0;
  /// `{base}/context.json` as the descriptions have it, fixed for the installation; empty without any description.
  std::string context_url;
};

/// An Error ends it: trouble with the location, the records store or the catalogue. What is wrong with a version is
/// told to the watcher, and the others go on.
Result<Rebuilt> rebuild(const RebuildNeeds& needs, RebuildWatcher& watcher);

}  // namespace strongroom::care
