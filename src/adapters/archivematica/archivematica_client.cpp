#include "adapters/archivematica/archivematica_client.hpp"

#include <map>
#include <set>
#include <utility>

#include "adapters/cloud/retry_after.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::archivematica {
namespace {

constexpr std::size_t kPagesMax = 1000;
constexpr Duration kBetweenStatusCalls = std::chrono::seconds(1);
constexpr const char* kConfigurations = "/api/processing-configuration/";

/// A text that need not be there; nothing when it is something else.
std::optional<std::string> optional_text(const JsonMembers& members, std::string_view name) {
  if (!members.has(name)) return std::string();
  if (const auto text = members.text(name)) return *text;
  const auto json = members.json_of(name);
  return json && *json == "null" ? std::optional(std::string()) : std::nullopt;
}

struct Location {
  SourceArea area;
  std::string space;  ///< path of it
};

std::optional<Location> read_location(const JsonMembers& members) {
  const auto uuid = members.text("uuid");
  const auto space = members.text("space");
  auto relative_path = optional_text(members, "relative_path");
  auto path = optional_text(members, "path");
  const Result<bool> enabled = members.has("enabled") ? members.boolean("enabled") : Result<bool>(true);
  if (!uuid || !space || !relative_path || !path || !enabled) return std::nullopt;
  return Location{{*uuid, std::move(*relative_path), std::move(*path), {}, *enabled}, *space};
}

struct Page {
  std::vector<Location> locations;
  std::string next;  ///< link; empty on the last page
};

std::optional<Page> read_page(const std::string& body) {
  const auto members = JsonMembers::parse(body);
  if (!members) return std::nullopt;
  const auto meta = members->object("meta");
  const auto objects = members->objects("objects");
  if (!meta || !meta->has("next") || !objects) return std::nullopt;
  auto next = optional_text(*meta, "next");
  if (!next) return std::nullopt;
  Page page{{}, std::move(*next)};
  for (const JsonMembers& object : *objects) {
    auto location = read_location(object);
    if (!location) return std::nullopt;
    page.locations.push_back(std::move(*location));
  }
  return page;
}

/// The message that a refusal carries; a text of our own when it has none.
std::string message_of(const Service& service, const WebAnswer& answer) {
  const auto members = JsonMembers::parse(answer.body);
  const std::optional<std::string> said = members ? optional_text(*members, "message") : std::nullopt;
  if (said && !said->empty()) return service.quoted(*said);
  return service.name() + " answered " + std::to_string(answer.status) + " without saying why";
}

}  // namespace

ArchivematicaClient::ArchivematicaClient(ArchivematicaSettings settings, const cloud::Environment& environment,
                                         WebClient& web, Clock& clock)
    : dashboard_({"Archivematica's dashboard", "archivematica.dashboard"}, std::move(settings.dashboard), environment,
                 clock),
      storage_service_({"Archivematica's Storage Service", "archivematica.storageService"},
                       std::move(settings.storage_service), environment, clock),
      web_(web),
      clock_(clock) {}

// ---- the storage service ------------------------------------------------------------------------------------------

Result<std::string> ArchivematicaClient::bucket_of(const std::string& space) {
  TRY(std::string url, storage_service_.follow(space));
  // A path stands below the base address, whatever path that has itself.
  if (space.starts_with('/') && !space.starts_with("//")) url = storage_service_.base() + space;
  TRY(const WebAnswer answer, storage_service_.get_url(web_, url));
  if (answer.status != 200) return storage_service_.unexpected(answer);
  const auto members = JsonMembers::parse(answer.body);
  if (!members) return storage_service_.not_understood();
  auto bucket = optional_text(*members, members->has("s3_bucket") ? "s3_bucket" : "bucket");
  if (!bucket) return storage_service_.not_understood();
  return std::move(*bucket);
}

Result<std::vector<SourceArea>> ArchivematicaClient::source_areas(const std::string& protocol) {
  std::vector<Location> locations;
  std::set<std::string> pages;
  std::string url = storage_service_.base() +
                    "/api/v2/location/?space__access_protocol=" + percent_encode(protocol, "") + "&purpose=TS";
  while (!url.empty()) {
    if (!pages.insert(url).second) return broken(storage_service_.name() + " lists its locations in a circle");
    if (pages.size() > kPagesMax) return broken(storage_service_.name() + " lists more than 1,000 pages of locations");
    TRY(const WebAnswer answer, storage_service_.get_url(web_, url));
    if (answer.status != 200) return storage_service_.unexpected(answer);
    auto page = read_page(answer.body);
    if (!page) return storage_service_.not_understood();
    for (Location& location : page->locations) locations.push_back(std::move(location));
    url.clear();
    if (!page->next.empty()) {
      TRY(url, storage_service_.follow(page->next));
    }
  }
  std::map<std::string, std::string> buckets;  // by space
  std::vector<SourceArea> areas;
  for (Location& location : locations) {
    if (protocol == "S3") {
      if (!buckets.contains(location.space)) {
        TRY(buckets[location.space], bucket_of(location.space));
      }
      location.area.bucket = buckets.at(location.space);
    }
    areas.push_back(std::move(location.area));
  }
  return areas;
}

// ---- the dashboard --------------------------------------------------------------------------------------------------

Result<WebAnswer> ArchivematicaClient::ask_dashboard(const std::string& target) {
  TRY(WebAnswer answer, dashboard_.get(web_, target));
  if (answer.status != 200) return dashboard_.unexpected(answer);
  return answer;
}

Result<std::vector<std::string>> ArchivematicaClient::processing_configurations() {
  TRY(const WebAnswer answer, ask_dashboard(kConfigurations));
  const auto members = JsonMembers::parse(answer.body);
  auto names =
      members ? members->texts("processing_configurations") : Result<std::vector<std::string>>(members.error());
  if (!names) return dashboard_.not_understood();
  return names;
}

Result<std::string> ArchivematicaClient::version() {
  TRY(const WebAnswer answer, ask_dashboard(kConfigurations));
  return one_line(answer.header("X-Archivematica-Version"));
}

PackageAnswer ArchivematicaClient::read_taken(const WebAnswer& answer) const {
  using Kind = PackageAnswer::Kind;
  const auto members = JsonMembers::parse(answer.body);
  if (members && members->has("error")) return {.kind = Kind::refused, .message = message_of(dashboard_, answer)};
  const Result<std::string> id = members ? members->text("id") : Result<std::string>(members.error());
  if (id && !id->empty()) return {.kind = Kind::accepted, .id = *id};
  return {.kind = Kind::transient, .message = dashboard_.not_understood().what};
}

PackageAnswer ArchivematicaClient::submit(const std::string& body, const std::string& idempotency_key) {
  using Kind = PackageAnswer::Kind;
  const Exchanged exchanged =
      dashboard_.post(web_, "/api/v2beta/package", body, {{"Idempotency-Key", idempotency_key}});
  if (!exchanged.answer) {
    const Error& error = exchanged.answer.error();
    const Kind unheard = exchanged.may_have_arrived ? Kind::transient : Kind::not_taken;
    return {.kind = error.act == Act::broken && !exchanged.may_have_arrived ? Kind::barred : unheard,
            .message = error.what};
  }
  const WebAnswer& answer = *exchanged.answer;
  const int status = answer.status;
  if (answer.succeeded()) return read_taken(answer);
  const bool is_redirect = status >= 300 && status <= 399;
  if (is_redirect || status == 401 || status == 403 || status == 404 || status == 405) {
    const bool is_address = status == 405;
    return {.kind = Kind::barred,
            .message =
                is_address ? dashboard_.name() + " is not at its address (405)" : dashboard_.unexpected(answer).what};
  }
  const std::optional<int> wait = cloud::retry_after(answer, clock_.now());
  const std::string said = dashboard_.name() + " answered " + std::to_string(status);
  if (status == 409) return {.kind = Kind::busy, .message = said, .retry_after = wait};
  const bool may_pass = status == 408 || status == 425 || status == 429;
  if (may_pass || status < 400 || status > 499) return {.kind = Kind::transient, .message = said, .retry_after = wait};
  return {.kind = Kind::refused, .message = message_of(dashboard_, answer)};
}

bool ArchivematicaClient::take_turn() {
  const std::scoped_lock lock(mutex_);
  const Duration now = clock_.since_boot();
  if (now < next_turn_) return false;
  next_turn_ = now + kBetweenStatusCalls;
  return true;
}

Result<UnitStatus> ArchivematicaClient::status_of(const std::string& target) {
  if (!take_turn()) return temporary("another status is being asked for", {}, Reason::limit);
  TRY(const WebAnswer answer, dashboard_.get(web_, target));
  const auto members = JsonMembers::parse(answer.body);
  if (answer.status == 400 && members && members->has("error")) return UnitStatus{};
  if (answer.status != 200) return dashboard_.unexpected(answer);
  if (!members) return dashboard_.not_understood();
  const auto status = members->text("status");
  auto microservice = optional_text(*members, "microservice");
  auto sip = optional_text(*members, "sip_uuid");
  if (!status || !microservice || !sip) return dashboard_.not_understood();
  return UnitStatus{*status, std::move(*microservice), std::move(*sip)};
}

Result<UnitStatus> ArchivematicaClient::transfer_status(const std::string& id) {
  return status_of("/api/transfer/status/" + percent_encode(id, "") + "/");
}

Result<UnitStatus> ArchivematicaClient::ingest_status(const std::string& id) {
  return status_of("/api/ingest/status/" + percent_encode(id, "") + "/");
}

}  // namespace strongroom::archivematica
