#include "domain/transfer.hpp"

#include <array>
#include <concepts>
#include <limits>
#include <type_traits>

#include "base/digest.hpp"
#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom {
namespace {

constexpr std::array<std::pair<TransferState, std::string_view>, 8> kStates = {{
    {TransferState::received, "received"},
    {TransferState::checking, "checking"},
    {TransferState::rejected, "rejected"},
    {TransferState::submitting, "submitting"},
    {TransferState::accepted, "accepted"},
    {TransferState::processing, "processing"},
    {TransferState::stored, "stored"},
    {TransferState::failed, "failed"},
}};

constexpr std::array<std::pair<TransferSeverity, std::string_view>, 2> kSeverities = {{
    {TransferSeverity::problem, "problem"},
    {TransferSeverity::warning, "warning"},
}};

/// A text that is not UTF-8 (a file name, a value of a CSV) stands in hex under the member's name and this.
constexpr std::string_view kHex = ".hex";

template <class T, class Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

// What each part consists of: said once, for writing and for reading. `must` are the members that are always there; of
// the others an empty one is left out and an absent one is empty.

template <class Fields>
void describe(Fields& fields, Is<TransferEvent> auto& event) {
  fields.must("name", event.name);
  fields.must("time", event.time);
  fields.must("sequencer", event.sequencer);
  fields.may("versionId", event.version_id);
  fields.may("eTag", event.etag);
  fields.must("source", event.source);
}

template <class Fields>
void describe(Fields& fields, Is<AreaObject> auto& object) {
  fields.must("key", object.key);
  fields.may("versionId", object.version_id);
  fields.must("eTag", object.etag);
  fields.must("size", object.size);
  fields.must("modified", object.modified);
}

template <class Fields>
void describe(Fields& fields, Is<TransferDelay> auto& delay) {
  fields.must("since", delay.since);
  fields.must("cause", delay.cause);
  fields.may("operatorProblem", delay.operator_problem);
  fields.must("attempts", delay.attempts);
  fields.must("nextAttempt", delay.next_attempt);
  fields.must("retriedSince", delay.retried_since);
}

template <class Fields>
void describe(Fields& fields, Is<TransferReason> auto& reason) {
  fields.must("code", reason.code);
  fields.must("description", reason.description);
}

template <class Fields>
void describe(Fields& fields, Is<TransferFinding> auto& finding) {
  fields.must("code", finding.code);
  fields.must("severity", finding.severity, kSeverities);
  fields.may("file", finding.file);
  fields.may("line", finding.line);
  fields.may("column", finding.column);
  fields.may("value", finding.value);
  fields.may("description", finding.description);
}

template <class Fields>
void describe(Fields& fields, Is<TransferSubmission> auto& submission) {
  fields.must("body", submission.body);
  fields.must("processingConfig", submission.processing_config);
  fields.may("mayHaveArrived", submission.may_have_arrived);
  fields.may("firstSent", submission.first_sent);
  fields.must("conflictsOnly", submission.conflicts_only);
}

template <class Fields>
void describe(Fields& fields, Is<TransferTwin> auto& twin) {
  fields.must("key", twin.key);
  fields.may("object", twin.object);
}

template <class Fields>
void describe(Fields& fields, Is<TransferAtArchivematica> auto& there) {
  fields.must("transferId", there.transfer_id);
  fields.may("sipId", there.sip_id);
  fields.may("processingConfig", there.processing_config);
  fields.may("status", there.status);
  fields.may("microservice", there.microservice);
  fields.may("statusSince", there.status_since);
  fields.may("checked", there.checked);
}

template <class Fields>
void describe(Fields& fields, Is<TransferBag> auto& bag) {
  fields.must("space", bag.space);
  fields.must("externalIdentifier", bag.external_identifier);
  fields.must("version", bag.version);
  fields.may("note", bag.note);
}

template <class Fields>
void describe(Fields& fields, Is<TransferLog> auto& log) {
  fields.must("result", log.result);
  fields.must("key", log.key);
  fields.must("text", log.text);
  fields.may("written", log.written);
  fields.may("removed", log.removed);
  fields.may("versionId", log.version_id);
  fields.may("eTag", log.etag);
  fields.may("about", log.about);
  fields.may("size", log.size);
  fields.may("modified", log.modified);
}

template <class Fields>
void describe(Fields& fields, Is<TransferRemark> auto& remark) {
  fields.must("description", remark.description);
  fields.must("created", remark.created);
}

template <class Fields>
void describe(Fields& fields, Is<TransferDismissal> auto& dismissal) {
  fields.must("by", dismissal.by);
  fields.must("date", dismissal.date);
  fields.must("reason", dismissal.reason);
}

template <class Fields>
void describe(Fields& fields, Is<Transfer> auto& transfer) {
  fields.must("id", transfer.id);
  fields.must("area", transfer.area);
  fields.must("bucket", transfer.bucket);
  fields.must("key", transfer.key);
  fields.must("event", transfer.event);
  fields.must("idempotencyKey", transfer.idempotency_key);
  fields.must("resubmission", transfer.resubmission);
  fields.must("created", transfer.created);
  fields.must("modified", transfer.modified);
  fields.must("state", transfer.state, kStates);
  fields.may("held", transfer.held);
  fields.may("bound", transfer.bound);
  fields.may("flavour", transfer.flavour);
  fields.may("expectedSpace", transfer.expected_space);
  fields.may("delay", transfer.delay);
  fields.may("reason", transfer.reason);
  fields.may("catalogueIdentifier", transfer.catalogue_identifier);
  fields.may("accessionNumber", transfer.accession_number);
  fields.may("findings", transfer.findings);
  fields.may("submission", transfer.submission);
  fields.may("twin", transfer.twin);
  fields.may("archivematica", transfer.archivematica);
  fields.may("tagged", transfer.tagged);
  fields.may("objectLost", transfer.object_lost);
  fields.may("accepted", transfer.accepted);
  fields.may("alerted", transfer.alerted);
  fields.may("bag", transfer.bag);
  fields.may("logs", transfer.logs);
  fields.may("remarks", transfer.remarks);
  fields.may("dismissed", transfer.dismissed);
  fields.may("resolved", transfer.resolved);
  fields.may("reportedStored", transfer.reported_stored);
  fields.may("reportedGone", transfer.reported_gone);
  fields.may("cleanedUp", transfer.cleaned_up);
  fields.may("due", transfer.due);
}

class Writing {
 public:
  explicit Writing(JsonWriter& out) : out_(out) {}

  void must(std::string_view name, const std::string& text) {
    if (is_utf8(text)) {
      out_.member(name, text);
    } else {
      out_.member(std::string(name).append(kHex), to_hex(as_bytes(text)));
    }
  }
  void must(std::string_view name, std::uint64_t number) { out_.member(name, number); }
  void must(std::string_view name, int number) { out_.member(name, number); }
  void must(std::string_view name, Instant instant) { out_.member(name, format_instant(instant)); }
  template <class Enum, std::size_t N>
  void must(std::string_view name, Enum value, const std::array<std::pair<Enum, std::string_view>, N>& names) {
    out_.member(name, names.at(static_cast<std::size_t>(value)).second);
  }
  template <class Part>
    requires std::is_class_v<Part>
  void must(std::string_view name, const Part& part) {
    out_.key(name);
    write(part);
  }

  void may(std::string_view name, bool flag) {
    if (flag) out_.member(name, true);
  }
  void may(std::string_view name, const std::string& text) {
    if (!text.empty()) must(name, text);
  }
  template <class Part>
  void may(std::string_view name, const std::optional<Part>& part) {
    if (part) must(name, *part);
  }
  void may(std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out_.key(name).begin_array();
    for (const std::string& text : texts) out_.text(text);
    out_.end_array();
  }
  template <class Part>
  void may(std::string_view name, const std::vector<Part>& parts) {
    if (parts.empty()) return;
    out_.key(name).begin_array();
    for (const Part& part : parts) write(part);
    out_.end_array();
  }

  template <class Part>
  void write(const Part& part) {
    out_.begin_object();
    describe(*this, part);
    out_.end_object();
  }

 private:
  JsonWriter& out_;
};

/// A store's listing may tell fractions of a second, while it dates a single object in whole ones.
bool same_second(Instant a, Instant b) {
  return std::chrono::floor<std::chrono::seconds>(a) == std::chrono::floor<std::chrono::seconds>(b);
}

bool is_observed(const Transfer& transfer) { return transfer.event.name == kObservedEvent; }

/// The object that it is about: as it was bound, or as its event told of it.
AreaObject told_object(const Transfer& transfer) {
  if (transfer.bound) return *transfer.bound;
  const TransferEvent& event = transfer.event;
  return {transfer.key, event.version_id, event.etag, 0, parse_instant(event.time).value_or(transfer.created)};
}

/// A notification that was not looked at yet is going to be bound to what has its key, unless it tells otherwise.
bool awaits(const Transfer& kept, const AreaObject& object) {
  if (is_final(kept.state)) return false;
  if (kept.event.version_id && object.version_id) return kept.event.version_id == object.version_id;
  return kept.event.etag.empty() || kept.event.etag == object.etag;
}

/// A time that cannot be read is not later.
bool is_later(const std::string& time, Instant than) {
  const auto read = parse_instant(time);
  return read && *read > than;
}

bool tells_of(const TransferEvent& event, const AreaObject& object, Instant until) {
  if (event.version_id && object.version_id) return event.version_id == object.version_id;
  return (event.etag.empty() || event.etag == object.etag) && !is_later(event.time, until);
}

/// So much later than its copy was dated may the notification of a twin be.
constexpr Duration kAfterCopy = std::chrono::minutes(1);

/// Reads until the first member that is not as it must be, and keeps what was wrong with it.
class Reading {
 public:
  explicit Reading(const JsonMembers& from) : from_(from) {}

  void must(std::string_view name, std::string& text) {
    const std::string hex_name = std::string(name).append(kHex);
    if (!from_.has(hex_name)) return take(from_.text(name), text);
    std::string hex;
    take(from_.text(hex_name), hex);
    if (auto bytes = parse_hex(hex)) {
      text = std::move(*bytes);
    } else {
      refuse(hex_name);
    }
  }
  void must(std::string_view name, std::uint64_t& number) { take(from_.number(name), number); }
  void must(std::string_view name, int& number) {
    std::uint64_t wide = 0;
    take(from_.number(name), wide);
    if (wide > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) return refuse(name);
    number = static_cast<int>(wide);
  }
  void must(std::string_view name, Instant& instant) { take(from_.instant(name), instant); }
  template <class Enum, std::size_t N>
  void must(std::string_view name, Enum& value, const std::array<std::pair<Enum, std::string_view>, N>& names) {
    std::string written;
    take(from_.text(name), written);
    for (const auto& [candidate, text] : names) {
      if (text == written) {
        value = candidate;
        return;
      }
    }
    refuse(name);
  }
  template <class Part>
    requires std::is_class_v<Part>
  void must(std::string_view name, Part& part) {
    auto members = from_.object(name);
    if (members) return read(*members, part);
    keep(members.error());
  }

  void may(std::string_view name, bool& flag) {
    if (from_.has(name)) take(from_.boolean(name), flag);
  }
  void may(std::string_view name, std::string& text) {
    if (has_text(name)) must(name, text);
  }
  template <class Part>
  void may(std::string_view name, std::optional<Part>& part) {
    if (has_text(name)) must(name, part.emplace());
  }
  void may(std::string_view name, std::vector<std::string>& texts) {
    if (from_.has(name)) take(from_.texts(name), texts);
  }
  template <class Part>
  void may(std::string_view name, std::vector<Part>& parts) {
    if (!from_.has(name)) return;
    auto list = from_.objects(name);
    if (!list) return keep(list.error());
    parts.reserve(list->size());
    for (const JsonMembers& members : *list) read(members, parts.emplace_back());
  }

  template <class Part>
  void read(const JsonMembers& members, Part& part) {
    Reading within(members);
    describe(within, part);
    if (within.error_) keep(*within.error_);
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  [[nodiscard]] bool has_text(std::string_view name) const {
    return from_.has(name) || from_.has(std::string(name).append(kHex));
  }
  template <class Value>
  void take(Result<Value> found, Value& value) {
    if (found) {
      value = std::move(*found);
    } else {
      keep(found.error());
    }
  }
  void refuse(std::string_view name) {
    keep(broken("the member \"" + std::string(name) + "\" of a transfer cannot be read", {}, Reason::corrupt));
  }
  void keep(const Error& error) {
    if (!error_) error_ = error;
  }

  const JsonMembers& from_;
  std::optional<Error> error_;
};

}  // namespace

std::string_view name_of(TransferState state) { return kStates.at(static_cast<std::size_t>(state)).second; }

std::optional<TransferState> parse_transfer_state(std::string_view name) {
  for (const auto& [state, text] : kStates) {
    if (text == name) return state;
  }
  return std::nullopt;
}

bool is_final(TransferState state) {
  return state == TransferState::rejected || state == TransferState::stored || state == TransferState::failed;
}

std::string Transfer::label() const {
  if (state == TransferState::stored && bag) return "stored " + bag->version;
  return std::string(name_of(state));
}

const std::string& Transfer::submitted_key() const { return twin ? twin->key : key; }

bool Transfer::is_unresolved() const { return !dismissed && !resolved && state != TransferState::stored; }

bool is_same_object(const AreaObject& a, const AreaObject& b) {
  if (a.key != b.key) return false;
  if (a.version_id && b.version_id) return a.version_id == b.version_id;
  return a.etag == b.etag && same_second(a.modified, b.modified);
}

bool is_about(const Transfer& kept, const AreaObject& object) {
  if (kept.key == object.key) {
    return kept.bound || is_observed(kept) ? is_same_object(told_object(kept), object) : awaits(kept, object);
  }
  if (!kept.twin || kept.twin->key != object.key) return false;
  return !kept.twin->object || is_same_object(*kept.twin->object, object);
}

bool is_same_package(const Transfer& kept, const Transfer& arrived) {
  if (kept.area != arrived.area) return false;
  if (is_observed(arrived)) return is_about(kept, told_object(arrived));
  if (kept.key == arrived.key) {
    return is_observed(kept) && tells_of(arrived.event, told_object(kept), kept.created);
  }
  if (!kept.twin || kept.twin->key != arrived.key) return false;
  const auto& copy = kept.twin->object;
  return !copy || tells_of(arrived.event, *copy, copy->modified + kAfterCopy);
}

std::string event_identity(const Transfer& transfer) {
  const TransferEvent& event = transfer.event;
  std::string text;
  for (const std::string& part : {transfer.area, event.name, transfer.key, event.sequencer}) {
    text.append(std::to_string(part.size())).append(":").append(part);
  }
  if (event.version_id) text.append("@").append(*event.version_id);
  return digest_of(Algorithm::sha256, text).hex();
}

std::string write_transfer(const Transfer& transfer) {
  std::string text;
  JsonWriter out(text);
  Writing(out).write(transfer);
  return text;
}

Result<Transfer> parse_transfer(std::string_view json) {
  TRY(const JsonMembers members, JsonMembers::parse(json));
  Transfer transfer;
  Reading reading(members);
  describe(reading, transfer);
  if (reading.error()) return *reading.error();
  return transfer;
}

}  // namespace strongroom
