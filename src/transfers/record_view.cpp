#include "transfers/record_view.hpp"

#include "base/json_text.hpp"

namespace strongroom::transfers {
namespace {

void write_code(JsonWriter& writer, std::string_view name, std::string_view id, std::string_view type) {
  writer.key(name).begin_object().member("id", id).member("type", type).end_object();
}

/// What is not known is left out.
void write_known(JsonWriter& writer, std::string_view name, const std::string& text) {
  if (!text.empty()) writer.member(name, text);
}

void write_object(JsonWriter& writer, const Transfer& transfer) {
  writer.member("area", transfer.area).member("bucket", transfer.bucket).member("key", transfer.key);
  const auto& bound = transfer.bound;
  const auto& version = bound ? bound->version_id : transfer.event.version_id;
  if (version) writer.member("versionId", *version);
  write_known(writer, "eTag", bound ? bound->etag : transfer.event.etag);
  if (bound) writer.member("size", bound->size);
  write_known(writer, "flavour", transfer.flavour);
}

void write_delay(JsonWriter& writer, const TransferDelay& delay) {
  writer.key("delayed").begin_object().member("since", format_instant(delay.since)).member("cause", delay.cause);
  writer.member("operatorProblem", delay.operator_problem).member("attempts", delay.attempts);
  writer.member("nextAttempt", format_instant(delay.next_attempt)).end_object();
}

void write_state(JsonWriter& writer, const Transfer& transfer) {
  write_code(writer, "status", name_of(transfer.state), "Status");
  writer.member("label", transfer.label());
  if (transfer.held) writer.member("held", true);
  if (transfer.delay) write_delay(writer, *transfer.delay);
  if (!transfer.reason) return;
  writer.key("reason").begin_object().member("code", transfer.reason->code);
  writer.member("description", transfer.reason->description).end_object();
}

void write_identifiers(JsonWriter& writer, const Transfer& transfer) {
  writer.key("identifiers").begin_object();
  write_known(writer, "catalogueIdentifier", transfer.catalogue_identifier);
  write_known(writer, "accessionNumber", transfer.accession_number);
  writer.end_object();
}

void write_event(JsonWriter& writer, const Transfer& transfer) {
  const TransferEvent& event = transfer.event;
  writer.key("event").begin_object().member("name", event.name).member("time", event.time);
  writer.member("sequencer", event.sequencer);
  if (event.version_id) writer.member("versionId", *event.version_id);
  writer.member("source", event.source).end_object();
  writer.member("idempotencyKey", transfer.idempotency_key);
}

void write_archivematica(JsonWriter& writer, const TransferAtArchivematica& there) {
  writer.key("archivematica").begin_object().member("transferId", there.transfer_id);
  write_known(writer, "sipId", there.sip_id);
  write_known(writer, "processingConfig", there.processing_config);
  write_known(writer, "status", there.status);
  write_known(writer, "microservice", there.microservice);
  if (there.checked) writer.member("checkedDate", format_instant(*there.checked));
  writer.end_object();
}

/// As the document of an ingest has them.
void write_bag(JsonWriter& writer, const TransferBag& bag) {
  write_code(writer, "space", bag.space, "Space");
  writer.key("bag").begin_object().member("id", bag.space + "/" + bag.external_identifier).member("type", "Bag");
  writer.key("info").begin_object().member("externalIdentifier", bag.external_identifier);
  writer.member("version", bag.version).member("type", "BagInfo").end_object().member("version", bag.version);
  write_known(writer, "note", bag.note);
  writer.end_object();
}

void write_finding(JsonWriter& writer, const TransferFinding& finding) {
  writer.begin_object().member("code", finding.code);
  writer.member("severity", finding.severity == TransferSeverity::warning ? "warning" : "problem");
  write_known(writer, "file", finding.file);
  if (finding.line) writer.member("line", *finding.line);
  write_known(writer, "column", finding.column);
  write_known(writer, "value", finding.value);
  writer.member("description", finding.description).end_object();
}

void write_lists(JsonWriter& writer, const Transfer& transfer) {
  writer.key("findings").begin_array();
  for (const TransferFinding& finding : transfer.findings) write_finding(writer, finding);
  writer.end_array().key("logs").begin_array();
  for (const TransferLog& log : transfer.logs) {
    if (log.removed) continue;
    writer.begin_object().member("result", log.result).member("bucket", transfer.bucket);
    writer.member("key", log.key).end_object();
  }
  writer.end_array().key("events").begin_array();
  for (const TransferRemark& remark : transfer.remarks) {
    writer.begin_object().member("type", "TransferEvent").member("createdDate", format_instant(remark.created));
    writer.member("description", remark.description).end_object();
  }
  writer.end_array();
}

}  // namespace

std::string record_view(const Transfer& transfer, std::string_view context_url) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  if (!context_url.empty()) writer.member("@context", context_url);
  writer.member("id", transfer.id).member("type", "Transfer");
  write_object(writer, transfer);
  write_state(writer, transfer);
  write_identifiers(writer, transfer);
  write_event(writer, transfer);
  if (transfer.archivematica) write_archivematica(writer, *transfer.archivematica);
  if (transfer.bag) write_bag(writer, *transfer.bag);
  write_lists(writer, transfer);
  if (transfer.dismissed) {
    writer.key("dismissed").begin_object().member("by", transfer.dismissed->by);
    writer.member("date", format_instant(transfer.dismissed->date));
    writer.member("reason", transfer.dismissed->reason).end_object();
  }
  writer.member("createdDate", format_instant(transfer.created));
  writer.member("lastModifiedDate", format_instant(transfer.modified)).end_object();
  return text;
}

const TransferLog* find_log(const Transfer& transfer, std::string_view result) {
  for (auto log = transfer.logs.rbegin(); log != transfer.logs.rend(); ++log) {
    if (log->result == result) return &*log;
  }
  return nullptr;
}

}  // namespace strongroom::transfers
