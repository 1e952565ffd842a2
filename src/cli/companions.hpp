// What all companions share: transfer areas, Archivematica and where reports go, as the configuration has them
// (transfers.md 1).
//
// Part of the wiring, for the service and for the commands alike. What it gives may be used by any thread; making it is
// one thread's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/alerts.hpp"
#include "cli/config.hpp"
#include "cli/providers.hpp"
#include "ports/metrics.hpp"
#include "ports/webhook.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::cli {

/// Everything outlives the companions.
struct CompanionNeeds {
  Transfers& transfers;
  Alerts& alerts;
  Providers& providers;
  cloud::Environment environment;
  Clock& clock;
  Entropy& entropy;
  Metrics& metrics;
  Log& journal;
};

class Companions {
 public:
  /// Nothing is asked of anybody yet; the embedded area's directories are made.
  static Result<std::unique_ptr<Companions>> make(const Config& config, const CompanionNeeds& needs);
  ~Companions();
  Companions(const Companions&) = delete;
  Companions& operator=(const Companions&) = delete;

  [[nodiscard]] const Config& config() const;
  [[nodiscard]] const CompanionNeeds& needs() const;
  /// In configured order.
  [[nodiscard]] const std::vector<transfers::AreaInUse>& areas() const;
  /// The area of that name; null for none.
  [[nodiscard]] const transfers::AreaInUse* area(const std::string& name) const;
  /// Null while it is not configured. Answers are kept for minutes; forget_answers() has all asked anew.
  [[nodiscard]] Archivematica* archivematica() const;
  [[nodiscard]] transfers::Alarm& alarm() const;
  [[nodiscard]] const transfers::WalkNeeds& walk_needs() const;
  /// Where the monitor's reports are posted; null without one.
  [[nodiscard]] Webhook* report_webhook() const;

 private:
  class Parts;
  explicit Companions(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace strongroom::cli
