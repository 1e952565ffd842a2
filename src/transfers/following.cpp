#include "transfers/following.hpp"

#include "transfers/package_problems.hpp"
#include "transfers/problems.hpp"

namespace strongroom::transfers {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
/// Without any status for so long, copying has probably failed.
constexpr Duration kSilentFor = std::chrono::hours(6);
constexpr Duration kWaitsForPerson = std::chrono::minutes(10);
/// An AIP that Archivematica calls stored is registered here within that time.
constexpr Duration kRegisteredWithin = kDay;
/// At most so long until the next attempt at a call that had to make way for another package's.
constexpr Duration kTurnWithin = std::chrono::seconds(20);
constexpr std::string_view kBacklog = "BACKLOG";

/// How long until the next look, by how long ago the package was accepted.
Duration pause_at(Duration age) {
  if (age < std::chrono::hours(1)) return std::chrono::seconds(60);
  return age < kDay ? std::chrono::minutes(5) : std::chrono::minutes(30);
}

}  // namespace

/// Whatever space and identifier it is stored under.
Result<std::optional<TransferBag>> bag_of(Transfers& transfers, const std::vector<Prefix>& prefixes,
                                          const Transfer& transfer) {
  TRY(auto bag, transfers.find_mets_suffix("-" + transfer.archivematica->transfer_id + "/METS.xml"));
  if (!bag) return bag;
  const Prefix* prefix = find_prefix(prefixes, transfer.key);
  const bool accession = prefix != nullptr && prefix->flavour == Flavour::accession;
  const std::string& wanted =
      accession && transfer.catalogue_identifier.empty() ? transfer.accession_number : transfer.catalogue_identifier;
  const bool is_elsewhere = !transfer.expected_space.empty() && bag->space != transfer.expected_space;
  if (is_elsewhere) bag->note = "it was expected in the space " + transfer.expected_space;
  if (!wanted.empty() && bag->external_identifier != wanted) {
    bag->note += std::string(bag->note.empty() ? "it was expected" : ", and") + " as " + wanted;
  }
  return bag;
}

Next Following::look_again() {
  const Transfer& transfer = hand_.record();
  const Instant now = hand_.now();
  return hand_.wait_until(now + pause_at(now - transfer.accepted.value_or(now)));
}

Result<bool> Following::find_bag() {
  Transfer& transfer = hand_.record();
  TRY(auto bag, bag_of(hand_.needs.transfers, hand_.settings.prefixes, transfer));
  if (!bag) return false;
  transfer.bag = std::move(*bag);
  const TransferBag& found = *transfer.bag;
  std::string remark = "Stored as " + found.space + "/" + found.external_identifier + " " + found.version;
  if (!found.note.empty()) remark += "; " + found.note;
  transfer.reason.reset();
  TRY_VOID(hand_.become(TransferState::stored, remark));
  return true;
}

Result<Next> Following::look() {
  TRY(const bool found, find_bag());
  if (found) return Next::again;
  // What failed may turn up after all: each registration wakes it.
  if (hand_.record().state == TransferState::failed) return Next::wait;
  if (hand_.needs.archivematica == nullptr) return look_again();
  return hand_.record().archivematica->sip_id.empty() ? ask_for_transfer() : ask_for_ingest();
}

Result<Next> Following::unreachable(const Error& error) {
  // By chance, or those that made way would come together again. Nobody waits here: a new package may be due.
  if (error.reason == Reason::limit) {
    const double fraction = random_fraction(hand_.needs.entropy);
    const auto pause = std::chrono::duration_cast<Duration>(fraction * std::chrono::duration<double>(kTurnWithin));
    return hand_.wait_until(hand_.now() + std::chrono::seconds(1) + pause);
  }
  if (error.act == Act::broken) hand_.needs.alarm.raise(problem::kDashboard, error.what);
  return look_again();
}

void Following::note(const UnitStatus& status) {
  TransferAtArchivematica& known = *hand_.record().archivematica;
  known.checked = hand_.now();
  if (!status.status || known.status == *status.status) return;
  known.status = *status.status;
  known.status_since = hand_.now();
}

Result<Next> Following::ask_for_transfer() {
  Transfer& transfer = hand_.record();
  const auto status = hand_.needs.archivematica->transfer_status(transfer.archivematica->transfer_id);
  if (!status) return unreachable(status.error());
  hand_.needs.alarm.over(problem::kDashboard);
  note(*status);
  if (!status->status) {
    const bool silent = transfer.state == TransferState::accepted && hand_.now() - *transfer.accepted >= kSilentFor;
    if (silent) {
      hand_.alert_once(package_problem::kSilent,
                       "Archivematica accepted it hours ago and tells nothing of it: copying has probably "
                       "failed; look in its dashboard");
    }
    return look_again();
  }
  if (transfer.state == TransferState::accepted) {
    TRY_VOID(hand_.become(TransferState::processing, "Archivematica is processing it"));
  }
  transfer.archivematica->microservice = status->microservice;
  if (*status->status == "COMPLETE" && !status->sip_uuid.empty()) {
    if (status->sip_uuid == kBacklog) {
      hand_.alert_once(package_problem::kBacklog,
                       "Archivematica has put it into its backlog, where it waits for a person");
      return look_again();
    }
    transfer.archivematica->sip_id = status->sip_uuid;
    transfer.archivematica->status_since.reset();
    transfer.archivematica->status.clear();
    TRY_VOID(hand_.keep("Archivematica has finished the transfer and ingests it"));
    return Next::again;
  }
  return judge(*status);
}

Result<Next> Following::ask_for_ingest() {
  Transfer& transfer = hand_.record();
  const auto status = hand_.needs.archivematica->ingest_status(transfer.archivematica->sip_id);
  if (!status) return unreachable(status.error());
  hand_.needs.alarm.over(problem::kDashboard);
  note(*status);
  if (!status->status) return look_again();
  transfer.archivematica->microservice = status->microservice;
  if (*status->status != "COMPLETE") return judge(*status);
  if (hand_.now() - *transfer.archivematica->status_since < kRegisteredWithin) return look_again();
  return hand_.fail(transfer_reason::kNotRegistered,
                    "Archivematica says that it is stored, but no bag that contains it has been registered");
}

Result<Next> Following::judge(const UnitStatus& status) {
  const std::string where = status.microservice.empty() ? "" : " in \"" + status.microservice + "\"";
  if (*status.status == "FAILED") {
    return hand_.fail(transfer_reason::kArchivematicaFailed, "it failed in Archivematica" + where);
  }
  if (*status.status == "REJECTED") {
    return hand_.fail(transfer_reason::kArchivematicaRejected, "it was rejected in Archivematica" + where);
  }
  const std::optional<Instant>& since = hand_.record().archivematica->status_since;
  if (*status.status == "USER_INPUT" && since && hand_.now() - *since >= kWaitsForPerson) {
    hand_.alert_once(package_problem::kUserInput, "Archivematica waits for a person" + where);
  }
  return look_again();
}

}  // namespace strongroom::transfers
