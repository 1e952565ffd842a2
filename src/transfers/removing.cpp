#include "transfers/removing.hpp"

#include <algorithm>

#include "transfers/log_keys.hpp"
#include "transfers/quiet_rule.hpp"

namespace strongroom::transfers {
namespace {

/// Whether `other`, which has not come to its end, is about the same upload or an identical one.
bool may_need(const Transfer& other, const AreaObject& object) {
  if (is_final(other.state)) return false;
  const auto is_it = [&](const std::string& key, const std::string& etag) {
    return key == object.key && (etag.empty() || etag == object.etag);
  };
  if (is_it(other.key, other.bound ? other.bound->etag : other.event.etag)) return true;
  return other.twin && is_it(other.twin->key, other.twin->object ? other.twin->object->etag : "");
}

constexpr const char* kGone = "it is gone already";
constexpr const char* kReplaced = "another file is in its place";
/// As often a log is looked for again.
constexpr int kLooks = 10;

/// What the store answered.
void settle(const Result<void>& erased, Removal& removal) {
  if (erased) return removal.settle(Fate::removed, "");
  const bool is_other = erased.error().act == Act::rejected && erased.error().reason == Reason::conflict;
  removal.settle(is_other ? Fate::kept : Fate::failed, is_other ? kReplaced : erased.error().what);
}

}  // namespace

void Removal::settle(Fate now, std::string why) {
  fate = now;
  note = std::move(why);
}

/// An object as it is remembered.
struct Removing::Wanted {
  AreaObject object;
  std::string kind;
  TransferLog* log = nullptr;  ///< of a log

  [[nodiscard]] bool is_notice() const { return kind == "received" || kind == "delayed"; }
};

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::planned:
      return "planned";
    case Fate::removed:
      return "removed";
    case Fate::kept:
      return "kept";
    case Fate::held:
      return "held";
    case Fate::failed:
      break;
  }
  return "failed";
}

/// The package first: as long as it is there, its answer is to be found beside it.
std::vector<Removing::Wanted> Removing::wanted_of(Transfer& stored) {
  std::vector<Wanted> wanted;
  if (stored.bound) wanted.push_back({*stored.bound, "package"});
  if (stored.twin && stored.twin->object) wanted.push_back({*stored.twin->object, "twin"});
  for (TransferLog& log : stored.logs) {
    if (!log.written || log.removed || log.result == name_of(LogResult::failed)) continue;
    wanted.push_back({{log.key, log.version_id, log.etag, log.size.value_or(0), log.modified.value_or(Instant{})},
                      log.result,
                      &log});
  }
  return wanted;
}

/// Why the object has to stay for now; empty when nothing is in the way.
Result<std::string> Removing::obstacle(const Transfer& stored, const AreaObject& object) {
  if (!stored.bag) return std::string("nobody knows in which bag it is stored");
  TRY(const bool safe, is_safely_stored(needs_.safekeeping, *stored.bag));
  if (!safe) return std::string("a required copy is not there, verified and whole");
  TRY(const auto others, needs_.transfers.transfers_of_key(stored.area, object.key));
  const bool is_needed = std::ranges::any_of(
      others, [&](const Transfer& other) { return other.id != stored.id && may_need(other, object); });
  if (is_needed) return std::string("an identical upload is not finished");
  TRY(const bool quiet, may_remove(needs_.transfers, stored, object.key, needs_.clock.now()));
  if (!quiet) return std::string("Archivematica may be copying what lies below such a key");
  return std::string();
}

/// Under the conditions of the store.
void Removing::take_away(const AreaInUse& area, const Wanted& wanted, Removal& removal) {
  if (wanted.log != nullptr) return take_log_away(area, wanted, removal);
  if (settings_.dry) {
    const auto now = area.store->stat(wanted.object.key, wanted.object.version_id);
    if (!now) return removal.settle(Fate::failed, now.error().what);
    if (!*now) return removal.settle(Fate::removed, kGone);
    if (!is_same_object(**now, wanted.object)) return removal.settle(Fate::kept, kReplaced);
    return;
  }
  settle(area.store->erase(wanted.object, settings_.leaves_marker), removal);
}

/// A log may have been written once more with the same text, so its time of change does not count. Where versions are
/// kept, the removal of one brings to light what a repetition wrote before.
void Removing::take_log_away(const AreaInUse& area, const Wanted& wanted, Removal& removal) {
  for (int look = 0; look < kLooks; ++look) {
    const auto now = area.store->stat(wanted.object.key);
    if (!now) return removal.settle(Fate::failed, now.error().what);
    if (!*now) return removal.settle(Fate::removed, look == 0 ? kGone : "");
    if ((*now)->etag != wanted.object.etag) return removal.settle(Fate::kept, kReplaced);
    if (settings_.dry) return;
    settle(area.store->erase(**now, settings_.leaves_marker && !wanted.is_notice()), removal);
    if (removal.fate != Fate::removed || !(*now)->version_id) return;
  }
}

Result<void> Removing::remove_one(const Transfer& stored, const Wanted& wanted, Removal& removal) {
  const auto area = std::ranges::find(needs_.areas, stored.area, &AreaInUse::name);
  if (area == needs_.areas.end()) {
    removal.fate = Fate::held;
    removal.note = "its area is not configured";
    return {};
  }
  TRY(removal.note, obstacle(stored, wanted.object));
  if (!removal.note.empty()) {
    removal.fate = Fate::held;
    return {};
  }
  take_away(*area, wanted, removal);
  return {};
}

Result<std::vector<Removal>> Removing::remove(Transfer& stored) {
  std::vector<Removal> removals;
  for (const Wanted& wanted : wanted_of(stored)) {
    Removal removal{stored.id, stored.area, wanted.object.key, wanted.object.version_id, wanted.kind};
    TRY_VOID(remove_one(stored, wanted, removal));
    const bool is_stuck = removal.fate == Fate::held || removal.fate == Fate::failed;
    if (!settings_.dry) {
      if (wanted.log != nullptr) wanted.log->removed = !is_stuck;
      needs_.journal.write(removal.fate == Fate::failed ? LogLevel::error : LogLevel::info,
                           "object_" + std::string(name_of(removal.fate)),
                           {{"transfer", stored.id},
                            {"area", stored.area},
                            {"key", removal.key},
                            {"kind", removal.kind},
                            {"note", removal.note}});
    }
    removals.push_back(std::move(removal));
    if (is_stuck && wanted.log == nullptr) break;
  }
  return removals;
}

}  // namespace strongroom::transfers
