// The HTTP API as functions over the ports: what it is told, what it needs, and the one way to make it.
//
// No sockets here: a server hands requests to the HttpHandler (ports/http.hpp), which is thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "domain/callback_url.hpp"
#include "domain/location.hpp"
#include "events/tail.hpp"
#include "ports/accounts.hpp"
#include "ports/audit.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/damage.hpp"
#include "ports/dry_runs.hpp"
#include "ports/entropy.hpp"
#include "ports/event_log.hpp"
#include "ports/front_desk.hpp"
#include "ports/http.hpp"
#include "ports/large_responses.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/object_store.hpp"
#include "ports/restores.hpp"
#include "ports/search_index.hpp"
#include "ports/sinks.hpp"
#include "ports/sources.hpp"
#include "ports/subscriptions.hpp"
#include "ports/transfers.hpp"
#include "transfers/intake.hpp"
#include "transfers/steering.hpp"

namespace strongroom::api {

/// Identifiers that begin with `prefix` belong into `space` (domain-rules.md 2.1, `spaces.reserved`).
struct ReservedSpace {
  std::string prefix;
  std::string space;
};

struct ApiConfig {
  /// Path of all routes as this server sees it: empty, or beginning with a slash and not ending in one.
  std::string base_path = "/storage/v1";
  /// `{base}` of http-api.md 1.1, no slash at the end. Answers are built from it, never from a `Host` header.
  std::string public_base_url;
  /// Namespace of the JSON-LD terms as fixed in the catalogue; `{base}/ontology.ttl#` when empty.
  std::string json_ld_namespace;
  /// Buckets, containers and upload areas that packages may come from; `*` is any bucket.
  std::map<Provider, std::vector<std::string>> sources;
  /// Areas that `PUT /uploads/{area}/…` writes into.
  std::vector<LocationName> upload_areas;
  CallbackPolicy callbacks;
  std::optional<std::vector<std::string>> allowed_spaces;  ///< any space when absent
  std::vector<ReservedSpace> reserved_spaces = {{"archivematica-dev/TEST", "testing"}};
  std::chrono::seconds token_life{3600};
  bool require_version = false;  ///< `updates.requireVersion`: an update must name `bag.id` and `bag.version`
  std::size_t uri_max = limits::kHttpUriMax;
  std::uint64_t body_max = limits::kHttpBodyMax;  ///< bytes of a JSON or form body
  /// Where notifications about transfer packages may come from; without an area none is of ours.
  transfers::IntakeSettings transfers{};
  Duration transfers_overdue_after = transfers::kOverdueAfter;  ///< `transfers.overdueAfter`
  /// In configured order. `url` of each is followed by `/`, the key prefix and the bag's path in documents.
  std::vector<LocationFacts> locations;
  /// A longer document of a bag is answered by 307 where ApiNeeds::large_responses can keep it.
  std::uint64_t redirect_above = 0;
  bool audit_reads = false;  ///< `audit.reads`: each reading of stored bytes is a record of the audit log
};

/// Everything outlives the handler.
struct ApiNeeds {
  Catalogue& catalogue;
  FrontDesk& desk;
  Accounts& accounts;
  AuditLog& audit;
  Uploads& uploads;
  DryRuns& dry_runs;
  ObjectStore& records;
  std::vector<ObjectStore*> locations;  ///< in the order of ApiConfig::locations
  Clock& clock;
  Entropy& entropy;
  Log& log;
  Metrics& metrics;
  EventLog& event_log;
  events::Tail& tail;  ///< of the open event streams
  Subscriptions& subscriptions;
  Restores& restores;
  SearchIndex& search;
  Transfers& transfers;
  transfers::DeadLetters& dead_letters;
  Sinks& sinks;
  LargeResponses* large_responses = nullptr;  ///< null: every answer is sent from here
  DamageNotes* damage = nullptr;              ///< null: nobody keeps what is found of stored files
};

[[nodiscard]] std::unique_ptr<HttpHandler> make_api(ApiConfig config, ApiNeeds needs);

}  // namespace strongroom::api
