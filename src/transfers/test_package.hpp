// The package of `transfers start-test` (transfers.md 13): the smallest one that goes the whole way.
//
// A pure function of the run's UUID, so that each run has bytes of its own. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace strongroom::transfers {

/// Where it goes unless another key is wanted.
inline constexpr std::string_view kTestKey = "born-digital/test_package.zip";
/// What its metadata.csv says; each run adds a version to the bag of that name.
inline constexpr std::string_view kTestIdentifier = "archivematica-dev/TEST/1";
/// The space that follows from the identifier.
inline constexpr std::string_view kTestSpace = "testing";
/// An upper bound of its size, in bytes.
inline constexpr std::size_t kTestPackageMax = 200'000;

/// A zip of two stored members: `metadata/metadata.csv`, always the same, and `test-image.png`, an RGB image of which
/// every pixel comes from `uuid`.
[[nodiscard]] std::string test_package(std::string_view uuid);

}  // namespace strongroom::transfers
