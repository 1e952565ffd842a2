#include "transfers/package_problems.hpp"

#include <algorithm>

namespace strongroom::transfers {
namespace {

/// Nobody has ordered or decided anything about it since.
bool has_failed_with(const Transfer& transfer, std::string_view reason) {
  return transfer.state == TransferState::failed && transfer.reason && transfer.reason->code == reason &&
         transfer.is_unresolved();
}

bool owes_success_log(const Transfer& transfer) {
  const auto log = std::ranges::find(transfer.logs, "success", &TransferLog::result);
  return transfer.accepted && log != transfer.logs.end() && !log->written && !log->removed;
}

}  // namespace

bool lasts(const Transfer& transfer, std::string_view problem) {
  const TransferAtArchivematica there = transfer.archivematica.value_or(TransferAtArchivematica{});
  const bool is_accepted = transfer.state == TransferState::accepted;
  const bool is_processing = transfer.state == TransferState::processing;
  if (problem == package_problem::kSilent) return is_accepted && there.status.empty();
  if (problem == package_problem::kBacklog) return is_processing && there.status == "COMPLETE" && there.sip_id.empty();
  if (problem == package_problem::kUserInput) return is_processing && there.status == "USER_INPUT";
  if (problem == package_problem::kTags) return is_accepted && !transfer.tagged;
  if (problem == package_problem::kSuccessLog) return owes_success_log(transfer);
  if (problem == package_problem::kRefusal) return has_failed_with(transfer, transfer_reason::kRefused);
  if (problem == package_problem::kUncertain) return has_failed_with(transfer, transfer_reason::kUncertain);
  return false;
}

}  // namespace strongroom::transfers
