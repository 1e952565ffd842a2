// The bytes of a stored file, from the first location that can give them (http-api.md 5.4).
//
// The primary location is asked first, then the others in configured order; locations of an archive tier never. When
// one fails in the middle the next one goes on where it stopped. A whole file is hashed on the way, and its last bytes
// are given only when the digest is right, so that what is wrong is never whole. Every copy that could not serve is
// told in the log and counted; that one is damaged, or right again, is noted. A source belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "domain/location.hpp"
#include "ports/damage.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/object_store.hpp"

namespace strongroom::retrieve {

/// The locations as readers need them; everything outlives what is opened.
struct CopyNeeds {
  const std::vector<LocationFacts>& facts;
  const std::vector<ObjectStore*>& stores;  ///< in the order of `facts`
  Log& log;
  Metrics& metrics;
  DamageNotes* damage = nullptr;  ///< null: nobody keeps what is found
};

struct WantedFile {
  std::string key;
  std::uint64_t size = 0;
  Digest sha256;
  std::vector<std::string> location_uuids;  ///< that hold it
};

/// The bytes of `range`, which lies within the file; nothing but the range is read. The first copy is opened at once:
/// an Error is that of the last copy, Reason::archived (temporary) when all of them are in an archive tier. While
/// reading, Reason::corrupt (broken) instead of the last bytes of a whole file that is not what was recorded.
Result<std::unique_ptr<ByteSource>> open_file(const CopyNeeds& needs, WantedFile file, ByteRange range = {});

}  // namespace strongroom::retrieve
