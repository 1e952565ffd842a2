// Archivers: what moves stored objects of one location into the provider's archive tier, where bytes cannot be read
// without a restore, and asks for such restores (pipeline.md 7.3, http-api.md 9.5).
//
// Moved is only what belongs to a version that is registered, and so verified; bytes and keys stay as they are. All
// calls may come from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

struct TieredObject {
  std::string key;
  bool is_archived = false;
};

enum class Readability : std::uint8_t {
  readable,  ///< in a tier whose bytes can be read at once
  archived,  ///< in the archive tier
  coming,    ///< on its way to where it can be read
  restored,  ///< in the archive tier, and for a while it can be read all the same
};

struct TierView {
  Readability now = Readability::readable;
  std::optional<Instant> until{};  ///< of `restored`, where the provider tells

  [[nodiscard]] bool can_be_read() const { return now == Readability::readable || now == Readability::restored; }
};

class Archiver {
 public:
  virtual ~Archiver() = default;
  /// As ObjectStore::list(), with where each object is now.
  virtual Result<std::vector<TieredObject>> list(const std::string& prefix, const std::string& after,
                                                 std::size_t limit) = 0;
  /// Asks for the object to be moved; the provider may take its time, list() tells when it has been.
  virtual Result<void> archive(const std::string& key) = 0;

  /// Where the object is. Reason::not_found when absent.
  virtual Result<TierView> look(const std::string& key) = 0;
  /// Asks for the object to be readable for so many days, where the provider counts them. Success, too, when it is
  /// readable or on its way already.
  virtual Result<void> restore(const std::string& key, int days) = 0;
  /// How long the provider takes for that, at most and as a rule.
  [[nodiscard]] virtual Duration restored_within() const = 0;
};

}  // namespace strongroom
