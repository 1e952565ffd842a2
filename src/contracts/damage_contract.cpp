#include "contracts/damage_contract.hpp"

#include "contracts/catalogue_contract_bench.hpp"
#include "domain/layout.hpp"

namespace strongroom::contracts {
namespace {

BagId bag(const std::string& identifier) {
  return {Space::parse("maps").value(), ExternalIdentifier::parse(identifier).value()};
}

Damage damage(const std::string& location, const std::string& identifier, int version, const std::string& name) {
  return {{location, layout::file_key(bag(identifier), Version(version), name), 7, digest_of(Algorithm::sha256, name)},
          "it is \"missing\"",
          instant_of(1'714'564'800'000'001)};
}

Result<void> damage_is_known_until_it_ends(KnownDamage& known) {
  const Damage one = damage("uuid-1", "LE/MON/1", 2, "data/caf\xC3\xA9.txt");
  TRY(const bool early, known.end_damage("uuid-1", one.copy.key));
  TRY(const bool fresh, known.note_damage(one));
  TRY(const bool there, known.is_file_damaged("uuid-1", one.copy.key));
  TRY(const bool elsewhere, known.is_file_damaged("uuid-2", one.copy.key));
  TRY(const bool other, known.is_file_damaged("uuid-1", one.copy.key + "x"));
  HOLDS(!early && fresh && there && !elsewhere && !other);
  TRY(const bool wrong_place, known.end_damage("uuid-2", one.copy.key));
  TRY(const bool ended, known.end_damage("uuid-1", one.copy.key));
  TRY(const bool twice, known.end_damage("uuid-1", one.copy.key));
  TRY(const bool after, known.is_file_damaged("uuid-1", one.copy.key));
  HOLDS(!wrong_place && ended && !twice && !after);
  TRY(const bool anew, known.note_damage(one));
  HOLDS(anew);
  return {};
}

Result<void> what_was_found_first_stays(KnownDamage& known) {
  const Damage first = damage("uuid-1", "a", 1, "data/a");
  Damage second = first;
  second.what = "it is another";
  second.found += std::chrono::hours(1);
  TRY(const bool fresh, known.note_damage(first));
  TRY(const bool again, known.note_damage(second));
  HOLDS(fresh && !again);
  TRY(const auto all, known.damage_in("uuid-1", "", 10));
  HOLDS(all == std::vector<Damage>{first});
  return {};
}

// A version is made of its own files and of those of earlier ones.
Result<void> a_copy_is_damaged_from_the_files_version_on(KnownDamage& known) {
  TRY([[maybe_unused]] const bool noted, known.note_damage(damage("uuid-1", "LE/MON/1", 2, "data/v1/a")));
  const auto is_damaged = [&](const std::string& location, const std::string& identifier, int version) {
    return known.is_copy_damaged(location, bag(identifier), Version(version));
  };
  TRY(const bool before, is_damaged("uuid-1", "LE/MON/1", 1));
  TRY(const bool own, is_damaged("uuid-1", "LE/MON/1", 2));
  TRY(const bool later, is_damaged("uuid-1", "LE/MON/1", 10));
  TRY(const bool elsewhere, is_damaged("uuid-2", "LE/MON/1", 2));
  TRY(const bool other_bag, is_damaged("uuid-1", "LE/MON", 2));
  HOLDS(!before && own && later && !elsewhere && !other_bag);
  return {};
}

Result<void> damage_is_listed_by_location(KnownDamage& known) {
  const Damage a = damage("uuid-1", "a", 1, "data/a");
  const Damage b = damage("uuid-1", "a", 1, "data/b");
  const Damage c = damage("uuid-1", "b", 3, "data/a");
  for (const Damage& one : {c, a, b, damage("uuid-2", "a", 1, "data/a")}) {
    TRY(const bool fresh, known.note_damage(one));
    HOLDS(fresh);
  }
  TRY(const auto first, known.damage_in("uuid-1", "", 2));
  HOLDS((first == std::vector<Damage>{a, b}));
  TRY(const auto rest, known.damage_in("uuid-1", b.copy.key, 2));
  HOLDS(rest == std::vector<Damage>{c});
  TRY(const auto end, known.damage_in("uuid-1", c.copy.key, 2));
  HOLDS(end.empty());
  TRY(const std::uint64_t many, known.count_damage("uuid-1"));
  TRY(const std::uint64_t none, known.count_damage("uuid-3"));
  HOLDS(many == 3 && none == 0);
  return {};
}

Result<void> only_files_of_bags_are_noted(KnownDamage& known) {
  for (const char* const key : {"_strongroom/location.json", "", "maps/a/data/a"}) {
    Damage odd = damage("uuid-1", "a", 1, "data/a");
    odd.copy.key = key;
    REFUSES(Reason::other, known.note_damage(odd));
  }
  TRY(const std::uint64_t count, known.count_damage("uuid-1"));
  HOLDS(count == 0);
  return {};
}

}  // namespace

std::vector<DamageCheck> damage_checks() {
  return {
      {"DamageIsKnownUntilItEnds", damage_is_known_until_it_ends},
      {"WhatWasFoundFirstStays", what_was_found_first_stays},
      {"ACopyIsDamagedFromTheFilesVersionOn", a_copy_is_damaged_from_the_files_version_on},
      {"DamageIsListedByLocation", damage_is_listed_by_location},
      {"OnlyFilesOfBagsAreNoted", only_files_of_bags_are_noted},
  };
}

}  // namespace strongroom::contracts
