// Transfers in memory: the same promises as the durable ones, for simulation and tests of the rooms.
//
// Any thread, one mutex. Nothing survives the object, which stands for the disk: a simulated crash keeps it and drops
// its callers. Records are kept as the texts that the durable ones keep.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/messages_aside.hpp"
#include "ports/transfers.hpp"

namespace strongroom::memory {

/// An outgoing event as it was appended.
struct ToldEvent {
  std::string kind;  ///< `transfer-update`, `operator-alert`
  TransferNotice notice;
  Instant time;
};

class MemoryTransfers final : public Transfers, public MessagesAside {
 public:
  Result<AddedTransfer> add_transfer(const NewTransfer& transfer) override;
  Result<std::optional<Transfer>> find_transfer(const std::string& id) override;
  Result<TransferPage> find_transfers(const TransferFilter& filter, const std::optional<TransferPlace>& after,
                                      std::size_t limit) override;
  Result<std::vector<Transfer>> transfers_of_object(const std::string& area, const AreaObject& object) override;
  Result<std::vector<Transfer>> transfers_of_key(const std::string& area, const std::string& key) override;
  Result<std::optional<Transfer>> find_stored_content(const std::string& etag, std::uint64_t size) override;
  Result<std::optional<TransferClaim>> claim_transfer(Instant now, Duration hold) override;
  Result<std::optional<TransferClaim>> claim_transfer(const std::string& id, Instant now, Duration hold) override;
  Result<void> renew_transfer(const std::string& id, std::uint64_t fence, Instant until) override;
  Result<void> save_transfer(const TransferSave& save, Instant now) override;
  Result<void> change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) override;
  Result<std::optional<Instant>> next_transfer_due() override;
  Result<void> add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) override;
  Result<std::optional<TransferBag>> find_mets_suffix(const std::string& suffix) override;
  Result<std::string> transfer_fact(const std::string& name) override;
  Result<void> set_transfer_fact(const std::string& name, const std::string& value) override;
  Result<std::optional<Version>> latest_version(const BagId& bag) override;
  Result<TransferTally> transfer_tally() override;
  Result<bool> tell_alert(const std::string& problem, const std::string& description, const TransferNotice& notice,
                          Instant now, Duration repeat) override;
  Result<bool> end_alert(const std::string& problem, const TransferNotice& notice, Instant now) override;

  Result<bool> set_aside(const MessageAside& message) override;
  Result<std::vector<MessageAside>> messages_aside(std::int64_t after, std::size_t limit) override;
  Result<std::optional<MessageAside>> find_aside(std::int64_t number) override;
  Result<bool> drop_aside(std::int64_t number) override;

  /// There are no bags in memory: this one is said to be registered.
  void register_version(const BagId& bag, Version version);
  /// All outgoing events, in order.
  [[nodiscard]] std::vector<ToldEvent> told();
  /// What was recorded with the changes, in order.
  [[nodiscard]] std::vector<Deed> deeds();

 private:
  struct Stored {
    Transfer transfer;
    std::optional<Instant> lease_until{};
    std::uint64_t fence = 0;

    [[nodiscard]] bool is_free(Instant now) const { return !lease_until || *lease_until <= now; }
  };
  struct MetsName {
    std::string name;
    BagId bag;
    Version version;
    friend bool operator==(const MetsName&, const MetsName&) = default;
  };

  Stored* find(const std::string& id);
  Result<Stored*> claimed(const std::string& id, std::uint64_t fence);
  static TransferClaim take(Stored& stored, Instant until);
  std::vector<Transfer> of_key(const std::string& area, const std::string& key) const;

  std::mutex mutex_;             ///< over everything below
  std::vector<Stored> stored_;   ///< in the order in which they came; a number is a place and one
  std::vector<MetsName> names_;  ///< in the order in which they came
  std::map<std::string, std::string> facts_;
  std::map<std::string, std::pair<std::string, Instant>> problems_;  ///< what was told of each, and when
  std::map<BagId, Version> latest_;
  std::vector<MessageAside> aside_;
  std::int64_t last_aside_ = 0;
  std::vector<ToldEvent> told_;
  std::vector<Deed> deeds_;
};

}  // namespace strongroom::memory
