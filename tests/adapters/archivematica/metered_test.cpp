// Goal: calls of Archivematica's are counted by service, those that failed apart from those that were answered
// (transfers.md 16.3).
// Method: one that answers as told.
#include "adapters/archivematica/metered_archivematica.hpp"

#include <gtest/gtest.h>

#include "support/counting_metrics.hpp"

namespace strongroom::archivematica {
namespace {

using Kind = PackageAnswer::Kind;

class ToldArchivematica final : public Archivematica {
 public:
  std::optional<Error> failure{};
  Kind kind = Kind::accepted;
  int forgotten = 0;

  Result<std::vector<SourceArea>> source_areas(const std::string&) override {
    return answer<std::vector<SourceArea>>();
  }
  Result<std::vector<std::string>> processing_configurations() override { return answer<std::vector<std::string>>(); }
  PackageAnswer submit(const std::string&, const std::string&) override { return {.kind = kind}; }
  Result<UnitStatus> transfer_status(const std::string&) override { return answer<UnitStatus>(); }
  Result<UnitStatus> ingest_status(const std::string&) override { return answer<UnitStatus>(); }
  Result<std::string> version() override { return answer<std::string>(); }
  void forget_answers() override { ++forgotten; }

 private:
  template <class Value>
  Result<Value> answer() const {
    if (failure) return *failure;
    return Value{};
  }
};

TEST(MeteredArchivematicaTest, CallsAreCountedByService) {
  ToldArchivematica inner;
  test::CountingMetrics metrics;
  MeteredArchivematica metered(inner, metrics);
  const auto count = [&](const std::string& labels) {
    return metrics.counts["strongroom_transfer_calls_total " + labels];
  };
  const auto call_all = [&] {
    EXPECT_EQ(metered.source_areas("S3").has_value(), !inner.failure);
    EXPECT_EQ(metered.processing_configurations().has_value(), !inner.failure);
    EXPECT_EQ(metered.transfer_status("T").has_value(), !inner.failure);
    EXPECT_EQ(metered.ingest_status("S").has_value(), !inner.failure);
    EXPECT_EQ(metered.version().has_value(), !inner.failure);
  };
  call_all();
  EXPECT_EQ(count("storage service succeeded"), 1);
  EXPECT_EQ(count("dashboard succeeded"), 4);
  inner.failure = broken("401");
  call_all();
  EXPECT_EQ(count("storage service failed"), 1);
  EXPECT_EQ(count("dashboard failed"), 4);
  for (const Kind kind : {Kind::accepted, Kind::refused, Kind::busy, Kind::transient, Kind::not_taken, Kind::barred}) {
    inner.kind = kind;
    EXPECT_EQ(metered.submit("{}", "k").kind, kind);
  }
  EXPECT_EQ(count("dashboard succeeded"), 6);
  EXPECT_EQ(count("dashboard failed"), 8);
  metered.forget_answers();
  EXPECT_EQ(inner.forgotten, 1);
}

}  // namespace
}  // namespace strongroom::archivematica
