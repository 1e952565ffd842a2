// A location at a provider: its store, proven to be the one it was and to keep what it is given, and its depository.
//
// Made by the thread that starts the service; what it gives may be used from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/remote/direct_depository.hpp"
#include "adapters/objects/remote/remote_store.hpp"
#include "domain/location_marker.hpp"

namespace strongroom::remote {

class Location {
 public:
  /// Reads the marker, which must have `expected_uuid` unless that is empty, and checks that nothing can be overwritten
  /// (pipeline.md 7.1). Reason::not_found (temporary) when this is no location.
  static Result<std::unique_ptr<Location>> open(std::unique_ptr<RemoteStore> store, const std::string& expected_uuid);

  [[nodiscard]] const std::string& uuid() const { return marker_.uuid; }
  [[nodiscard]] RemoteStore& store() { return *store_; }
  [[nodiscard]] Depository& depository() { return depository_; }

 private:
  Location(std::unique_ptr<RemoteStore> store, LocationMarker marker)
      : store_(std::move(store)), marker_(std::move(marker)), depository_(*store_, marker_.uuid) {}

  const std::unique_ptr<RemoteStore> store_;
  const LocationMarker marker_;
  DirectDepository depository_;
};

}  // namespace strongroom::remote
