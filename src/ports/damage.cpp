#include "ports/damage.hpp"

namespace strongroom {

bool shows_damage(const Error& error) {
  if (error.act == Act::temporary) return false;
  return error.reason == Reason::not_found || error.reason == Reason::corrupt || error.reason == Reason::truncated;
}

void DamageNotes::failed(const std::string& location, const FileCopy& copy, const Error& error) {
  if (!shows_damage(error)) return;
  const auto known = known_.is_file_damaged(copy.location_uuid, copy.key);
  // A location that is lost is read again and again: a look is cheaper than a transaction that changes nothing.
  if (known && *known) return;
  const auto noted = known ? known_.note_damage({copy, error.what, clock_.now()}) : Result<bool>(known.error());
  if (!noted) return complain(location, copy, noted.error());
  if (!*noted) return;
  journal_.write(LogLevel::error, "file.copy_damaged",
                 {{"location", location}, {"key", copy.key}, {"error", error.what}});
}

bool DamageNotes::is_known(const std::string& location, const FileCopy& copy) {
  const auto known = known_.is_file_damaged(copy.location_uuid, copy.key);
  if (!known) complain(location, copy, known.error());
  return known && *known;
}

bool DamageNotes::knows_any(const std::string& location_uuid) {
  const auto files = known_.count_damage(location_uuid);
  return !files || *files > 0;
}

void DamageNotes::was_right(const std::string& location, const FileCopy& copy) {
  if (!is_known(location, copy)) return;
  const auto ended = known_.end_damage(copy.location_uuid, copy.key);
  if (!ended) return complain(location, copy, ended.error());
  if (!*ended) return;
  journal_.write(LogLevel::info, "file.copy_whole_again", {{"location", location}, {"key", copy.key}});
}

void DamageNotes::complain(const std::string& location, const FileCopy& copy, const Error& error) {
  journal_.write(LogLevel::error, "damage_not_kept",
                 {{"location", location}, {"key", copy.key}, {"error", error.text()}});
}

}  // namespace strongroom
