#include "domain/audit.hpp"

#include "base/digest.hpp"
#include "base/json_text.hpp"
#include "domain/json_members.hpp"

namespace strongroom {
namespace {

Error off_chain(std::int64_t number, const std::string& what) {
  return broken("record " + std::to_string(number) + " of the audit log " + what, {}, Reason::corrupt);
}

}  // namespace

const std::string& audit_chain_start() {
  static const std::string kStart(64, '0');
  return kStart;
}

AuditRecord audit_record(std::int64_t number, const Deed& deed, const std::string& previous) {
  AuditRecord record{number, {}, {}};
  JsonWriter writer(record.line);
  writer.begin_object().member("number", number).member("time", format_instant(deed.time));
  writer.member("agent", deed.agent).member("action", deed.action).member("object", deed.object);
  writer.member("outcome", deed.outcome);
  if (!deed.request_id.empty()) writer.member("requestId", deed.request_id);
  writer.member("previous", previous).end_object();
  record.sha256 = digest_of(Algorithm::sha256, record.line).hex();
  return record;
}

Result<void> AuditChain::follow(std::string_view line) {
  const std::int64_t expected = number_ + 1;
  const Result<JsonMembers> members = JsonMembers::parse(line);
  if (!members) return off_chain(expected, "cannot be read: " + members.error().what);
  const Result<std::uint64_t> number = members->number("number");
  const Result<std::string> previous = members->text("previous");
  if (!number || !previous) return off_chain(expected, "has no number or no digest of the one before it");
  if (*number != static_cast<std::uint64_t>(expected)) {
    return off_chain(expected, "is missing: the next one has the number " + std::to_string(*number));
  }
  if (*previous != sha256_) {
    return off_chain(expected, "does not follow the one before it: one of the two was altered, or one was removed");
  }
  number_ = expected;
  sha256_ = digest_of(Algorithm::sha256, line).hex();
  return {};
}

}  // namespace strongroom
