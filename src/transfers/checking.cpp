#include "transfers/checking.hpp"

#include <algorithm>

#include "transfers/examination.hpp"
#include "transfers/feedback.hpp"
#include "transfers/package_reader.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

/// A file that seems cut off may still be being written for so long after its last change (transfers.md 3.4).
constexpr Duration kStillFor = std::chrono::minutes(15);
constexpr Duration kLookAgain = std::chrono::minutes(1);
constexpr std::string_view kZip = ".zip";

bool may_grow(const InHand& hand, const Transfer& transfer, const PackageContents& contents) {
  if (!hand.area.is_directory || hand.now() - transfer.bound->modified >= kStillFor) return false;
  return std::ranges::any_of(contents.findings, [](const Finding& finding) {
    return finding.code == "ZIP-TRUNCATED" || finding.code == "ZIP-NOT-ZIP" || finding.code == "ZIP-EMPTY";
  });
}

void keep_findings(Transfer& transfer, const Examination& examination) {
  transfer.findings = examination.report.findings.kept();
  transfer.catalogue_identifier = examination.identifiers.catalogue_identifier.value_or("");
  transfer.accession_number = examination.identifiers.accession_number.value_or("");
  if (!examination.expected_space.empty()) transfer.expected_space = examination.expected_space;
}

Finding same_content_finding(const Transfer& stored) {
  std::string description = "The package " + shown(place_of(stored)) + " has the same content and has been stored";
  if (stored.bag) {
    description += " as " + escaped(stored.bag->version) + " of " +
                   shown(stored.bag->space + "/" + stored.bag->external_identifier);
  }
  return {.code = "W-SAME-CONTENT", .description = description + ". Check that it is not uploaded twice by mistake."};
}

Result<Next> reject_by(InHand& hand, const CheckReport& report) {
  compose_rejected(hand, report);
  const std::uint64_t problems = report.findings.problems();
  return hand.become(TransferState::rejected, "Rejected: " + std::to_string(problems) +
                                                  (problems == 1 ? " problem was found" : " problems were found"));
}

}  // namespace

Result<Next> bind(InHand& hand) {
  Transfer& transfer = hand.record();
  if (!transfer.bound) {
    const auto object = hand.store().stat(transfer.key, transfer.event.version_id);
    if (!object) return hand.trouble(object.error(), hand.area_problem());
    hand.needs.alarm.over(hand.area_problem());
    if (!*object) return hand.trouble(rejected("gone", transfer.key, Reason::not_found), hand.area_problem());
    if (!transfer.event.etag.empty() && transfer.event.etag != (*object)->etag) {
      return hand.trouble(rejected("replaced", transfer.key, Reason::conflict), hand.area_problem());
    }
    transfer.bound = std::move(**object);
  }
  return hand.become(TransferState::checking, "Being read and checked");
}

Result<Next> check(InHand& hand) {
  Transfer& transfer = hand.record();
  const auto package = hand.store().open(*transfer.bound);
  if (!package) return hand.trouble(package.error(), hand.area_problem());
  const auto contents = read_package(**package);
  if (!contents) return hand.trouble(contents.error(), hand.area_problem());
  TRY_VOID(hand.renew());
  if (may_grow(hand, transfer, *contents)) {
    transfer.state = TransferState::received;
    TRY_VOID(hand.keep());
    return hand.wait_until(hand.now() + kLookAgain);
  }
  Examination examination = examine({hand.settings.prefixes, hand.settings.known_grant_notes}, transfer.key, *contents);
  if (!transfer.key.ends_with(kZip) && hand.area.other_case == OtherCaseZip::reject) {
    examination.report.add(key_case_finding(transfer.key, ""));
  }
  TRY(const auto same, hand.needs.transfers.find_stored_content(transfer.bound->etag, transfer.bound->size));
  if (same) examination.report.add(same_content_finding(*same));
  keep_findings(transfer, examination);
  if (examination.report.rejected()) return reject_by(hand, examination.report);
  return hand.become(TransferState::submitting, "All checks passed");
}

Result<Next> reject(InHand& hand, Finding finding) {
  CheckReport report = report_of(hand.record());
  report.add(std::move(finding));
  hand.record().findings = report.findings.kept();
  return reject_by(hand, report);
}

}  // namespace strongroom::transfers
