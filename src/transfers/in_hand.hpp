// InHand: one package while one worker holds it, and what all steps of its way share: what is kept of it, and what
// trouble makes of it (transfers.md 2).
//
// Whatever changes is in the catalogue before its effects are acted on. An Error of any function here is the
// catalogue's, and ends the work on the package: its hold runs out, and another worker goes on. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/archivematica.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/log.hpp"
#include "ports/transfer_area.hpp"
#include "ports/transfers.hpp"
#include "transfers/alarm.hpp"
#include "transfers/delay.hpp"
#include "transfers/problems.hpp"
#include "transfers/walk_settings.hpp"

namespace strongroom::transfers {

/// A configured area.
struct AreaInUse {
  std::string name;
  std::string bucket;  ///< the name again for a directory
  TransferArea* store = nullptr;
  bool is_directory = false;
  std::string archivematica_path{};  ///< how Archivematica's Storage Service sees a directory
  OtherCaseZip other_case = OtherCaseZip::twin;
  Duration sweep_grace = std::chrono::minutes(15);
};

/// Everything outlives the work.
struct WalkNeeds {
  Transfers& transfers;
  const std::vector<AreaInUse>& areas;
  Archivematica* archivematica;  ///< null while it is not configured
  Alarm& alarm;
  Clock& clock;
  Entropy& entropy;
  Log& journal;
};

/// How a step ended.
enum class Next : std::uint8_t {
  go_on,  ///< the next thing of this step
  again,  ///< the state has changed: another step comes
  wait,   ///< until record().due, or for ever
};

class InHand {
 public:
  /// For so long a package is held without a sign of life.
  static constexpr Duration kHold = std::chrono::minutes(5);

  InHand(const WalkNeeds& all_needs, const WalkSettings& as_set, const AreaInUse& of_area, TransferClaim claim)
      : needs(all_needs), settings(as_set), area(of_area), claim_(std::move(claim)) {}

  const WalkNeeds& needs;
  const WalkSettings& settings;
  const AreaInUse& area;

  [[nodiscard]] Transfer& record() { return claim_.transfer; }
  [[nodiscard]] TransferArea& store() const { return *area.store; }
  [[nodiscard]] Instant now() const { return needs.clock.now(); }

  /// Saves the record. With a remark it is part of the history, and others are told.
  Result<void> keep(std::string_view remark = {});
  /// Saves the record and ends the hold.
  Result<void> let_go();
  /// Still at work: the hold begins anew.
  Result<void> renew();

  /// The state changes, with the sentence that says why; notes of delays end with it.
  Result<Next> become(TransferState state, std::string_view remark);
  /// Waits for its next attempt; or has failed, when transient trouble has lasted too long.
  Result<Next> delay(const Trouble& trouble);
  /// The same for what an area or Archivematica answered; `remote` names it for operators: `area main`, `dashboard`.
  /// A package that was replaced or removed has failed with that.
  Result<Next> trouble(const Error& error, const std::string& remote);
  Result<Next> fail(std::string_view code, std::string_view description);
  /// Looked at again then.
  Next wait_until(Instant due);
  /// Not on its own, unless wait_until() follows.
  void rest() { wake_.reset(); }
  /// When it is looked at again, as it stands.
  [[nodiscard]] const std::optional<Instant>& wake() const { return wake_; }
  /// Tells operators of one of package_problem once, however often it is met while it lasts.
  void alert_once(std::string_view what, const std::string& description);
  /// Tells them what of that is over, as the record stands.
  void end_alerts();

  /// `area main`
  [[nodiscard]] std::string area_problem() const { return problem::area(area.name); }

 private:
  [[nodiscard]] std::string problem_of(std::string_view what);

  TransferClaim claim_;
  std::optional<Instant> wake_{};  ///< when it is let go; while it is in hand it stays due, whoever dies
};

/// The short name under which a package is told of: `main: born-digital/pkg.zip`.
[[nodiscard]] std::string place_of(const Transfer& transfer);

}  // namespace strongroom::transfers
