// Following: an accepted package on its way through Archivematica until a bag holds it (transfers.md 11).
//
// What Archivematica says moves a package from accepted to processing, or to failed; that it is stored is decided by
// Strongroom's own catalogue alone. Calls that fail change nothing. One thread.
#pragma once

#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// The bag version that holds an accepted package, with a note when it is another one than expected; nothing as long as
/// there is none.
[[nodiscard]] Result<std::optional<TransferBag>> bag_of(Transfers& transfers, const std::vector<Prefix>& prefixes,
                                                        const Transfer& transfer);

class Following {
 public:
  explicit Following(InHand& hand) : hand_(hand) {}

  /// Looks for the bag first, then asks Archivematica, unless the package has failed there already.
  Result<Next> look();
  /// The first half of it: false when no bag holds it yet; otherwise it is stored now.
  Result<bool> find_bag();

 private:
  Result<Next> ask_for_transfer();
  Result<Next> ask_for_ingest();
  Result<Next> judge(const UnitStatus& status);
  Result<Next> unreachable(const Error& error);
  void note(const UnitStatus& status);
  Next look_again();

  InHand& hand_;
};

}  // namespace strongroom::transfers
