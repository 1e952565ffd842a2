#include "transfers/sweeping.hpp"

#include <algorithm>

#include "transfers/arrival.hpp"
#include "transfers/object_text.hpp"
#include "transfers/tags.hpp"
#include "transfers/test_run.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kPage = 1000;
/// A log of ours is much shorter; its last lines hold the transfer's id.
constexpr std::uint64_t kLogMax = 1U << 20U;
constexpr std::string_view kIdLine = "Archivematica transfer ID: ";

std::string fact_of(const AreaInUse& area) { return "swept " + area.name; }

/// `born-digital/pkg.zip` of `born-digital/pkg.zip.failed.2026-07-31T08:00:00.000Z.acdd62860726.log`; empty when it is
/// no log of that result.
std::string package_of_log(const std::string& key, std::string_view result) {
  if (!key.ends_with(".log")) return {};
  const std::size_t at = key.rfind("." + std::string(result) + ".");
  return at == std::string::npos ? std::string() : key.substr(0, at);
}

std::string value_of(const AreaTags& tags, std::string_view name) {
  const auto found = std::ranges::find(tags, name, &AreaTags::value_type::first);
  return found == tags.end() ? std::string() : found->second;
}

TransferLog log_of(const AreaObject& object, std::string result) {
  TransferLog log;
  log.result = std::move(result);
  log.key = object.key;
  log.written = true;
  log.version_id = object.version_id;
  log.etag = object.etag;
  return log;
}

}  // namespace

bool Sweeping::lies_still(const AreaObject& object) const {
  return needs_.clock.now() - object.modified >= area_.sweep_grace;
}

Result<bool> Sweeping::is_known(const AreaObject& object) {
  TRY(const auto bound, needs_.transfers.transfers_of_object(area_.name, object));
  if (!bound.empty()) return true;
  // A twin belongs to the package it was copied from, from before the copy is made.
  TRY(const auto others, needs_.transfers.transfers_of_key(area_.name, object.key));
  return std::ranges::any_of(others, [&](const Transfer& other) {
    if (!other.twin || other.twin->key != object.key) return false;
    return !other.twin->object || is_same_object(*other.twin->object, object);
  });
}

Result<std::string> Sweeping::transfer_id_in(const AreaObject& log) {
  if (log.size > kLogMax) return std::string();
  TRY(const std::string text, read_text(*area_.store, log));
  const std::size_t at = text.rfind(kIdLine);
  if (at == std::string::npos) return std::string();
  const std::size_t begin = at + kIdLine.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

/// Whether it was accepted by Archivematica before; the record then says so.
Result<bool> Sweeping::adopt_accepted(const AreaObject& object, const Logs& logs, Transfer& transfer) {
  AreaTags tags;
  if (area_.store->keeps_tags()) {
    TRY(tags, area_.store->tags(object));
  }
  std::string transfer_id = value_of(tags, kTransferIdTag);
  const auto [begin, end] = logs.equal_range(object.key);
  for (auto log = begin; log != end; ++log) {
    if (package_of_log(log->second.key, "success").empty()) continue;
    if (!area_.store->keeps_tags()) {
      TRY(transfer_id, transfer_id_in(log->second));
    }
    transfer.logs.push_back(log_of(log->second, "success"));
  }
  if (transfer_id.empty()) return false;
  transfer.state = TransferState::processing;
  transfer.bound = object;
  transfer.tagged = true;
  transfer.accepted = object.modified;
  transfer.archivematica = TransferAtArchivematica{transfer_id};
  transfer.archivematica->processing_config = value_of(tags, kProcessingConfigTag);
  transfer.accession_number = value_of(tags, kAccessionNumberTag);
  transfer.catalogue_identifier = value_of(tags, kCatalogueIdentifierTag);
  transfer.remarks.push_back({"Adopted: it was accepted by Archivematica before", needs_.clock.now()});
  return true;
}

/// Unless it is known where it comes from.
Result<void> Sweeping::hold(const AreaObject& object, Transfer& transfer) {
  TRY(const bool is_test, is_announced_test(needs_.transfers, area_, object));
  if (is_test) return {};
  transfer.held = true;
  transfer.due.reset();
  transfer.remarks.push_back({"Held: nobody knows whether it was submitted before", needs_.clock.now()});
  return {};
}

/// Some stores give an object a new time with its tags. Whoever died just then does not know it by that time.
Result<bool> Sweeping::has_its_transfer(const Transfer& adopted) {
  TRY(const auto others, needs_.transfers.transfers_of_key(area_.name, adopted.key));
  return std::ranges::any_of(others, [&](const Transfer& other) {
    return other.archivematica && other.archivematica->transfer_id == adopted.archivematica->transfer_id;
  });
}

Result<void> Sweeping::take(const AreaObject& object, bool is_first, const Logs& logs, Swept& swept) {
  ++swept.packages;
  if (!lies_still(object)) return {};
  TRY(const bool known, is_known(object));
  if (known) return {};
  // Listings do not tell of versions.
  TRY(const auto current, area_.store->stat(object.key));
  if (!current || !is_same_object(*current, object)) return {};
  Transfer transfer =
      arrived(area_, object.key, observed(*current, "sweep"), settings_.prefixes, needs_.clock.now(), needs_.entropy);
  TRY(const bool accepted, adopt_accepted(*current, logs, transfer));
  if (accepted) {
    TRY(const bool is_own, has_its_transfer(transfer));
    if (is_own) return {};
  }
  if (!accepted && is_first) {
    const auto [begin, end] = logs.equal_range(object.key);
    const auto failed = std::find_if(begin, end, [&](const auto& log) {
      return !package_of_log(log.second.key, "failed").empty() && log.second.modified >= current->modified;
    });
    if (failed != end) {
      transfer.state = TransferState::rejected;
      transfer.bound = *current;
      transfer.due.reset();
      transfer.logs.push_back(log_of(failed->second, "failed"));
      transfer.remarks.push_back({"Adopted: it was rejected before", needs_.clock.now()});
    } else if (adopt_ == Adopt::hold) {
      TRY_VOID(hold(*current, transfer));
    }
  }
  const bool adopted = accepted || transfer.state == TransferState::rejected || transfer.held;
  TRY(const AddedTransfer added, needs_.transfers.add_transfer(newly(std::move(transfer), needs_.entropy)));
  if (!added.is_new) return {};
  ++(adopted ? swept.adopted : swept.added);
  needs_.journal.write(LogLevel::info, "package_found",
                       {{"transfer", added.transfer.id}, {"package", place_of(added.transfer)}});
  return {};
}

/// False when a stop was asked for.
Result<bool> Sweeping::list(const std::function<Result<void>(const AreaObject& object)>& visit) {
  std::string after;
  for (;;) {
    if (stop_.stop_requested()) return false;
    if (needs_.at_each_page) TRY_VOID(needs_.at_each_page());
    TRY(const auto page, area_.store->list(after, kPage));
    if (page.empty()) return true;
    for (const AreaObject& object : page) TRY_VOID(visit(object));
    after = page.back().key;
  }
}

/// What was rejected is answered once it is gone or another file is in its place.
Result<void> Sweeping::resolve_rejected() {
  std::optional<TransferPlace> place;
  do {
    TransferFilter filter{.states = {TransferState::rejected}, .area = area_.name};
    filter.unresolved = true;
    TRY(const TransferPage page, needs_.transfers.find_transfers(filter, place, kPage));
    for (const Transfer& transfer : page.transfers) {
      if (!transfer.bound) continue;
      TRY(const auto current, area_.store->stat(transfer.key));
      if (current && is_same_object(*current, *transfer.bound)) continue;
      TRY(auto claim, needs_.transfers.claim_transfer(transfer.id, needs_.clock.now(), InHand::kHold));
      if (!claim) continue;
      claim->transfer.resolved = true;
      TRY_VOID(needs_.transfers.save_transfer({std::move(claim->transfer), claim->fence, std::nullopt, true},
                                              needs_.clock.now()));
    }
    place = page.next;
  } while (place);
  return {};
}

Result<Swept> Sweeping::sweep() {
  TRY(const std::string seen, needs_.transfers.transfer_fact(fact_of(area_)));
  const bool is_first = seen.empty();
  Logs logs;
  // Logs stand behind their packages; what they say is wanted first.
  if (is_first || !area_.store->keeps_tags()) {
    TRY(const bool whole, list([&](const AreaObject& object) -> Result<void> {
          for (const std::string_view result : {"success", "failed"}) {
            const std::string package = package_of_log(object.key, result);
            if (!package.empty()) logs.emplace(package, object);
          }
          return {};
        }));
    if (!whole) return Swept{};
  }
  Swept swept;
  TRY(const bool whole, list([&](const AreaObject& object) -> Result<void> {
        return is_package_key(object.key) ? take(object, is_first, logs, swept) : ok();
      }));
  if (!whole) return swept;
  TRY_VOID(resolve_rejected());
  TRY_VOID(needs_.transfers.set_transfer_fact(fact_of(area_), format_instant(needs_.clock.now())));
  return swept;
}

Result<bool> Sweeping::notice(const std::string& key) {
  if (!is_package_key(key)) return true;
  TRY(const auto current, area_.store->stat(key));
  if (!current) return true;
  if (!lies_still(*current)) return false;
  Swept swept;
  TRY_VOID(take(*current, false, {}, swept));
  return true;
}

}  // namespace strongroom::transfers
