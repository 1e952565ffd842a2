// Submitting: a package that passed its checks, handed to Archivematica (transfers.md 10).
//
// The POST is composed once for its idempotency key, kept before it is sent, and replayed byte for byte, so however
// often anything here is interrupted there is one transfer. Nothing is sent for a package that has been replaced. One
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

class Submitting {
 public:
  explicit Submitting(InHand& hand) : hand_(hand) {}

  /// Look-ups, and everything that has to be right before the POST; then nothing is left to do but send().
  Result<Next> prepare();
  /// The POST, and what its answer makes of the package.
  Result<Next> send();
  /// The body has been kept, and may not be composed anew.
  [[nodiscard]] bool is_composed() const;

 private:
  Result<std::vector<std::string>> configurations(const std::string& wanted);
  Result<Next> check_configuration(const std::string& name);
  /// Where Archivematica finds the package; nothing when nowhere.
  Result<std::optional<SourceArea>> look_up_source();
  Result<Next> compose(const Prefix& prefix);
  Result<Next> make_twin();
  Result<Next> copy_twin();
  Result<Next> still_current();
  Result<Next> judge(const PackageAnswer& answer, bool had_arrived);

  InHand& hand_;
};

/// Of `born-digital/a/b.zip`: `born-digital`, and `/a/b.zip`.
[[nodiscard]] std::string first_segment(const std::string& key);
[[nodiscard]] std::string below_first_segment(const std::string& key);

/// The transfer source that holds `key`, or null: the first in list order, not disabled (transfers.md 10.2).
[[nodiscard]] const SourceArea* find_source(const std::vector<SourceArea>& sources, const AreaInUse& area,
                                            const std::string& key);
/// Archivematica would strip the source's path from it and fetch another object.
[[nodiscard]] bool is_nested(const SourceArea& source, const std::string& key);

}  // namespace strongroom::transfers
