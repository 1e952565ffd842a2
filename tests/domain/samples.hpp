// Made-up names and ingests for the tests of this folder. Every function CHECKs that what it makes is legal.
#pragma once

#include <string>
#include <string_view>

#include "domain/ingest.hpp"

namespace strongroom::samples {

inline IngestId ingest_id(int number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 12 - digits.size(), '0');
  const auto id = IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-" + digits);
  CHECK(id.has_value());
  return *id;
}

inline BagId bag_id(std::string_view space = "maps", std::string_view identifier = "SEA/1887/12") {
  return {Space::parse(space).value(), ExternalIdentifier::parse(identifier).value()};
}

inline Instant instant(std::string_view text) {
  const auto parsed = parse_instant(text);
  CHECK(parsed.has_value());
  return *parsed;
}

inline Ingest ingest(int number, IngestType type, Instant created) {
  IngestRequest request{type, bag_id(), {Provider::filesystem, "uploads", "a.tar.gz"},
                        {},   {},       *ClientId::parse("mapper")};
  return Ingest{.id = ingest_id(number),
                .request = std::move(request),
                .created = created,
                .request_id = *RequestId::parse("r-1"),
                .version = {},
                .callback = {},
                .last_modified = {},
                .location_uuids = {}};
}

}  // namespace strongroom::samples
