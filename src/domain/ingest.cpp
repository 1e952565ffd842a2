#include "domain/ingest.hpp"

#include <algorithm>
#include <array>

#include "domain/steps.hpp"

namespace strongroom {
namespace {

/// Place in the order of domain-rules.md 3.1: a status moves down this list, never up.
int rank(Status status) {
  switch (status) {
    case Status::accepted:
      return 0;
    case Status::processing:
      return 1;
    case Status::failed:
      return 2;
    case Status::succeeded:
      return 3;
  }
  return 0;
}

Error refused(const Ingest& ingest, std::string what) {
  return broken(std::move(what), "ingest " + ingest.id.str(), Reason::conflict);
}

}  // namespace

std::string_view name_of(IngestType type) { return type == IngestType::create ? "create" : "update"; }

std::optional<IngestType> parse_ingest_type(std::string_view name) {
  for (IngestType type : {IngestType::create, IngestType::update}) {
    if (name_of(type) == name) return type;
  }
  return std::nullopt;
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::accepted:
      return "accepted";
    case Status::processing:
      return "processing";
    case Status::succeeded:
      return "succeeded";
    case Status::failed:
      return "failed";
  }
  return {};
}

std::optional<Status> parse_status(std::string_view name) {
  for (Status status : {Status::accepted, Status::processing, Status::succeeded, Status::failed}) {
    if (name_of(status) == name) return status;
  }
  return std::nullopt;
}

std::string_view name_of(CallbackStatus status) {
  switch (status) {
    case CallbackStatus::processing:
      return "processing";
    case CallbackStatus::succeeded:
      return "succeeded";
    case CallbackStatus::failed:
      return "failed";
  }
  return {};
}

std::optional<CallbackStatus> parse_callback_status(std::string_view name) {
  for (CallbackStatus status : {CallbackStatus::processing, CallbackStatus::succeeded, CallbackStatus::failed}) {
    if (name_of(status) == name) return status;
  }
  return std::nullopt;
}

Ingest new_ingest(const IngestId& id, IngestRequest request, Instant created, const RequestId& request_id) {
  std::optional<Callback> callback;
  if (request.callback_url) callback = Callback{*request.callback_url};
  return Ingest{id,           std::move(request),  created,      request_id, 1, Status::accepted, false,
                std::nullopt, std::move(callback), std::nullopt, {},         1};
}

bool may_become(Status from, Status to) { return rank(from) <= rank(to); }

void IngestChange::add_event(std::string_view text, Instant now) {
  const Instant created = std::max(now, ingest_.last_modified.value_or(now));
  events_.push_back({created, event_text(text)});
  ingest_.last_modified = created;
  if (ingest_.status == Status::accepted) ingest_.status = Status::processing;
}

Result<void> IngestChange::set_status(Status to) {
  if (!may_become(ingest_.status, to)) {
    return refused(ingest_,
                   "the status " + std::string(name_of(ingest_.status)) + " cannot become " + std::string(name_of(to)));
  }
  ingest_.status = to;
  return {};
}

Result<void> IngestChange::set_version(Version version) {
  if (ingest_.version && *ingest_.version != version) {
    return refused(ingest_, "the version " + ingest_.version->str() + " cannot become " + version.str());
  }
  ingest_.version = version;
  return {};
}

Result<void> IngestChange::set_callback_status(CallbackStatus to) {
  if (!ingest_.callback) return refused(ingest_, "the ingest has no callback");
  const CallbackStatus from = ingest_.callback->status;
  if (from != to && from != CallbackStatus::processing) {
    return refused(ingest_,
                   "the callback status " + std::string(name_of(from)) + " cannot become " + std::string(name_of(to)));
  }
  ingest_.callback->status = to;
  return {};
}

Result<void> IngestChange::begin_retry(RequestId request_id, Instant now) {
  if (ingest_.status != Status::failed) {
    return refused(ingest_, "its status is " + std::string(name_of(ingest_.status)));
  }
  if (ingest_.retrying) return refused(ingest_, "a retry is already running");
  ingest_.retrying = true;
  ingest_.run += 1;
  ingest_.request_id = std::move(request_id);
  ingest_.location_uuids.clear();
  if (ingest_.callback) ingest_.callback->status = CallbackStatus::processing;
  add_event("Retry requested", now);
  return {};
}

Instant next_created(Instant now, std::optional<Instant> latest_of_bag) {
  return latest_of_bag ? std::max(now, *latest_of_bag + Duration(1)) : now;
}

}  // namespace strongroom
