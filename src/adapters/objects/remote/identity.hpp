// Who a location at a provider is, and whether it can keep an archive: its marker, and the proof that nothing stored
// there can be overwritten (CORRECTNESS 1.9, pipeline.md 7.1).
// Any thread; each call makes a handful of requests.
#pragma once

#include <string>

#include "domain/location_marker.hpp"
#include "ports/entropy.hpp"
#include "ports/object_store.hpp"

namespace strongroom::remote {

/// Writes the marker, with a new uuid. Reason::already_exists (rejected) when there is one. Returns the uuid.
Result<std::string> init_location(ObjectStore& store, const std::string& label, Entropy& entropy);

/// Reason::not_found (temporary) without one.
Result<LocationMarker> read_marker(ObjectStore& store);

/// Reason::conflict (temporary) unless the marker has this uuid.
Result<void> require_marker(ObjectStore& store, const std::string& uuid);

/// Writes one fixed key, then other bytes to it, which must be refused: Reason::unsupported (broken) otherwise.
Result<void> probe_create_only(ObjectStore& store);

}  // namespace strongroom::remote
