// Goal: the ingest document is that of http-api.md 4.4 to the byte, for every reader; progress tells only what is
// known. Method: the example of the specification, and tables of step records.
#include "domain/documents.hpp"

#include <gtest/gtest.h>

#include "domain/samples.hpp"

namespace strongroom {
namespace {

using samples::instant;

Ingest example() {
  Ingest ingest = samples::ingest(7, IngestType::update, instant("2024-05-01T09:30:01.540112Z"));
  ingest.request.source = {Provider::amazon_s3, "drop", "2024/05/sea-1887-12.tar.gz"};
  ingest.status = Status::succeeded;
  ingest.version = Version(2);
  ingest.callback = Callback{"https://u:p@workflow.example.org/done?job=88412", CallbackStatus::succeeded};
  ingest.last_modified = instant("2024-05-01T09:30:02.118204Z");
  return ingest;
}

TEST(IngestDocumentTest, IsTheExampleOfTheSpecification) {
  const Ingest ingest = example();
  const std::vector<IngestEvent> events = {{instant("2024-05-01T09:30:02.118204Z"), "Unpacking started"}};
  EXPECT_EQ(ingest_document({ingest, events, Reader::creator, "https://archive.example.org/storage/v1/context.json"}),
            R"({"@context":"https://archive.example.org/storage/v1/context.json",)"
            R"("id":"5b1f3c52-90fb-4f0e-9f5c-000000000007","type":"Ingest",)"
            R"("ingestType":{"id":"update","type":"IngestType"},"space":{"id":"maps","type":"Space"},)"
            R"("bag":{"id":"maps/SEA/1887/12","type":"Bag","info":{"externalIdentifier":"SEA/1887/12","version":"v2",)"
            R"("type":"BagInfo"},"version":"v2"},"status":{"id":"succeeded","type":"Status"},)"
            R"("sourceLocation":{"type":"Location","provider":{"id":"amazon-s3","type":"Provider"},"bucket":"drop",)"
            R"("path":"2024/05/sea-1887-12.tar.gz"},)"
            R"("callback":{"type":"Callback","url":"https://u:p@workflow.example.org/done?job=88412",)"
            R"("status":{"id":"succeeded","type":"Status"}},)"
            R"("events":[{"type":"IngestEvent","createdDate":"2024-05-01T09:30:02.118204Z",)"
            R"("description":"Unpacking started"}],"createdDate":"2024-05-01T09:30:01.540112Z",)"
            R"("lastModifiedDate":"2024-05-01T09:30:02.118204Z"})");
}

TEST(IngestDocumentTest, MembersThatAreNotThereAreLeftOut) {
  const Ingest ingest = samples::ingest(7, IngestType::create, instant("2024-05-01T09:30:01Z"));
  EXPECT_EQ(ingest_document({ingest, {}, Reader::other, ""}),
            R"({"id":"5b1f3c52-90fb-4f0e-9f5c-000000000007","type":"Ingest",)"
            R"("ingestType":{"id":"create","type":"IngestType"},"space":{"id":"maps","type":"Space"},)"
            R"("bag":{"id":"maps/SEA/1887/12","type":"Bag","info":{"externalIdentifier":"SEA/1887/12",)"
            R"("type":"BagInfo"}},"status":{"id":"accepted","type":"Status"},)"
            R"("sourceLocation":{"type":"Location","provider":{"id":"filesystem","type":"Provider"},)"
            R"("bucket":"uploads","path":"a.tar.gz"},"events":[],"createdDate":"2024-05-01T09:30:01.000000Z"})");
}

TEST(IngestDocumentTest, OthersSeeTheCallbackMaskedAndRetriesAreTold) {
  Ingest ingest = example();
  EXPECT_NE(
      ingest_document({ingest, {}, Reader::other, ""}).find(R"("url":"https://***@workflow.example.org/done?***")"),
      std::string::npos);
  ingest.status = Status::failed;
  const std::vector<StepProgress> progress = {{"unpacking", {.bytes_done = 5}, std::nullopt, std::nullopt}};
  EXPECT_EQ(ingest_document({ingest, {}, Reader::other, "", progress}).find("progress"), std::string::npos);
  ingest.retrying = true;
  const std::string retrying = ingest_document({ingest, {}, Reader::other, "", progress});
  EXPECT_TRUE(retrying.ends_with(R"("retrying":true,"progress":[{"type":"Progress","step":"unpacking","bytesDone":5,)"
                                 R"("filesDone":0}]})"))
      << retrying;
}

StepRecord record(Step step, StepState state, Progress progress) {
  StepRecord made;
  made.key = {step, std::nullopt};
  made.state = state;
  made.progress = progress;
  made.started = instant("2024-05-01T09:00:00Z");
  return made;
}

TEST(ProgressTest, TellsRunningStepsAndWhatIsKnown) {
  const LocationFacts location{.name = *LocationName::parse("first"),
                               .label = "primary location",
                               .uuid = "",
                               .bucket = "",
                               .prefix = "",
                               .url = ""};
  StepRecord confirm = record(Step::confirm, StepState::running, {300, 1000, 1, 2});
  confirm.key.location = location.name;
  StepRecord replicate = record(Step::replicate, StepState::running, {});
  replicate.key.location = LocationName::parse("elsewhere");
  StepRecord second_attempt = record(Step::unpack, StepState::running, {300, 1000, 1, 2});
  second_attempt.attempts = 2;
  const auto list = progress_of(
      {record(Step::verify, StepState::done, {1, 1, 1, 1}), confirm, replicate, second_attempt,
       record(Step::unpack, StepState::running, {300, 0, 0, 0}), record(Step::unpack, StepState::failed, {})},
      {location}, instant("2024-05-01T09:00:03Z"));
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].step, "verification (primary location)");
  EXPECT_EQ(list[0].bytes_per_second, 100U);
  EXPECT_EQ(list[0].seconds_left, 7U);
  EXPECT_EQ(list[1].step, "replicating to elsewhere");
  EXPECT_EQ(list[1].bytes_per_second, std::nullopt);
  EXPECT_EQ(list[2].bytes_per_second, std::nullopt);
  EXPECT_EQ(list[3].bytes_per_second, 100U);
  EXPECT_EQ(list[3].seconds_left, std::nullopt);
}

TEST(ProgressTest, ClocksMayStepBack) {
  const auto list =
      progress_of({record(Step::unpack, StepState::running, {300, 1000, 1, 2})}, {}, instant("2024-05-01T08:00:00Z"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].bytes_per_second, std::nullopt);
}

}  // namespace
}  // namespace strongroom
