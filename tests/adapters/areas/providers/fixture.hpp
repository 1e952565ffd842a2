// Areas in buckets of the servers that tests/servers/with_servers.py starts, and a wire that can be watched and used by
// somebody else at the worst moment.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/areas/s3/area.hpp"
#include "adapters/objects/providers/fixture.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::test {

/// Passes everything on; before a request that fits, something else is done, once.
class InterposedWeb final : public WebClient {
 public:
  explicit InterposedWeb(WebClient& inner) : inner_(inner) {}

  /// Before the next request of that method whose URL holds `part`.
  void before(std::string method, std::string part, std::function<void()> act) {
    method_ = std::move(method);
    part_ = std::move(part);
    act_ = std::move(act);
  }
  /// Before every request, which it may change.
  std::function<void(WebRequest&)> change{};
  /// `GET`, `HEAD` …, in order.
  std::vector<std::string> methods{};

  Result<WebAnswer> exchange(const WebRequest& request) override { return inner_.exchange(seen(request)); }
  Result<std::unique_ptr<WebDownload>> download(const WebRequest& request) override {
    return inner_.download(seen(request));
  }

 private:
  WebRequest seen(WebRequest request) {
    methods.push_back(request.method);
    if (act_ && request.method == method_ && request.url.find(part_) != std::string::npos) {
      std::exchange(act_, nullptr)();
    }
    if (change) change(request);
    return request;
  }

  WebClient& inner_;
  std::string method_;
  std::string part_;
  std::function<void()> act_;
};

/// A bucket of its own, an area on it, and an archivist with another way in.
class AreaBench {
 public:
  explicit AreaBench(const char* server = "STRONGROOM_TEST_S3", bool versions = false,
                     areas::S3AreaOptions options = {})
      : archivist_(bench.s3_address(server), bench.s3_needs()) {
    const auto made = archivist_.carry_out({"PUT", ""});
    EXPECT_TRUE(made) << made.error().text();
    if (versions) set_versioning("Enabled");
    s3::BucketNeeds needs{web, bench.aws, bench.clock, bench.entropy, bench.room, bench.patience};
    area = std::make_unique<areas::S3Area>(std::make_unique<s3::Bucket>(bench.s3_address(server), needs), log, options);
  }

  void set_versioning(const std::string& status) {
    const auto set = archivist_.carry_out({"PUT",
                                           "",
                                           {{"versioning", ""}},
                                           {},
                                           "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                                           "<Status>" +
                                               status + "</Status></VersioningConfiguration>"});
    EXPECT_TRUE(set) << set.error().text();
  }
  Result<void> place(const std::string& key, const std::string& bytes) {
    TRY_VOID(archivist_.carry_out({"PUT", key, {}, {}, bytes}));
    return {};
  }
  Result<void> remove(const std::string& key) {
    TRY_VOID(archivist_.carry_out({"DELETE", key}));
    return {};
  }
  std::string content(const std::string& key) {
    const auto answer = archivist_.carry_out({"GET", key});
    return answer ? answer->body : answer.error().text();
  }
  Result<WebAnswer> head(const std::string& key) { return archivist_.carry_out({"HEAD", key}); }
  AreaObject seen(const std::string& key) {
    const auto object = area->stat(key);
    EXPECT_TRUE(object && *object) << key << (object ? "" : object.error().text());
    return object && *object ? **object : AreaObject();
  }
  AreaObject placed(const std::string& key, const std::string& bytes) {
    const auto put = place(key, bytes);
    EXPECT_TRUE(put) << put.error().text();
    return seen(key);
  }

  ProviderBench bench;
  InterposedWeb web{bench.web};
  FakeLog log;
  std::unique_ptr<areas::S3Area> area;

 private:
  s3::Bucket archivist_;
};

}  // namespace strongroom::test
