// Fuzz target: any bytes as a transfer package, and as the compressed content of a member. Whatever they are, reading
// ends in contents or findings, never in an Error (the store gives none), within its number of requests; what is read
// does not depend on foreign data in front, nor what is inflated on how the bytes are dealt out.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "support/chunked_source.hpp"
#include "transfers/package_inflate.hpp"
#include "transfers/package_reader.hpp"

namespace {

using strongroom::transfers::Finding;
using strongroom::transfers::InflateEnd;
using strongroom::transfers::PackageContents;
using strongroom::transfers::Severity;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Counts requests, all of which must lie inside.
class Watched final : public strongroom::RandomAccess {
 public:
  explicit Watched(std::string_view text) : text_(text), inner_(text) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  strongroom::Result<std::size_t> read_at(std::uint64_t offset, strongroom::ByteSpan into) override {
    ++requests;
    require(!into.empty() && offset <= text_.size() && into.size() <= text_.size() - offset);
    return inner_.read_at(offset, into);
  }
  std::size_t requests = 0;

 private:
  std::string_view text_;
  strongroom::testing_support::TextAccess inner_;
};

PackageContents read(std::string_view package) {
  Watched access(package);
  auto contents = strongroom::transfers::read_package(access);
  require(contents.has_value());
  require(access.requests <= 12 && (access.requests == 0) == package.empty());
  return std::move(contents).value();
}

void check(const PackageContents& contents) {
  const auto is_problem = [](const Finding& finding) { return finding.severity == Severity::problem; };
  for (const Finding& finding : contents.findings) {
    require(!finding.code.empty() && finding.description.ends_with('.'));
    require(strongroom::is_utf8(finding.description));
    require(!strongroom::has_control_characters(finding.description));
  }
  const auto& listing = contents.listing;
  if (!contents.readable) {
    require(listing.empty() && !contents.metadata_csv && !contents.rights_csv);
    require(std::ranges::any_of(contents.findings, is_problem));
    return;
  }
  listing.for_each([&](std::size_t i, std::string_view name) {
    require(name.find('\0') == std::string_view::npos);
    require(listing.find(name) >= i);
    const auto reading = listing.utf8_reading(i);
    require(reading.has_value() == listing.member(i).has_utf8_reading);
    if (reading) require(*reading != name && listing.find_utf8_reading(*reading) >= i);
  });
  for (const auto& [name, content] : {std::pair(strongroom::transfers::kMetadataCsv, &contents.metadata_csv),
                                      std::pair(strongroom::transfers::kRightsCsv, &contents.rights_csv)}) {
    if (*content) require(listing.contains(name));
    if (listing.contains(name) && !*content) require(std::ranges::any_of(contents.findings, is_problem));
  }
}

struct Inflated {
  InflateEnd end;
  std::string content;
};

Inflated inflate(std::uint16_t method, std::string_view packed, std::size_t chunk) {
  constexpr std::size_t kMax = std::size_t{1} << 18;
  strongroom::testing_support::ChunkedSource source(packed, chunk);
  Inflated inflated{};
  const auto end = strongroom::transfers::inflate_member(method, source, kMax, inflated.content);
  require(end.has_value() && inflated.content.size() <= kMax);
  inflated.end = *end;
  return inflated;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const PackageContents contents = read(bytes);
  check(contents);
  if (contents.readable) {
    const PackageContents behind = read("x" + std::string(bytes));
    require(behind.readable && behind.findings == contents.findings);
    require(behind.metadata_csv == contents.metadata_csv && behind.rights_csv == contents.rights_csv);
  }
  if (size == 0) return 0;
  static constexpr std::array<std::uint16_t, 6> kMethods = {0, 8, 9, 12, 14, 93};
  const std::uint16_t method = kMethods.at(data[0] % kMethods.size());
  const Inflated whole = inflate(method, bytes.substr(1), std::size_t{1} << 20);
  const Inflated pieces = inflate(method, bytes.substr(1), 13);
  require((whole.end == InflateEnd::whole) == (pieces.end == InflateEnd::whole));
  if (whole.end == InflateEnd::whole) require(whole.content == pieces.content);
  return 0;
}
