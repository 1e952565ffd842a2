// Transfers: the packages of archivists, each with how far it has come (transfers.md 2).
//
// Kept by the adapter that keeps the catalogue, in the same database. A package is worked on by one worker at a time:
// claim, work, save, release; a save with a stale fence is refused. Every save that tells of a change appends its
// outgoing event in the same transaction. All calls may come from any thread; each is atomic. Errors as the
// catalogue's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "domain/transfer.hpp"

namespace strongroom {

/// An outgoing event about a transfer, of the kind `transfer-update`, or for operators, of the kind `operator-alert`.
struct TransferNotice {
  std::string id;     ///< UUID
  std::string space;  ///< whom it may be shown to: the expected space; empty for all of them only
  std::string body;   ///< JSON
};

struct NewTransfer {
  Transfer transfer;  ///< event_identity() and is_same_package() decide whether it is new
  TransferNotice notice;
};

struct AddedTransfer {
  Transfer transfer;  ///< as it is kept
  bool is_new = true;
};

/// The right to work on one package until `until`, as long as the fence is the current one.
struct TransferClaim {
  Transfer transfer;
  std::uint64_t fence = 0;
};

/// What has become of a package. Absent notice: nothing that others are told of.
struct TransferSave {
  Transfer transfer;
  std::uint64_t fence = 0;
  std::optional<TransferNotice> notice{};
  bool release = false;  ///< the claim ends with it
};

/// Which packages are wanted; absent members let everything through.
struct TransferFilter {
  std::vector<TransferState> states{};
  std::optional<std::string> area{};
  std::optional<std::string> key{};
  std::optional<std::string> key_prefix{};
  std::optional<std::string> identifier{};  ///< of the catalogue, or the accession number
  std::optional<std::string> transfer_id{};
  std::optional<bool> delayed{};
  std::optional<bool> unresolved{};
  std::optional<Instant> created_after{};
  std::optional<Instant> created_before{};
  std::optional<std::vector<std::string>> allowed_spaces{};  ///< by expected space
};

/// How the packages stand, for those who watch the service.
struct TransferTally {
  std::map<TransferState, std::uint64_t> packages;  ///< states without any may be absent
  std::optional<Instant> oldest_unfinished;         ///< creation of the oldest that is neither final nor dismissed
  std::uint64_t messages_aside = 0;
};

/// Where a page ended: newest first, by creation and number.
struct TransferPlace {
  Instant created;
  std::int64_t number = 0;
};

struct TransferPage {
  std::vector<Transfer> transfers;
  std::optional<TransferPlace> next;  ///< absent when there are no more
};

class Transfers {
 public:
  virtual ~Transfers() = default;

  /// Adds it, unless its event identity is known or its package is kept already, noticed in another way: then what is
  /// kept is given back and nothing changes.
  virtual Result<AddedTransfer> add_transfer(const NewTransfer& transfer) = 0;
  virtual Result<std::optional<Transfer>> find_transfer(const std::string& id) = 0;
  virtual Result<TransferPage> find_transfers(const TransferFilter& filter, const std::optional<TransferPlace>& after,
                                              std::size_t limit) = 0;
  /// The records that are about this very object, by is_about(), oldest first.
  virtual Result<std::vector<Transfer>> transfers_of_object(const std::string& area, const AreaObject& object) = 0;
  /// Of a package or of its twin, by key, oldest first.
  virtual Result<std::vector<Transfer>> transfers_of_key(const std::string& area, const std::string& key) = 0;

  /// The package noticed last, of whatever area, that is stored and had this ETag and size.
  virtual Result<std::optional<Transfer>> find_stored_content(const std::string& etag, std::uint64_t size) = 0;

  /// The package that has been due longest and that nobody holds; held by the caller until `now` + `hold`.
  virtual Result<std::optional<TransferClaim>> claim_transfer(Instant now, Duration hold) = 0;
  /// The same of this one, due or not; nothing while another one holds it.
  virtual Result<std::optional<TransferClaim>> claim_transfer(const std::string& id, Instant now, Duration hold) = 0;
  /// Reason::stale_lease when the fence is not the current one, or the claim was released.
  virtual Result<void> renew_transfer(const std::string& id, std::uint64_t fence, Instant until) = 0;
  /// Refused like renew_transfer(). Area, key, event and time of creation stay as they were added.
  virtual Result<void> save_transfer(const TransferSave& save, Instant now) = 0;
  /// A change by an operator at the time of its deed, recorded with it in one transaction. Reason::conflict (temporary)
  /// when the package has changed since `before` was read, or is held by a worker; a claim that has run out ends with
  /// it. The save's fence is not looked at.
  virtual Result<void> change_transfer(const Transfer& before, const TransferSave& save, const Deed& deed) = 0;
  /// The earliest time at which claim_transfer() may find a package; nothing when none will ever be due.
  virtual Result<std::optional<Instant>> next_transfer_due() = 0;

  /// Records that `name`, the path of a manifest entry ending in `/METS.xml`, is in this version of this bag.
  virtual Result<void> add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) = 0;
  /// The lowest version, of whatever bag, that has a name ending in `suffix`; of several bags with that version the one
  /// whose name was recorded first. Nothing for an empty suffix.
  virtual Result<std::optional<TransferBag>> find_mets_suffix(const std::string& suffix) = 0;

  /// The latest registered version of a bag; nothing when there is none.
  virtual Result<std::optional<Version>> latest_version(const BagId& bag) = 0;

  /// Notes that a problem of the operators' lasts and appends `notice` (kind `operator-alert`), unless that very
  /// description was told within the last `repeat`. True when it was appended.
  virtual Result<bool> tell_alert(const std::string& problem, const std::string& description,
                                  const TransferNotice& notice, Instant now, Duration repeat) = 0;
  /// The problem is over: appends `notice`. False, and nothing, when it was not on.
  virtual Result<bool> end_alert(const std::string& problem, const TransferNotice& notice, Instant now) = 0;

  /// Small durable facts that change, unlike Catalogue::remember(): `monitor.lastRun` … Empty when never set.
  virtual Result<std::string> transfer_fact(const std::string& name) = 0;
  virtual Result<void> set_transfer_fact(const std::string& name, const std::string& value) = 0;

  virtual Result<TransferTally> transfer_tally() = 0;
};

}  // namespace strongroom
