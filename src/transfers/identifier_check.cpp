#include "transfers/identifier_check.hpp"

#include <vector>

#include "base/text.hpp"
#include "domain/identifier_rules.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/shown_value.hpp"
#include "transfers/unicode_text.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kIdentifierCharactersMax = 256;
constexpr std::size_t kTagUnitsMax = 256;
/// Places of one rule that are named.
constexpr std::size_t kPlacesShown = 5;

std::size_t character_at(std::string_view value, std::size_t byte) {
  return count_characters(value.substr(0, byte)) + 1;
}

/// The whole character that begins at `at`, as it is shown.
std::string character_shown(std::string_view value, std::size_t at) {
  std::size_t end = at;
  if (!next_code_point(value, end)) end = at + 1;
  return shown(value.substr(at, end - at));
}

/// What a rule says, and of a rule about a part of the value which parts break it.
struct Words {
  std::string_view rule;
  enum class Part : unsigned char { none, character, segment, place } part = Part::none;
};

Words words_of(IdentifierRule rule) {
  using Part = Words::Part;
  switch (rule) {
    case IdentifierRule::empty:
      return {"it is empty"};
    case IdentifierRule::ends_with_versions:
      return {"it must not end in /versions", Part::place};
    case IdentifierRule::ends_with_version:
      return {"it must not end in / and a version such as v1", Part::segment};
    case IdentifierRule::contains_version:
      return {"no part of it may be a version such as v1", Part::segment};
    case IdentifierRule::starts_with_version:
      return {"it must not begin with a version such as v1/", Part::segment};
    case IdentifierRule::starts_with_slash:
      return {"it must not begin with a slash", Part::place};
    case IdentifierRule::ends_with_slash:
      return {"it must not end with a slash", Part::place};
    case IdentifierRule::consecutive_slashes:
      return {"two slashes must not follow each other", Part::place};
    case IdentifierRule::consecutive_spaces:
      return {"two spaces must not follow each other", Part::place};
    case IdentifierRule::first_character:
      return {"it must begin with a letter A-Z, a-z or a digit", Part::character};
    case IdentifierRule::last_character:
      return {"it must end with a letter A-Z, a-z or a digit", Part::character};
    case IdentifierRule::characters:
      return {"only the letters A-Z and a-z, digits, spaces and - _ / . are allowed", Part::character};
    case IdentifierRule::ends_with_archive:
      return {"it must not end in /archive", Part::place};
    case IdentifierRule::ends_with_restore:
      return {"it must not end in /restore", Part::place};
    case IdentifierRule::content_segment:
      return {"no part of it behind a slash may be \"content\"", Part::place};
    case IdentifierRule::segment_end:
      return {"no part of it between slashes may end in a full stop or a space", Part::segment};
    case IdentifierRule::description_segment:
      return {"no part of it may be like v1.json", Part::segment};
    case IdentifierRule::too_long:
      return {"it must not be longer than 512 bytes"};
    case IdentifierRule::segment_too_long:
      return {"no part of it between slashes may be longer than 255 bytes", Part::place};
  }
  return {};
}

std::string place_text(std::string_view value, const BrokenRule& broken, Words::Part part) {
  const std::string at = "at character " + with_thousands(character_at(value, broken.at));
  if (part == Words::Part::character) return character_shown(value, broken.at) + " " + at;
  if (part == Words::Part::segment) return shown(value.substr(broken.at, broken.length)) + " " + at;
  return at;
}

/// Bytes in the midst of a character are no place of their own, and the last character begins before the last byte.
std::size_t begin_of_character(std::string_view value, std::size_t at) {
  while (at > 0 && (static_cast<unsigned char>(value[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

bool is_inside_character(std::string_view value, std::size_t at) { return begin_of_character(value, at) != at; }

std::string rule_text(std::string_view value, const std::vector<BrokenRule>& places) {
  const Words words = words_of(places.front().rule);
  std::string text(words.rule);
  if (words.part == Words::Part::none) return text;
  std::vector<std::string> named;
  std::size_t more = 0;
  for (BrokenRule place : places) {
    if (place.rule == IdentifierRule::last_character) place.at = begin_of_character(value, place.at);
    if (place.rule == IdentifierRule::characters && is_inside_character(value, place.at)) continue;
    if (named.size() < kPlacesShown) {
      named.push_back(place_text(value, place, words.part));
    } else {
      ++more;
    }
  }
  text += " (" + join(named, ", ");
  if (more > 0) text += " and " + with_thousands(more) + " more";
  return text + ")";
}

class IdentifierChecker {
 public:
  IdentifierChecker(std::uint64_t line, FindingList& findings) : line_(line), findings_(findings) {}

  void identifier(std::string_view column, const std::optional<std::string>& value) {
    if (!value) return;
    const std::string faults = identifier_faults(*value);
    if (faults.empty()) return;
    add("META-IDENTIFIER", column, *value,
        shown(*value) + " cannot be the identifier of what is stored: " + faults + ".");
  }

  void tag(std::string_view column, const std::optional<std::string>& value) {
    if (!value) return;
    const std::size_t units = utf16_units(*value);
    std::vector<std::string> faults;
    if (units > kTagUnitsMax)
      faults.push_back("it has " + with_thousands(units) + " characters, of which at most 256 are allowed");
    if (!has_tag_characters_only(*value))
      faults.emplace_back("only letters, digits, spaces and + - = . _ : / @ are allowed");
    if (faults.empty()) return;
    add("TAG-VALUE", column, *value,
        shown(*value) + " cannot be recorded with the package: " + join(faults, "; ") + ".");
  }

  void add(std::string_view code, std::string_view column, std::string_view value, std::string text) {
    findings_.add(csv_finding(code, kMetadataCsv, line_, column, value, std::move(text)));
  }

 private:
  std::uint64_t line_;
  FindingList& findings_;
};

}  // namespace

std::string identifier_faults(std::string_view value) {
  const std::vector<BrokenRule> broken = broken_identifier_rules(value);
  std::vector<std::string> texts;
  std::vector<BrokenRule> places;
  for (std::size_t i = 0; i < broken.size(); ++i) {
    places.push_back(broken[i]);
    if (i + 1 < broken.size() && broken[i + 1].rule == broken[i].rule) continue;
    texts.push_back(rule_text(value, places));
    places.clear();
  }
  if (const std::size_t characters = count_characters(value); characters > kIdentifierCharactersMax) {
    texts.push_back("it must not be longer than 256 characters, and has " + with_thousands(characters));
  }
  return join(texts, "; ");
}

std::optional<std::string> bag_identifier(const PackageIdentifiers& identifiers) {
  return identifiers.catalogue_identifier ? identifiers.catalogue_identifier : identifiers.accession_number;
}

void check_identifiers(const PackageIdentifiers& identifiers, Flavour flavour, FindingList& findings) {
  IdentifierChecker checker(identifiers.line, findings);
  checker.identifier("dc.identifier", identifiers.catalogue_identifier);
  if (flavour == Flavour::catalogued) {
    checker.tag("accession_number", identifiers.accession_number);
    return;
  }
  checker.identifier("accession_number", identifiers.accession_number);
  if (identifiers.catalogue_identifier) {
    checker.add(
        "W-ACCESSION-DC", "dc.identifier", *identifiers.catalogue_identifier,
        "This accession will be stored under " + shown(*identifiers.catalogue_identifier) +
            " and not under its accession number, because Archivematica prefers dc.identifier. Leave the column "
            "empty if that is not meant.");
  }
}

}  // namespace strongroom::transfers
