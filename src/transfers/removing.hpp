// Removing: what the monitor takes out of an area once a package is safely stored and has been reported (transfers.md
// 12.6).
//
// The package, its twin, its success log and leftover notices; never a failed log, and never what has come in their
// place. For each object everything that allows its removal is looked at again, just before. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/in_hand.hpp"
#include "transfers/safekeeping.hpp"

namespace strongroom::transfers {

/// What becomes of an object.
enum class Fate : std::uint8_t {
  planned,  ///< it would be removed now
  removed,  ///< or it was gone already
  kept,     ///< another one is in its place: it stays for good
  held,     ///< not to be removed as long as something else is in the way
  failed,   ///< the area refused; tried again by the next run
};
[[nodiscard]] std::string_view name_of(Fate fate);

/// One object of a stored package, and what becomes of it.
struct Removal {
  std::string transfer;  ///< id of the record
  std::string area;
  std::string key;
  std::optional<std::string> version_id{};
  std::string kind;  ///< `package`, `twin`, or which log: `success`, `received`, `delayed`
  Fate fate = Fate::planned;
  std::string note{};  ///< why, unless it was removed

  void settle(Fate now, std::string why);
};

struct RemovingSettings {
  bool leaves_marker = false;  ///< where versions are kept, packages and success logs get a delete marker
  bool dry = false;            ///< looks, and removes nothing
};

/// Everything outlives the removing.
struct RemovingNeeds {
  Transfers& transfers;
  const std::vector<AreaInUse>& areas;
  SafekeepingNeeds safekeeping;
  Clock& clock;
  Log& journal;
};

class Removing {
 public:
  Removing(const RemovingNeeds& needs, const RemovingSettings& settings) : needs_(needs), settings_(settings) {}

  /// What belongs to `stored` and is still there, as far as anybody knows; `stored` then tells of it. Once the package
  /// itself cannot be removed, its logs stay. An Error is the catalogue's.
  Result<std::vector<Removal>> remove(Transfer& stored);

 private:
  struct Wanted;
  static std::vector<Wanted> wanted_of(Transfer& stored);
  Result<void> remove_one(const Transfer& stored, const Wanted& wanted, Removal& removal);
  Result<std::string> obstacle(const Transfer& stored, const AreaObject& object);
  void take_away(const AreaInUse& area, const Wanted& wanted, Removal& removal);
  void take_log_away(const AreaInUse& area, const Wanted& wanted, Removal& removal);

  const RemovingNeeds& needs_;
  const RemovingSettings settings_;
};

}  // namespace strongroom::transfers
