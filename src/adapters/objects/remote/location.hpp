// A location at a provider: its store, proven to be the one it was and to keep what it is given, at the latest before
// something is written there; and its depository.
//
// Made by the thread that starts the service; what it gives may be used from any thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/objects/remote/direct_depository.hpp"
#include "adapters/objects/remote/remote_store.hpp"

namespace strongroom::remote {

class Location {
 public:
  /// Reads the marker, which must have `expected_uuid` unless that is empty, and checks that nothing can be overwritten
  /// (pipeline.md 7.1). Reason::not_found (temporary) when this is no location.
  static Result<std::unique_ptr<Location>> open(std::unique_ptr<RemoteStore> store, const std::string& expected_uuid);
  /// One that cannot be reached now. The same is proven before anything is written there.
  static std::unique_ptr<Location> expect(std::unique_ptr<RemoteStore> store, std::string uuid);

  [[nodiscard]] const std::string& uuid() const { return uuid_; }
  [[nodiscard]] RemoteStore& store() { return *store_; }
  [[nodiscard]] Depository& depository() { return depository_; }

 private:
  Location(std::unique_ptr<RemoteStore> store, std::string uuid, bool proven)
      : store_(std::move(store)), uuid_(std::move(uuid)), depository_(*store_, uuid_, proven) {}

  const std::unique_ptr<RemoteStore> store_;
  const std::string uuid_;
  DirectDepository depository_;
};

}  // namespace strongroom::remote
