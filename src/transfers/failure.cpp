#include "transfers/failure.hpp"

#include <algorithm>
#include <array>

#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

struct Named {
  FailureReason reason;
  std::string_view name;
};

constexpr std::array<Named, 10> kNames = {{{FailureReason::gave_up, "gave-up"},
                                           {FailureReason::no_location, "no-location"},
                                           {FailureReason::archivematica_refused, "archivematica-refused"},
                                           {FailureReason::outcome_uncertain, "outcome-uncertain"},
                                           {FailureReason::archivematica_failed, "archivematica-failed"},
                                           {FailureReason::archivematica_rejected, "archivematica-rejected"},
                                           {FailureReason::not_registered, "not-registered"},
                                           {FailureReason::replaced, "replaced"},
                                           {FailureReason::vanished, "vanished"},
                                           {FailureReason::internal, "internal"}}};

constexpr std::string_view kNothingToDo =
    "The package is not at fault and nothing needs to be done: operators know of it.";

std::string with_detail(std::string_view before, std::string_view detail) {
  return detail.empty() ? "." : std::string(before) + shown(detail) + ".";
}

}  // namespace

std::string_view name_of(FailureReason reason) { return kNames[static_cast<std::size_t>(reason)].name; }

std::optional<FailureReason> parse_failure_reason(std::string_view name) {
  const auto found = std::find_if(kNames.begin(), kNames.end(), [name](const Named& n) { return n.name == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->reason);
}

bool has_log(FailureReason reason) { return reason != FailureReason::replaced && reason != FailureReason::vanished; }

std::string failure_text(FailureReason reason, std::string_view detail) {
  const std::string nothing_to_do = " " + std::string(kNothingToDo);
  switch (reason) {
    case FailureReason::gave_up:
      return "The package could not be handed over to Archivematica for too long, and no further attempt is made." +
             nothing_to_do;
    case FailureReason::no_location:
      return "Archivematica is not set up to take packages from this folder." + nothing_to_do;
    case FailureReason::archivematica_refused:
      return "Archivematica refused the package" + with_detail(", saying ", detail) + " Operators know of it.";
    case FailureReason::outcome_uncertain:
      return "It is not known whether Archivematica has taken the package. Do not upload it again. Operators look for "
             "it "
             "in the dashboard of Archivematica before they order a new submission (retry --new-submission)." +
             nothing_to_do;
    case FailureReason::archivematica_failed:
      return "Archivematica took the package, but could not process it" + with_detail(": it stopped in ", detail) +
             " Operators know of it.";
    case FailureReason::archivematica_rejected:
      return "Archivematica took the package, and then it was rejected there" + with_detail(", in ", detail) +
             " Operators know of it.";
    case FailureReason::not_registered:
      return "Archivematica has finished with the package, but nothing of it has arrived in the archive within 24 "
             "hours." +
             nothing_to_do;
    case FailureReason::replaced:
      return "The package was replaced by a newer upload under the same name, which is answered by itself.";
    case FailureReason::vanished:
      return "The package was removed before it could be handed over to Archivematica.";
    case FailureReason::internal:
      return "An unforeseen error came between, and further attempts did not help." + nothing_to_do;
  }
  return {};
}

}  // namespace strongroom::transfers
