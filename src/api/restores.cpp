// Restores (http-api.md 9.5): a version made readable where it is in an archive tier. Who carries them out is
// elsewhere.
#include <algorithm>

#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/stored_version.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "ports/restores.hpp"

namespace strongroom::api {
namespace {

/// Seconds after which asking again makes sense: providers take from minutes to days.
constexpr const char* kAskAgain = "60";

std::string label_of(const Service& service, const std::string& uuid) {
  const auto& locations = service.config.locations;
  const auto found = std::ranges::find(locations, uuid, &LocationFacts::uuid);
  return found == locations.end() ? "a location that is no longer configured" : found->label;
}

HttpResponse shown(const Call& call, int status, const Restore& restore) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().member("@context", call.service.context_url).member("type", "Restore");
  writer.member("id", restore.id);
  writer.key("bag").begin_object().member("id", restore.bag.str()).member("type", "Bag").end_object();
  writer.member("version", restore.version.str());
  writer.member("locationLabel", label_of(call.service, restore.location_uuid));
  writer.member("createdDate", format_instant(restore.created)).member("requestedBy", restore.client.str());
  writer.member("state", name_of(restore.state));
  writer.member("filesTotal", restore.files_total)
      .member("filesAsked", restore.files_asked)
      .member("filesReady", restore.files_ready);
  if (restore.ready_by) writer.member("readyBy", format_instant(*restore.ready_by));
  if (restore.expires) writer.member("expires", format_instant(*restore.expires));
  if (!restore.detail.empty()) writer.member("detail", restore.detail);
  writer.end_object();
  HttpResponse response = json_response(status, std::move(text));
  const bool has_come = restore.state == RestoreState::ready || restore.state == RestoreState::ended;
  if (!has_come) response.headers.emplace_back("Retry-After", kAskAgain);
  return response;
}

/// Locations that have moved the version to their archive tier, in configured order.
Result<std::vector<const LocationFacts*>> archiving(const Service& service, const BagId& bag, const VersionRow& row) {
  const std::vector<std::string>& uuids = row.registration->location_uuids;
  std::vector<const LocationFacts*> found;
  for (const LocationFacts& facts : service.config.locations) {
    if (!facts.archives || std::ranges::find(uuids, facts.uuid) == uuids.end()) continue;
    TRY(const auto archived, service.needs.catalogue.recall(archived_fact(facts.uuid, bag, row.version)));
    if (archived) found.push_back(&facts);
  }
  return found;
}

/// The 400 for a location that is not configured.
HttpResponse unknown_location(const Call& call, const std::string& name) {
  std::vector<std::string> names;
  for (const LocationFacts& facts : call.service.config.locations) names.push_back(facts.name.str());
  std::ranges::sort(names);
  return call.fail(400, one_line("Unrecognised value in query parameter location: got \"" + name +
                                 "\", valid values are: " + join(names, ", ") + "."));
}

Deed deed_of(const Call& call, const Restore& restore, const std::string& label) {
  return {call.caller->client().str(),
          std::string(audit_action::kRestoreRequested),
          restore.bag.str() + " " + restore.version.str() + " in " + label,
          "done",
          call.request_id.str(),
          restore.created};
}

}  // namespace

HttpResponse restore_bag(Call& call) {
  if (auto refusal = call.query_refusal()) return std::move(*refusal);
  const Service& service = call.service;
  const auto& locations = service.config.locations;
  const std::string wanted = call.query_text("location");
  const auto named = [&](const LocationFacts& facts) { return facts.name.str() == wanted; };
  if (!wanted.empty() && std::ranges::none_of(locations, named)) return unknown_location(call, wanted);
  const StoredVersion stored = stored_version(call);
  if (stored.refusal) return *stored.refusal;
  const auto possible = archiving(service, *stored.bag, *stored.row);
  if (!possible) return call.fault(possible.error());
  const auto chosen =
      std::ranges::find_if(*possible, [&](const LocationFacts* facts) { return wanted.empty() || named(*facts); });
  if (chosen == possible->end()) {
    return call.fail(409, stored.bag->str() + " " + stored.row->version.str() + " is not in an archive tier" +
                              (wanted.empty() ? "" : " of " + wanted) + ": its files can be read as they are");
  }
  const Restore asked{.id = random_uuid(service.needs.entropy),
                      .bag = *stored.bag,
                      .version = stored.row->version,
                      .location_uuid = (*chosen)->uuid,
                      .created = service.needs.clock.now(),
                      .client = call.caller->client(),
                      .files_total = stored.row->registration->file_count};
  const auto restore = service.needs.restores.add_restore(asked, deed_of(call, asked, (*chosen)->label));
  if (!restore) return call.fault(restore.error());
  HttpResponse response = shown(call, 202, *restore);
  response.headers.emplace_back("Location", service.config.public_base_url + "/restores/" + restore->id);
  return response;
}

HttpResponse get_restore(Call& call) {
  const std::string id = to_lower_ascii(call.capture("id"));
  const auto restore = call.service.needs.restores.find_restore(id);
  if (!restore) return call.fault(restore.error());
  if (!*restore || !call.may_use((*restore)->bag.space.str())) {
    return call.fail(404, "Restore " + one_line(call.capture("id")) + " not found");
  }
  return shown(call, 200, **restore);
}

}  // namespace strongroom::api
