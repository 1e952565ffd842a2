// Feedback: the logs and tags by which an archivist sees what became of a package (transfers.md 5, 10.7).
//
// A log's text is in the record before it is written, so a repetition writes the same bytes. Nothing is removed below a
// key that Archivematica may be copying. Trouble of the area never changes a package: what could not be done is done
// later. One thread.
#pragma once

#include <optional>
#include <string>

#include "transfers/examination.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// The findings of the record as its logs tell of them.
[[nodiscard]] CheckReport report_of(const Transfer& transfer);

// The final logs are fixed with the state that they tell of; who saves the record keeps them with it.
void compose_rejected(InHand& hand, const CheckReport& report);
/// Of record().reason; nothing for the reasons that are answered by no log. `detail`: as the log is to explain it.
void compose_failed(InHand& hand, const std::string& detail);

class Feedback {
 public:
  explicit Feedback(InHand& hand) : hand_(hand) {}

  /// Tells the archivist that the package was noticed, unless notices are not wanted, or only for one that is slow.
  Result<void> notice_received();
  /// When it is to be told, with notices for those that are slow only; nothing when there is nothing to tell.
  [[nodiscard]] std::optional<Instant> notice_due() const;
  /// Just before the first POST, while nothing lists the area yet.
  Result<void> remove_notices();
  /// The tags of acceptance; false when they could not be written yet. A package that has been replaced or removed by
  /// now is followed all the same.
  Result<bool> tag();
  /// Composes the logs that are due, writes those that are not written, and removes the notices that are no longer
  /// true; false when something is left to be done.
  Result<bool> settle();
  /// It was accepted, and the log that says so has not been written yet.
  [[nodiscard]] bool owes_success() const;

 private:
  Result<void> compose_delayed();
  Result<void> compose_success();
  [[nodiscard]] Result<std::string> latest_version() const;
  [[nodiscard]] bool wants_notices() const;
  Result<bool> write(TransferLog& log);
  Result<bool> remove(TransferLog& log);
  Result<bool> remove_written(const TransferLog& log);
  [[nodiscard]] Result<std::optional<AreaObject>> find_written(const TransferLog& log);
  Result<bool> set_tags(AreaObject& object);
  void note(const Error& error, const std::string& key);

  InHand& hand_;
};

}  // namespace strongroom::transfers
