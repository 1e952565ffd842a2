// The names of things: spaces, identifiers, versions, ingests, locations, workers.
//
// Each type is parsed once at the door and is a proof from then on: no default constructor, no conversion from text.
// All are plain values, ordered and comparable; all functions are pure.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace strongroom {

/// Grouping of bags (domain-rules.md 2.1). 1 to 128 bytes of UTF-8 in normal form C; no slash, control character or
/// backslash; not `.` or `..`; no space at an end, no dot at the end; not beginning with `_strongroom` in any case.
class Space : public Text<Space> {
 public:
  /// The error's `what` is the text of the first broken rule.
  static Result<Space> parse(std::string_view text);

 private:
  using Text::Text;
};

/// Where an identifier was found: the texts for an empty one differ (domain-rules.md 2.2, rule 1).
enum class IdentifierPlace : std::uint8_t { request, bag };

/// A bag's name within its space (domain-rules.md 2.2, rules 1 to 17).
class ExternalIdentifier : public Text<ExternalIdentifier> {
 public:
  /// The error's `what` is the text of the first broken rule, ending in `, was {text}` unless `text` is empty.
  static Result<ExternalIdentifier> parse(std::string_view text, IdentifierPlace place = IdentifierPlace::request);

 private:
  using Text::Text;
};

/// One bag: everything stored under one space and external identifier.
struct BagId {
  Space space;
  ExternalIdentifier external_identifier;

  /// `{space}/{externalIdentifier}`
  [[nodiscard]] std::string str() const { return space.str() + "/" + external_identifier.str(); }
  friend auto operator<=>(const BagId&, const BagId&) = default;
};

/// A version of a bag: `v1` to `v2147483647` (domain-rules.md 2.3).
class Version {
 public:
  /// Canonical text only: `v` and a number without leading zeros.
  static std::optional<Version> parse(std::string_view text);
  /// 1 to 2,147,483,647; CHECKed.
  explicit Version(std::int64_t number);

  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] std::string str() const { return "v" + std::to_string(number_); }
  friend auto operator<=>(const Version&, const Version&) = default;

 private:
  std::int64_t number_;
};

/// A random UUID (version 4 when made here), lower case.
class IngestId : public Text<IngestId> {
 public:
  /// Any UUID text in any case.
  static std::optional<IngestId> parse(std::string_view text);

 private:
  using Text::Text;
};

/// The configured name of a location or upload area: 1 to 64 of `[a-z0-9-]`, beginning with a letter or digit.
class LocationName : public Text<LocationName> {
 public:
  static std::optional<LocationName> parse(std::string_view text);

 private:
  using Text::Text;
};

/// A registered client of the API: 1 to 64 of `[A-Za-z0-9._-]`.
class ClientId : public Text<ClientId> {
 public:
  static std::optional<ClientId> parse(std::string_view text);

 private:
  using Text::Text;
};

/// The id of a request, in every log line about it: 1 to 64 of `[A-Za-z0-9._-]` (http-api.md 1.6).
class RequestId : public Text<RequestId> {
 public:
  static std::optional<RequestId> parse(std::string_view text);

 private:
  using Text::Text;
};

/// A worker process during one life: the kernel's boot id and a random id (CORRECTNESS 2.1).
struct OwnerId {
  std::string boot;
  std::string id;
  friend auto operator<=>(const OwnerId&, const OwnerId&) = default;
};

/// The fencing number of a lease: rises with every claim of its bag.
struct Fence {
  std::int64_t number = 0;
  friend auto operator<=>(const Fence&, const Fence&) = default;
};

/// True when `text` is a UUID in canonical 8-4-4-4-12 form, any case.
[[nodiscard]] bool is_uuid(std::string_view text);

/// True when UTF-8 `text` is in Unicode normal form C.
[[nodiscard]] bool is_nfc(std::string_view text);

}  // namespace strongroom

STRONGROOM_HASH_TEXT(strongroom::Space);
STRONGROOM_HASH_TEXT(strongroom::ExternalIdentifier);
STRONGROOM_HASH_TEXT(strongroom::IngestId);
STRONGROOM_HASH_TEXT(strongroom::LocationName);
STRONGROOM_HASH_TEXT(strongroom::ClientId);
