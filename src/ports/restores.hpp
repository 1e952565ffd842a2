// Restores: which versions were asked to be made readable where, and how far that has come (http-api.md 9.5).
//
// Kept by the adapter that keeps the catalogue. Each is carried on by the one worker of its location. All calls may
// come from any thread; each is atomic. Errors as the catalogue's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/audit.hpp"
#include "domain/restore.hpp"

namespace strongroom {

class Restores {
 public:
  virtual ~Restores() = default;

  /// Adds it, unless one of the same version and location has not ended: then that one is given back, and nothing is
  /// recorded.
  virtual Result<Restore> add_restore(const Restore& restore, const Deed& deed) = 0;
  virtual Result<std::optional<Restore>> find_restore(const std::string& id) = 0;
  /// Those of a location that have not ended, in the order in which they were added.
  virtual Result<std::vector<Restore>> open_restores(const std::string& location_uuid) = 0;
  /// How far it has come. Reason::not_found (broken) when there is none.
  virtual Result<void> save_restore(const Restore& restore) = 0;
};

}  // namespace strongroom
