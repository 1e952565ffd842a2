// Goal: `POST /ingests?dryRun=true` and `GET /dry-runs/{id}` (http-api.md 9.2): the same refusals as a real request,
// 200 with a report or 202 with a place to ask, and nobody else's dry run. Method: the handler over real dry runs on
// threads of their own, whose work the test decides.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "adapters/host/thread_dry_runs.hpp"
#include "api/api_fixture.hpp"
#include "base/json_text.hpp"
#include "domain/waypoints.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::test {
namespace {

const std::string kBody =
    R"({"ingestType":{"id":"create"},"space":{"id":"maps"},"bag":{"info":{"externalIdentifier":"x"}},)"
    R"("sourceLocation":{"provider":{"id":"filesystem"},"bucket":"uploads","path":"x.tar.gz"}})";

class DryRunsTest : public ApiTest {
 protected:
  DryRunsTest()
      : runs_([this](const DryRunOrder& order, const DryRunTold& tell,
                     const std::stop_token& stop) { return work(order, tell, stop); },
              {}, run_clock_, quiet_, metrics) {
    dry_runs = &runs_;
    start();
  }
  ~DryRunsTest() override { runs_.stop(); }

  enum class Outcome { acceptable, refused, trouble, fault };

  Result<DryRunReport> work(const DryRunOrder& order, const DryRunTold& tell, const std::stop_token& stop) {
    StepRecord step;
    step.key.step = Step::verify;
    step.started = clock.wall;
    step.progress = {50, 100, 1, 2};
    tell(step);
    while (!open && !stop.stop_requested()) std::this_thread::yield();
    if (outcome == Outcome::trouble) return temporary("full disk", {}, Reason::no_space);
    if (outcome == Outcome::fault) return broken("the disk is odd");
    DryRunReport report{new_ingest(order.id, order.request, clock.wall, order.request_id), {}, {}, 0, {}};
    step.ended = clock.wall;
    const bool good = outcome == Outcome::acceptable;
    step.state = good ? StepState::done : StepState::failed;
    report.ingest.status = good ? Status::succeeded : Status::failed;
    if (good) report.ingest.version = Version(3);
    report.conclusion = good ? "Would be stored as v3" : "Verification failed - Unable to verify data/a";
    if (!good) {
      step.problems = 2;
      step.warnings = 1;
      step.problems_head = R"({"report":"verify"})";
      auto spill = MemorySpillSpace().create().value();
      for (const char* rule : {"K1", "L2", "W7"}) {
        const std::string line = R"({"type":"Problem","rule":")" + std::string(rule) +
                                 R"(","kind":"k","path":"data/a","description":"d"})" + "\n";
        EXPECT_TRUE(spill->write(as_bytes(line)));
      }
      report.findings[Step::verify] = std::move(spill);
    }
    report.steps.push_back(step);
    return report;
  }

  ApiAnswer post(const std::string& query = "?dryRun=true", const std::string& body = kBody) {
    return as_all("POST", "/ingests" + query).json(body).send();
  }
  /// The id behind a 202.
  std::string begun() {
    const ApiAnswer answer =
        as_all("POST", "/ingests?dryRun=true").header("Prefer", "respond-async").json(kBody).send();
    EXPECT_EQ(answer.status, 202) << answer.text;
    return answer.text_at("id").value_or("");
  }

  std::atomic<bool> open = true;
  std::atomic<Outcome> outcome = Outcome::acceptable;

 private:
  FakeClock run_clock_;
  SilentLog quiet_;
  host::ThreadDryRuns runs_;
};

TEST_F(DryRunsTest, AGoodBagWouldBeStored) {
  const ApiAnswer answer = post();
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.text.rfind("{\"@context\":\"" + kContextUrl + "\",\"type\":\"VerificationReport\",", 0), 0U);
  EXPECT_EQ(answer.text_at("status.id"), "succeeded");
  EXPECT_EQ(answer.text_at("version"), "v3");
  EXPECT_EQ(answer.text_at("description"), "Would be stored as v3");
  EXPECT_TRUE(answer.json().at("dryRun").as_bool());
  EXPECT_EQ(answer.json().at("problemCount").to_number<int>(), 0);
  EXPECT_TRUE(answer.json().at("leftovers").as_array().empty());
  EXPECT_TRUE(answer.json().at("callbackAttempts").as_array().empty());
  EXPECT_EQ(answer.json().at("stages").as_array().size(), 1U);
  EXPECT_TRUE(catalogue.ingests.empty());
}

TEST_F(DryRunsTest, ABadOneIsAReportToo) {
  outcome = Outcome::refused;
  const ApiAnswer answer = post();
  EXPECT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.text_at("status.id"), "failed");
  EXPECT_FALSE(answer.json().contains("version"));
  EXPECT_EQ(answer.json().at("problemCount").to_number<int>(), 2);
  EXPECT_EQ(answer.json().at("warningCount").to_number<int>(), 1);
  const auto stage = answer.json().at("stages").as_array().at(0).as_object();
  EXPECT_EQ(stage.at("outcome").as_string(), "failed");
  EXPECT_EQ(stage.at("problems").as_array().size(), 2U);
  EXPECT_EQ(stage.at("warnings").as_array().size(), 1U);
}

TEST_F(DryRunsTest, EveryMemberHasItsTerm) {
  const auto terms = request("GET", "/storage/v1/context.json").send().json().at("@context").as_object();
  outcome = Outcome::refused;
  open = false;
  const std::string id = begun();
  ApiAnswer under_way = as_all("GET", "/dry-runs/" + id).send();
  while (!under_way.json().contains("progress")) under_way = as_all("GET", "/dry-runs/" + id).send();
  open = true;
  for (const ApiAnswer& answer : {under_way, post()}) {
    for (const auto& member : answer.json()) {
      EXPECT_TRUE(member.key() == "@context" || terms.contains(member.key())) << member.key();
    }
    EXPECT_TRUE(terms.contains(answer.text_at("type").value())) << answer.text;
  }
}

TEST_F(DryRunsTest, OnlyTheLiteralWordsAreTaken) {
  for (const std::string value : {"", "True", "1", "yes", "true%20"}) {
    const ApiAnswer answer = post("?dryRun=" + value);
    EXPECT_EQ(answer.status, 400) << value;
    EXPECT_TRUE(answer.description().starts_with("Invalid value in query parameter dryRun: got \""));
    EXPECT_TRUE(answer.description().ends_with("\", must be true or false."));
  }
  // Neither a slip of the pen nor two opinions may ingest for real.
  expect_error(post("?dryrun=true"), 400,
               "Invalid value in query parameter dryrun: got \"true\", no such parameter here.");
  expect_error(post("?dryRun=true&dryRun=false"), 400,
               "Invalid value in query parameter dryRun: got \"false\", must be given only once.");
  EXPECT_TRUE(catalogue.ingests.empty());
  EXPECT_EQ(post("?dryRun=false").status, 201);
  EXPECT_EQ(catalogue.ingests.size(), 1U);
}

TEST_F(DryRunsTest, TheSameRequestsAreRefusedInTheSameWords) {
  const std::string wrong =
      R"({"ingestType":{"id":"replace"},"space":{"id":"a/b"},"bag":{"info":{"externalIdentifier":"x"}},)"
      R"("sourceLocation":{"provider":{"id":"floppy"},"bucket":"uploads","path":"x.tar.gz"}})";
  for (const std::string& body : {std::string(), std::string("{"), std::string("{}"), wrong}) {
    const ApiAnswer real = post("", body);
    const ApiAnswer tried = post("?dryRun=true", body);
    EXPECT_EQ(real.status, 400);
    EXPECT_EQ(tried.status, 400);
    EXPECT_EQ(tried.description(), real.description());
  }
  EXPECT_EQ(as_all("POST", "/ingests?dryRun=true").body(kBody).send().status, 415);
  EXPECT_EQ(request("POST", "/storage/v1/ingests?dryRun=true").json(kBody).send().status, 401);
  std::string other = kBody;
  other.replace(other.find("maps"), 4, "arts");
  expect_error(as_mapper("POST", "/ingests?dryRun=true").json(other).send(), 403,
               "This client may not use the space arts");
}

TEST_F(DryRunsTest, AKeyIsLetBe) {
  const auto with_key = [this](const std::string& query, const std::string& key) {
    return as_all("POST", "/ingests" + query).header("Idempotency-Key", key).json(kBody).send();
  };
  EXPECT_EQ(with_key("?dryRun=true", "k").status, 200);
  EXPECT_EQ(with_key("?dryRun=true", "k").status, 200);
  EXPECT_EQ(with_key("?dryRun=true", "k k").status, 400);
  EXPECT_EQ(with_key("", "k").status, 201);
}

TEST_F(DryRunsTest, WhoWouldRatherAskAgainIsToldWhere) {
  open = false;
  const ApiAnswer answer =
      as_all("POST", "/ingests?dryRun=true").header("Prefer", "wait=1, respond-async").json(kBody).send();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.header("Preference-Applied"), "respond-async");
  EXPECT_EQ(answer.text_at("type"), "DryRun");
  const std::string id = answer.text_at("id").value();
  EXPECT_EQ(answer.header("Location"), kBase + "/dry-runs/" + id);

  ApiAnswer shown = as_all("GET", "/dry-runs/" + id).send();
  while (!shown.json().contains("progress")) shown = as_all("GET", "/dry-runs/" + id).send();
  EXPECT_EQ(shown.status, 202);
  EXPECT_EQ(shown.header("Location"), kBase + "/dry-runs/" + id);
  EXPECT_EQ(shown.text_at("status.id"), "processing");
  const auto progress = shown.json().at("progress").as_array().at(0).as_object();
  EXPECT_EQ(progress.at("bytesDone").to_number<int>(), 50);
  EXPECT_EQ(progress.at("step").as_string(), "verification (pre-replicating to archive storage)");

  open = true;
  while (shown.status == 202) shown = as_all("GET", "/dry-runs/" + id).send();
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.text_at("id"), id);
  EXPECT_EQ(shown.text, as_all("GET", "/dry-runs/" + id).send().text);
}

TEST_F(DryRunsTest, OthersDryRunsAreUnknown) {
  const std::string id = begun();
  const std::string told = "Dry run " + id + " not found";
  expect_error(as_mapper("GET", "/dry-runs/" + id).send(), 404, told);
  expect_error(as_all("GET", "/dry-runs/nothing").send(), 404, "Dry run nothing not found");
  expect_error(as_all("GET", "/dry-runs/" + std::string(kUnknownId)).send(), 404,
               "Dry run " + std::string(kUnknownId) + " not found");
  EXPECT_EQ(request("GET", "/storage/v1/dry-runs/" + id).send().status, 401);
  EXPECT_NE(as_all("GET", "/dry-runs/" + id).send().status, 404);
  // The space is no longer granted.
  accounts.clients.at("all").grants[0].spaces = std::vector<std::string>{"other"};
  expect_error(as_all("GET", "/dry-runs/" + id).send(), 404, told);
}

TEST_F(DryRunsTest, TroubleIsNoVerdict) {
  outcome = Outcome::trouble;
  const ApiAnswer answer = post();
  expect_error(answer, 503, "The dry run could not be finished: full disk; ask for another one later");
  EXPECT_EQ(answer.header("Retry-After"), "30");
  outcome = Outcome::fault;
  expect_error(post(), 500, "");
}

TEST_F(ApiTest, TooManyDryRunsAreTurnedAway) {
  const ApiAnswer answer = as_all("POST", "/ingests?dryRun=true").json(kBody).send();
  expect_error(answer, 503, "Too many dry runs are waiting; ask again later");
  EXPECT_EQ(answer.header("Retry-After"), "30");
}

}  // namespace
}  // namespace strongroom::test
