// What the tests of this folder share: unpack a text, and say what came of it on one line.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "archive/unpack.hpp"
#include "support/chunked_source.hpp"
#include "support/documented_findings.hpp"
#include "support/memory_sink.hpp"

namespace strongroom::archive {

inline constexpr std::string_view kLoc = "file://uploads/x.tar.gz";
inline const std::string kFormat =
    "Error trying to unpack the archive at file://uploads/x.tar.gz - is it the correct format?";
inline const std::string kEof =
    "Unexpected EOF while unpacking the archive at file://uploads/x.tar.gz - is it the correct format?";
inline const std::string kGzip =
    "Error trying to unpack the archive at file://uploads/x.tar.gz - is the gzip-compression correct?";
inline const std::string kArchive = "The archive at file://uploads/x.tar.gz ";
inline const std::string kTrailing = kArchive + "has unexpected data after its end";

struct Unpacking {
  Result<UnpackOutcome> outcome;
  testing_support::MemorySink sink;
  std::size_t given = 0;  ///< bytes the source was asked for

  [[nodiscard]] const UnpackedArchive* unpacked() const {
    return outcome ? std::get_if<UnpackedArchive>(&outcome.value()) : nullptr;
  }
  [[nodiscard]] const ArchiveRefusal* refusal() const {
    return outcome ? std::get_if<ArchiveRefusal>(&outcome.value()) : nullptr;
  }
  /// "ok", "ok W14 lone-zero-block", the refusal's text, or "Error: …".
  [[nodiscard]] std::string text() const {
    if (!outcome) return "Error: " + outcome.error().text();
    if (refusal() != nullptr) return refusal()->text;
    std::string text = "ok";
    for (const auto& warning : unpacked()->warnings) text += " " + warning.rule + " " + warning.kind;
    return text;
  }
  /// "P2 truncated-archive", "P3 unsafe-name ../evil"; empty when not refused.
  [[nodiscard]] std::string problems() const {
    std::string text;
    if (refusal() == nullptr) return text;
    for (const auto& problem : refusal()->problems) {
      text += (text.empty() ? "" : ", ") + problem.rule + " " + problem.kind;
      if (!problem.path.empty()) text += " " + problem.path;
    }
    return text;
  }
};

/// Whatever is said of a package is in the catalogue of findings.
inline void expect_documented(const Unpacking& unpacking) {
  static const std::set<std::string> kDocumented = testing_support::documented_findings();
  const auto look = [](const Problem& problem) {
    EXPECT_TRUE(kDocumented.contains(problem.rule + " " + problem.kind)) << problem.rule << " " << problem.kind;
  };
  if (unpacking.refusal() != nullptr) std::ranges::for_each(unpacking.refusal()->problems, look);
  if (unpacking.unpacked() != nullptr) std::ranges::for_each(unpacking.unpacked()->warnings, look);
}

inline Unpacking unpack(std::string_view package, std::size_t chunk = 1 << 20, const ArchiveLimits& limits = {}) {
  Unpacking result{.outcome = UnpackOutcome(), .sink = {}};
  testing_support::ChunkedSource source(package, chunk);
  testing_support::TextAccess anywhere(package);
  MemorySpillSpace spills;
  result.outcome = unpack_archive({source, &anywhere, &spills}, kLoc, result.sink, limits);
  result.given = source.given();
  expect_documented(result);
  return result;
}

}  // namespace strongroom::archive
