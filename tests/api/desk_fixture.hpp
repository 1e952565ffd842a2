// The API over a real catalogue: lists, keys, retries, reports and the audit log are its business. Clients `all`,
// `mapper` (space `maps` only) and `other`, as the acceptance cases have them. Location `second` has an archive tier.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/search_index.hpp"
#include "api/api.hpp"
#include "api/auth.hpp"
#include "contracts/catalogue_contract_bench.hpp"
#include "support/api_client.hpp"
#include "support/fake_ports.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::test {

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    std::string name = testing::TempDir() + "desk-XXXXXX";
    directory_ = mkdtemp(name.data());
    auto opened = sqlite::open_sqlite_catalogue(directory_ / "catalogue.db", bench.clock, bench.owners);
    EXPECT_TRUE(opened);
    catalogue = opened->get();
    bench.catalogue = std::move(*opened);
    search = *sqlite::open_search_index(directory_ / "search.db");
    config.public_base_url = "http://sr.test/storage/v1";
    config.sources = {{Provider::filesystem, {"uploads"}}};
    config.callbacks.loopback_allowed = true;
    for (const char* one : {"primary", "second"}) {
      LocationFacts facts{*LocationName::parse(one),
                          std::string(one) + " copy",
                          one,
                          Provider::filesystem,
                          LocationRole::replica,
                          one,
                          "",
                          "file:///srv"};
      facts.archives = facts.name.str() == "second";
      config.locations.push_back(std::move(facts));
    }
    const std::vector<std::string> scopes = {"ingests:write", "ingests:read", "bags:read", "events:read", "operator"};
    add_client("all", scopes, {});
    add_client("other", scopes, {});
    add_client("mapper", {"ingests:write", "ingests:read", "events:read"}, std::vector<std::string>{"maps"});
    event_tail =
        std::make_unique<events::Tail>(events::TailNeeds{*catalogue, *catalogue, bench.clock, metrics, log},
                                       events::TailSettings{config.public_base_url + "/context.json", streams_max});
    alarm = std::make_unique<transfers::Alarm>(transfers::AlarmNeeds{*catalogue, nullptr, bench.clock, entropy, log});
    dead_letters = std::make_unique<transfers::DeadLetters>(*catalogue, *alarm);
    api::ApiNeeds needs{*catalogue, *catalogue,  *catalogue, *catalogue, uploads,       dry_runs,   records,
                        {},         bench.clock, entropy,    log,        metrics,       *catalogue, *event_tail,
                        *catalogue, *catalogue,  *search,    *catalogue, *dead_letters, *catalogue};
    for (FakeStore& store : stores) needs.locations.push_back(&store);
    handler = api::make_api(config, std::move(needs));
  }
  ~DeskTest() override {
    handler.reset();
    bench.catalogue.reset();
    search.reset();
    std::filesystem::remove_all(directory_);
  }

  void add_client(const std::string& name, const std::vector<std::string>& scopes,
                  const std::optional<std::vector<std::string>>& spaces) {
    ClientAccount account{*ClientId::parse(name), name, {"hash"}, {}, false, bench.clock.now()};
    for (const std::string& scope : scopes) account.grants.push_back({scope, spaces});
    ASSERT_TRUE(catalogue->add_client(account, Deed{"operator", "client.added", name, "done", "", bench.clock.now()}));
    ASSERT_TRUE(catalogue->add_token({api::token_digest(name), account.id, scopes, Instant::max()}));
  }

  /// As a client, whose token is its name; `path` below the base path.
  ApiRequest as(const std::string& client, std::string method, const std::string& path) {
    ApiRequest made(*handler, std::move(method), "/storage/v1" + path);
    made.bearer(client);
    return made;
  }

  static std::string body(const std::string& space, const std::string& bag, const std::string& callback = {}) {
    return R"({"ingestType":{"id":"create"},"space":{"id":")" + space + R"("},"bag":{"info":{"externalIdentifier":")" +
           bag + R"("}},"sourceLocation":{"provider":{"id":"filesystem"},"bucket":"uploads","path":")" + bag +
           R"(.tar.gz"})" + (callback.empty() ? "" : R"(,"callback":{"url":")" + callback + "\"}") + "}";
  }
  /// Posts one and gives its id.
  std::string post(const std::string& space, const std::string& bag, const std::string& callback = {}) {
    const ApiAnswer answer = as("all", "POST", "/ingests").json(body(space, bag, callback)).send();
    EXPECT_EQ(answer.status, 201) << answer.text;
    bench.clock.pass(std::chrono::milliseconds(1));
    return answer.text_at("id").value_or("");
  }
  /// Claims the next ingest and ends it so.
  void end_next(Status status) {
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim) << claim.error().text();
    ASSERT_TRUE(bench.end(*claim, status));
  }

  /// An ingest of the bag, in space `maps`, leaves this row behind, and has ended.
  void leave(const std::string& identifier, int number, VersionState state) {
    post("maps", identifier);
    const auto claim = bench.claim(bench.ann);
    ASSERT_TRUE(claim);
    Settle settle = bench.settle(claim->lease, *bench.stored(claim->ingest));
    VersionRow row = bench.version(number, state, claim->ingest);
    row.final_write_attempted = true;
    if (row.registration) row.registration->location_uuids = {"primary", "second"};
    settle.writes.emplace_back(SaveVersion{row});
    ASSERT_TRUE(bench.catalogue->settle(settle));
    ASSERT_TRUE(bench.end(*claim, Status::succeeded));
  }

  InlineWorkers workers;
  contracts::CatalogueBench bench{workers};
  sqlite::SqliteCatalogue* catalogue = nullptr;
  FakeUploads uploads;
  FakeDryRuns dry_runs;
  FakeStore records;
  std::vector<FakeStore> stores{2};
  FakeEntropy entropy;
  FakeLog log;
  NoMetrics metrics;
  api::ApiConfig config;
  static constexpr std::size_t streams_max = 4;
  std::unique_ptr<events::Tail> event_tail;
  std::unique_ptr<transfers::Alarm> alarm;
  std::unique_ptr<transfers::DeadLetters> dead_letters;
  std::unique_ptr<SearchIndex> search;
  std::unique_ptr<HttpHandler> handler;

 private:
  std::filesystem::path directory_;
};

}  // namespace strongroom::test
