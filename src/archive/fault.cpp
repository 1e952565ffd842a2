#include "archive/fault.hpp"

#include <utility>

#include "base/text.hpp"

namespace strongroom::archive {
namespace {

std::string event_text(const Fault& fault, const std::string& loc, const std::string& name) {
  const std::string archive = "The archive at " + loc;
  const std::string trying = "Error trying to unpack the archive at " + loc;
  const std::string limit = std::to_string(fault.limit);
  switch (fault.kind) {
    case FaultKind::truncated:
      return "Unexpected EOF while unpacking the archive at " + loc + " - is it the correct format?";
    case FaultKind::bad_check_value:
    case FaultKind::bad_compression:
      return trying + " - is the " + fault.subject + "-compression correct?";
    case FaultKind::trailing_data:
      return archive + " has unexpected data after its end";
    case FaultKind::duplicate_entry:
      return archive + " is malformed or has a duplicate entry (" + name + ")";
    case FaultKind::forbidden_entry:
      return archive + " contains " + fault.subject + " (" + name + "): only files and directories are allowed";
    case FaultKind::unsafe_name:
      return archive + " contains an unsafe name (" + name + ")";
    case FaultKind::too_many_entries:
      return archive + " has more than " + limit + " entries";
    case FaultKind::too_many_bytes:
      return archive + " unpacks to more than " + limit + " bytes";
    case FaultKind::too_much_expansion:
      return archive + " expands more than " + limit + " times";
    case FaultKind::encrypted:
      return archive + " is encrypted";
    case FaultKind::unsupported_method:
      return archive + " uses an unsupported compression method (" + (name.empty() ? fault.subject : name) + ")";
    case FaultKind::bad_archive:
    case FaultKind::record_too_long:
      break;
  }
  return trying + " - is it the correct format?";
}

std::pair<std::string_view, std::string_view> rule_and_kind(FaultKind kind) {
  switch (kind) {
    case FaultKind::truncated:
      return {"P2", "truncated-archive"};
    case FaultKind::bad_check_value:
      return {"P2", "bad-check-value"};
    case FaultKind::trailing_data:
      return {"P2", "trailing-data"};
    case FaultKind::duplicate_entry:
      return {"P3", "duplicate-entry"};
    case FaultKind::forbidden_entry:
      return {"P3", "forbidden-entry"};
    case FaultKind::unsafe_name:
      return {"P3", "unsafe-name"};
    case FaultKind::record_too_long:
    case FaultKind::too_many_entries:
    case FaultKind::too_many_bytes:
    case FaultKind::too_much_expansion:
      return {"P4", "limit-exceeded"};
    case FaultKind::encrypted:
      return {"P2", "encrypted"};
    case FaultKind::unsupported_method:
      return {"P2", "unsupported-method"};
    case FaultKind::bad_archive:
    case FaultKind::bad_compression:
      break;
  }
  return {"P2", "bad-archive"};
}

}  // namespace

ArchiveRefusal refusal_for(const Fault& fault, std::string_view loc) {
  ArchiveRefusal refusal;
  const std::string shown = one_line(fault.name);
  refusal.text = event_text(fault, std::string(loc), shown);
  Problem problem;
  const auto [rule, kind] = rule_and_kind(fault.kind);
  problem.rule = rule;
  problem.kind = kind;
  problem.description = fault.detail.empty() ? refusal.text : fault.detail;
  // Reports are JSON: a name that is not UTF-8 goes in as it is shown.
  problem.path = is_utf8(fault.name) ? fault.name : shown;
  refusal.problems.push_back(std::move(problem));
  return refusal;
}

Error FaultSlot::refuse(Fault fault) {
  Error error = rejected("the package is refused: " + fault.detail, one_line(fault.name), Reason::corrupt);
  fault_ = std::move(fault);
  return error;
}

}  // namespace strongroom::archive
