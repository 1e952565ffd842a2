// The service of the acceptance cases (cases-storage.md, notation): base URL http://sr.test/storage/v1, clients `all`
// and `mapper`, upload area `uploads`, S3 bucket `drop`, three locations.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/catalogue/memory/transfers.hpp"
#include "api/api.hpp"
#include "api/auth.hpp"
#include "api/secrets.hpp"
#include "domain/description.hpp"
#include "domain/documents.hpp"
#include "domain/layout.hpp"
#include "domain/sparse_index.hpp"
#include "support/api_client.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::test {

inline const std::string kBase = "http://sr.test/storage/v1";
inline const std::string kContextUrl = kBase + "/context.json";
inline const std::string kAllToken = "token-of-all";
inline const std::string kMapperToken = "token-of-mapper";
inline const std::string kSecret = "s3cret word";
inline constexpr std::string_view kUnknownId = "5b1f3c52-90fb-4f0e-9f5c-0f6a3f0e2d11";

inline DescribedFile described(std::string name, int version, std::uint64_t size, AlgorithmSet algorithms) {
  DescribedFile file{name, "v" + std::to_string(version) + "/" + name, size, {}};
  for (Algorithm one : kAlgorithms) {
    if (one == Algorithm::sha256 || algorithms.has(one)) file.checksums.push_back(digest_of(one, name));
  }
  return file;
}

/// What a stored version is made of; changed by tests before it is stored.
struct StoredBag {
  BagInfo info = {{{"Payload-Oxum", "6.1"}, {"Bagging-Date", "2024-05-01"}}};
  std::vector<Algorithm> payload_manifests = {Algorithm::sha256};
  std::vector<Algorithm> tag_manifests = {Algorithm::sha256};
  std::vector<DescribedFile> files;
  std::vector<DescribedFile> tag_files;
  bool in_records = true;
  bool in_locations = true;
};

class ApiTest : public ::testing::Test {
 protected:
  FakeCatalogue catalogue;
  FakeDesk desk;
  FakeAccounts accounts;
  FakeAudit audit;
  NoMetrics metrics;
  FakeUploads uploads;
  FakeDryRuns no_dry_runs;
  DryRuns* dry_runs = &no_dry_runs;
  FakeStore records;
  std::vector<FakeStore> stores{3};
  FakeClock clock;
  FakeEntropy entropy;
  FakeLog log;
  api::ApiConfig config;
  FakeEventLog event_log;
  FakeSubscriptions subscriptions;
  FakeRestores restores;
  FakeSearchIndex search;
  memory::MemoryTransfers transfers;
  transfers::Alarm alarm{{transfers, nullptr, clock, entropy, log}};
  transfers::DeadLetters dead_letters{transfers, alarm};
  FakeSinks sinks;
  events::Tail event_tail{{event_log, catalogue, clock, metrics, log}, {kContextUrl, 2}};
  LargeResponses* large_responses = nullptr;
  std::unique_ptr<HttpHandler> handler;

  ApiTest() {
    config.public_base_url = kBase;
    config.sources = {{Provider::amazon_s3, {"drop"}}, {Provider::filesystem, {"uploads"}}};
    config.upload_areas = {*LocationName::parse("uploads")};
    config.callbacks.loopback_allowed = true;
    config.locations = {
        location("second", "second copy", Provider::filesystem, LocationRole::replica, "vault", "file:///srv/vault"),
        location("first", "primary location", Provider::amazon_s3, LocationRole::primary, "primary",
                 "https://primary.example.org"),
        location("third", "third copy", Provider::azure_blob_storage, LocationRole::replica, "away",
                 "https://away.example.org/away"),
    };
    config.locations[2].tier = AccessTier::archive;
    add_client("all", {"ingests:write", "ingests:read", "bags:read", "bags:content", "events:read", "operator"}, {});
    add_client("mapper", {"ingests:write", "ingests:read", "bags:read"}, std::vector<std::string>{"maps"});
    add_token("all", kAllToken);
    add_token("mapper", kMapperToken);
    start();
  }

  /// Makes the handler anew, after a change of `config`.
  void start() {
    api::ApiNeeds needs{catalogue, desk,      accounts,     audit,   uploads,   *dry_runs,  records,       {},
                        clock,     entropy,   log,          metrics, event_log, event_tail, subscriptions, restores,
                        search,    transfers, dead_letters, sinks};
    for (FakeStore& store : stores) needs.locations.push_back(&store);
    needs.large_responses = large_responses;
    handler = api::make_api(config, std::move(needs));
  }

  ApiRequest request(std::string method, std::string target) {
    return {*handler, std::move(method), std::move(target)};
  }
  /// As client `all`; `path` below the base path.
  ApiRequest as_all(std::string method, const std::string& path) {
    auto made = request(std::move(method), "/storage/v1" + path);
    made.bearer(kAllToken);
    return made;
  }
  ApiRequest as_mapper(std::string method, const std::string& path) {
    auto made = request(std::move(method), "/storage/v1" + path);
    made.bearer(kMapperToken);
    return made;
  }

  void add_client(const std::string& name, const std::vector<std::string>& scopes,
                  const std::optional<std::vector<std::string>>& spaces) {
    ClientAccount account{*ClientId::parse(name), name, {secret_hash()}, {}, false, clock.now()};
    for (const std::string& scope : scopes) account.grants.push_back({scope, spaces});
    ASSERT_TRUE(accounts.add_client(account, Deed{}));
  }
  void add_token(const std::string& client, const std::string& token) {
    AccessToken made{api::token_digest(token), *ClientId::parse(client), {}, clock.now() + std::chrono::hours(1)};
    for (const Grant& grant : accounts.clients.at(client).grants) made.scopes.push_back(grant.scope);
    ASSERT_TRUE(accounts.add_token(made));
  }

  /// `stored(identifier, version)` of the cases, in space `maps`.
  VersionRow store(const std::string& identifier, int number, StoredBag bag = {}, const std::string& space = "maps") {
    const BagId id{Space::parse(space).value(), ExternalIdentifier::parse(identifier).value()};
    if (bag.files.empty()) bag.files = {described("data/a.txt", number, 6, {})};
    if (bag.tag_files.empty()) bag.tag_files = {described("bagit.txt", number, 55, {})};
    SparseIndexWriter index;
    const std::string text = description(id, Version(number), bag, index);
    VersionRow row{Version(number), VersionState::registered, *IngestId::parse(kUnknownId), true, Registration{}};
    row.registration->created = clock.now();
    row.registration->description_sha256 = digest_of(Algorithm::sha256, text).hex();
    row.registration->description_size = text.size();
    row.registration->sparse_index = index.finish();
    for (const LocationFacts& facts : config.locations) row.registration->location_uuids.push_back(facts.uuid);
    if (bag.in_records) records.objects[layout::kept_description_key(row.registration->description_sha256)] = text;
    for (FakeStore& one : stores) {
      if (bag.in_locations) one.objects[layout::description_key(id, row.version)] = text;
    }
    catalogue.versions[id.str()].push_back(row);
    return row;
  }

  /// Hashing takes its time: once for all tests.
  static const std::string& secret_hash() {
    static const std::string kHash = [] {
      FakeEntropy salt;
      return api::hash_secret(kSecret, salt).value();
    }();
    return kHash;
  }

 private:
  static LocationFacts location(const std::string& name, std::string label, Provider provider, LocationRole role,
                                std::string bucket, std::string url) {
    LocationFacts facts{.name = *LocationName::parse(name),
                        .label = std::move(label),
                        .uuid = "uuid-" + name,
                        .provider = provider,
                        .role = role,
                        .bucket = std::move(bucket),
                        .prefix = "",
                        .url = std::move(url)};
    return facts;
  }

  std::string description(const BagId& id, Version version, const StoredBag& bag, SparseIndexWriter& index) const {
    TextSink sink;
    DescriptionWriter writer(sink);
    const IngestId ingest = *IngestId::parse(kUnknownId);
    DescriptionHead head{kContextUrl,        id,         version,  clock.wall, ingest,
                         IngestType::create, clock.wall, bag.info, "0.97",     bag.payload_manifests,
                         bag.tag_manifests};
    EXPECT_TRUE(writer.begin(head));
    const auto add = [&](std::string_view list, const std::vector<DescribedFile>& files) {
      index.begin(list);
      for (const DescribedFile& file : files) {
        index.see(file.name, writer.offset());
        EXPECT_TRUE(writer.add(file));
      }
    };
    add("files", bag.files);
    EXPECT_TRUE(writer.begin_tag_files());
    add("tagFiles", bag.tag_files);
    DescriptionTail tail{{}, 2, 61, 2, 61, {Provider::filesystem, "uploads", "x.tar.gz"}, 1, *ClientId::parse("all"),
                         {}};
    for (const LocationFacts& facts : config.locations) {
      tail.locations.push_back(
          {facts.label, facts.provider, facts.bucket, facts.prefix, facts.role, facts.uuid, "full", clock.wall});
    }
    EXPECT_TRUE(writer.finish(tail));
    return sink.take();
  }
};

/// The usual checks of an error: status, label, description, shape.
inline void expect_error(const ApiAnswer& answer, int status, const std::string& description) {
  EXPECT_EQ(answer.status, status) << answer.text;
  EXPECT_EQ(answer.text.rfind("{\"@context\":\"" + kContextUrl + "\",", 0), 0U) << answer.text;
  const auto document = answer.json();
  EXPECT_EQ(answer.text_at("errorType"), "http");
  EXPECT_EQ(document.at("httpStatus").to_number<int>(), status);
  EXPECT_EQ(answer.text_at("label"), std::string(reason_phrase(status)));
  EXPECT_EQ(answer.text_at("type"), "Error");
  EXPECT_EQ(answer.text_at("requestId"), answer.header("X-Request-Id"));
  EXPECT_EQ(document.contains("description"), !description.empty());
  EXPECT_EQ(answer.description(), description);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
}

}  // namespace strongroom::test
