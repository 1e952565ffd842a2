// Stocktaking: what stands where, found out afresh for a report (transfers.md 12.2).
//
// Every area is swept and every unfinished or failed package looked up before anything is told of it; nothing that an
// earlier report found out is used again. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "transfers/report.hpp"
#include "transfers/reporting.hpp"
#include "transfers/safekeeping.hpp"
#include "transfers/sweeping.hpp"

namespace strongroom::transfers {

/// Everything outlives the stocktaking.
struct StocktakingNeeds {
  const WalkNeeds& walk;
  SafekeepingNeeds safekeeping;
  /// Notes more of the METS files that bag versions hold; false once all are noted. Empty when nobody here does that.
  std::function<Result<bool>()> index_mets{};
};

struct StocktakingSettings {
  WalkSettings walk{};
  std::vector<Adopt> adopt{};  ///< of the areas, in order
  Duration overdue_after = std::chrono::hours(48);
  bool dry = false;  ///< from what is on record and listed now; records nothing
};

/// Of one report, in its order.
struct Stock {
  std::vector<ReportEntry> entries;
  /// Of a dry one: packages that would be recorded as stored now.
  std::vector<Transfer> found_stored;
  std::vector<std::string> not_swept;  ///< areas that did not answer
};

class Stocktaking {
 public:
  Stocktaking(const StocktakingNeeds& needs, const StocktakingSettings& settings, StillMine still_mine,
              std::stop_token stop)
      : needs_(needs), settings_(settings), still_mine_(std::move(still_mine)), stop_(std::move(stop)) {}

  /// An Error is the catalogue's, or of `still_mine`.
  Result<Stock> take();

 private:
  Result<bool> sweep(const AreaInUse& area, Adopt adopt);
  Result<void> sweep_all(Stock& stock);
  Result<void> look_up_all();
  Result<void> look_up(const Transfer& transfer);
  Result<void> classify(Stock& stock);
  Result<void> add(Transfer transfer, Stock& stock);
  Result<bool> is_gone(const Transfer& transfer);
  Result<void> add_unknown(const AreaInUse& area, Stock& stock);
  [[nodiscard]] const AreaInUse* area_of(const Transfer& transfer) const;

  const StocktakingNeeds& needs_;
  const StocktakingSettings& settings_;
  const StillMine still_mine_;
  const std::stop_token stop_;
};

/// The claim of a package that others hold for moments only; nothing when it is held for longer. Reason::stopped when
/// asked to stop.
[[nodiscard]] Result<std::optional<TransferClaim>> claim_soon(Transfers& transfers, Clock& clock, const std::string& id,
                                                              const std::stop_token& stop);

}  // namespace strongroom::transfers
