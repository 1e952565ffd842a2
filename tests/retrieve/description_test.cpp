// Goal: a description is believed by its digest alone, small ones before a byte is handed out, large ones at their end.
// Method: stores in memory whose objects are damaged.
#include "retrieve/description.hpp"

#include <gtest/gtest.h>

#include "domain/documents.hpp"
#include "domain/layout.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::retrieve {
namespace {

class OpenDescription : public ::testing::TestWithParam<std::size_t> {
 protected:
  const std::string text = std::string(GetParam(), 'd');
  const BagId bag{Space::parse("maps").value(), ExternalIdentifier::parse("x").value()};
  VersionRow row{Version(1), VersionState::registered, *IngestId::parse("5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11"), true,
                 Registration{}};
  test::FakeStore records;
  test::FakeStore first;
  test::FakeStore second;
  test::FakeLog log;

  void SetUp() override {
    row.registration->description_sha256 = digest_of(Algorithm::sha256, text).hex();
    row.registration->description_size = text.size();
  }
  std::string records_key() { return layout::kept_description_key(row.registration->description_sha256); }
  std::string key() { return layout::description_key(bag, row.version); }
  Result<std::string> read() {
    const std::vector<ObjectStore*> locations = {&first, &second};
    TRY(auto source, open_description({records, locations, log}, bag, row));
    return read_all(*source, text.size() + 10);
  }
  [[nodiscard]] bool is_held() const { return text.size() <= kDescriptionHeldMax; }
};

TEST_P(OpenDescription, TriesTheRecordsThenTheLocationsInOrder) {
  EXPECT_EQ(read().error().reason, Reason::not_found);
  second.objects[key()] = text;
  EXPECT_EQ(read().value(), text);
  first.objects[key()] = text;
  records.objects[records_key()] = text;
  log.text.clear();
  EXPECT_EQ(read().value(), text);
  EXPECT_EQ(log.text, "");
}

TEST_P(OpenDescription, NoticesEveryDamage) {
  std::string flipped = text;
  flipped[text.size() / 2] = 'e';
  for (const std::string& damaged : {flipped, text.substr(1), text + "d", std::string()}) {
    records.objects[records_key()] = damaged;
    first.objects.clear();
    EXPECT_FALSE(read());
    first.objects[key()] = text;
    if (is_held()) {
      EXPECT_EQ(read().value(), text);
    } else {
      EXPECT_EQ(read().error().reason, Reason::corrupt);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, OpenDescription,
                         ::testing::Values(std::size_t{1}, std::size_t{70'000}, std::size_t{kDescriptionHeldMax},
                                           std::size_t{kDescriptionHeldMax} + 1));

}  // namespace
}  // namespace strongroom::retrieve
