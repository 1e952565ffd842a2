// Goal: only registered versions are found, by exact text, the newest without one. Method: rows in a catalogue in
// memory.
#include "retrieve/versions.hpp"

#include <gtest/gtest.h>

#include "support/fake_ports.hpp"

namespace strongroom::retrieve {
namespace {

class FindVersion : public ::testing::Test {
 protected:
  test::FakeCatalogue catalogue;
  const BagId bag{Space::parse("maps").value(), ExternalIdentifier::parse("x").value()};

  void add(int number, VersionState state) {
    VersionRow row{Version(number), state, *IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"), true, {}};
    if (state == VersionState::registered) row.registration = Registration{};
    catalogue.versions[bag.str()].push_back(row);
  }
  std::string found(std::string_view text) {
    const auto row = find_version(catalogue, bag, text);
    return !row ? "error" : *row ? (*row)->version.str() : "nothing";
  }
};

TEST_F(FindVersion, ByTextOrTheNewest) {
  EXPECT_EQ(found(""), "nothing");
  add(1, VersionState::registered);
  add(2, VersionState::registered);
  add(3, VersionState::left_over);
  add(4, VersionState::reserved);
  EXPECT_EQ(found(""), "v2");
  EXPECT_EQ(found("v1"), "v1");
  for (const std::string_view text : {"v3", "v4", "v9", "abc", "v0", "v01", "V1", "1", "v99999999999"}) {
    EXPECT_EQ(found(text), "nothing") << text;
  }
}

TEST_F(FindVersion, FaultsAreTold) {
  add(1, VersionState::registered);
  catalogue.versions[bag.str()][0].registration.reset();
  EXPECT_EQ(found("v1"), "error");
  catalogue.down = true;
  EXPECT_EQ(found(""), "error");
  // What is no version needs no catalogue.
  EXPECT_EQ(found("abc"), "nothing");
}

}  // namespace
}  // namespace strongroom::retrieve
