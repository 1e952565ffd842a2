// The rules of external identifiers (domain-rules.md 2.2), each by itself.
//
// ExternalIdentifier::parse tells the first broken rule; who helps a depositor to mend an identifier names all of them
// and where they are broken. Both read this one table. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace strongroom {

/// In the order of the table, which is the order in which they are looked at.
enum class IdentifierRule : std::uint8_t {
  empty,
  ends_with_versions,
  ends_with_version,
  contains_version,
  starts_with_version,
  starts_with_slash,
  ends_with_slash,
  consecutive_slashes,
  consecutive_spaces,
  first_character,
  last_character,
  characters,
  ends_with_archive,
  ends_with_restore,
  content_segment,
  segment_end,
  description_segment,
  too_long,
  segment_too_long,
};

/// One place where a rule is broken: bytes of the identifier. `length` is 0 where the rule is about the whole.
struct BrokenRule {
  IdentifierRule rule = IdentifierRule::empty;
  std::size_t at = 0;
  std::size_t length = 0;

  friend bool operator==(const BrokenRule&, const BrokenRule&) = default;
};

/// Every place where `text` breaks a rule, ordered by rule, then by place; empty for a legal identifier.
[[nodiscard]] std::vector<BrokenRule> broken_identifier_rules(std::string_view text);

/// The text of the API for a rule (the one for an empty identifier depends on where it was found: not here).
[[nodiscard]] std::string_view identifier_rule_text(IdentifierRule rule);

}  // namespace strongroom
