// Sweeping: an area listed for packages that nobody has told of, and those that are no longer there (transfers.md 3.5,
// 17).
//
// A lost notification delays a package, never loses it. The first sweep of an area by a catalogue that has never seen
// it adopts what others have begun, instead of starting it again. One thread for an area.
#pragma once

#include <functional>
#include <map>
#include <stop_token>

#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

struct SweepingNeeds {
  Transfers& transfers;
  Clock& clock;
  Entropy& entropy;
  Log& journal;
  /// Before each page of a listing, which may be long; an Error ends the sweep.
  std::function<Result<void>()> at_each_page{};
};

struct Swept {
  std::size_t packages = 0;  ///< that were listed
  std::size_t added = 0;
  std::size_t adopted = 0;
};

class Sweeping {
 public:
  Sweeping(const SweepingNeeds& needs, const WalkSettings& settings, const AreaInUse& area, Adopt adopt,
           std::stop_token stop)
      : needs_(needs), settings_(settings), area_(area), adopt_(adopt), stop_(std::move(stop)) {}

  /// Lists the whole area once. Errors of the area and of the catalogue alike.
  Result<Swept> sweep();
  /// One object that was seen to change; false when it has to lie still for a while longer.
  Result<bool> notice(const std::string& key);

 private:
  /// Logs of earlier services and of this one, by the key of their package.
  using Logs = std::multimap<std::string, AreaObject, std::less<>>;

  Result<bool> list(const std::function<Result<void>(const AreaObject& object)>& visit);
  Result<void> take(const AreaObject& object, bool is_first, const Logs& logs, Swept& swept);
  Result<bool> is_known(const AreaObject& object);
  Result<bool> adopt_accepted(const AreaObject& object, const Logs& logs, Transfer& transfer);
  /// A package of this key is that transfer already.
  Result<bool> has_its_transfer(const Transfer& adopted);
  Result<void> hold(const AreaObject& object, Transfer& transfer);
  Result<std::string> transfer_id_in(const AreaObject& log);
  Result<void> resolve_rejected();
  [[nodiscard]] bool lies_still(const AreaObject& object) const;

  const SweepingNeeds& needs_;
  const WalkSettings& settings_;
  const AreaInUse& area_;
  const Adopt adopt_;
  const std::stop_token stop_;
};

}  // namespace strongroom::transfers
