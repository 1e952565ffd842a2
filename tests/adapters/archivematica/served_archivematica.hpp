// A real HTTP server on the loopback address that plays both services of Archivematica from a table of answers, and a
// client of it whose keys lie in files.
#pragma once

#include <gmock/gmock.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/archivematica/archivematica_client.hpp"
#include "adapters/web/client/provider_client.hpp"
#include "adapters/web/serving.hpp"
#include "support/certificate.hpp"
#include "support/fake_ports.hpp"

namespace strongroom::archivematica {

inline constexpr const char* kLocations = "/api/v2/location/?space__access_protocol=S3&purpose=TS";
inline constexpr const char* kPackage = "/api/v2beta/package";
inline constexpr const char* kConfigurations = "/api/processing-configuration/";

/// One request as it came.
struct Asked {
  std::string method;
  std::string target;
  HttpHeaders headers;
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(find_header(headers, name).value_or("(none)"));
  }
};

inline HttpResponse answer_of(int status, std::string text, HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.text = std::move(text);
  response.headers = std::move(headers);
  return response;
}

class ServedArchivematica : public testing_support::Serving {
 protected:
  ServedArchivematica() {
    std::string path = testing::TempDir() + "archivematica-XXXXXX";
    directory_ = mkdtemp(path.data());
    write("dashboard.key", kDashboardKey + "\n");
    write("storage.key", kStorageKey + "\n");
    handler.plain.finish = [this](const HttpRequestHead& head, const std::string& body) { return serve(head, body); };
  }
  ~ServedArchivematica() override {
    if (server) server->stop();
    std::filesystem::remove_all(directory_);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (directory_ / name).string(); }

  [[nodiscard]] ArchivematicaSettings settings(const std::string& base) const {
    return {{base, kUser, {file("dashboard.key"), ""}}, {base + "/", kUser, {file("storage.key"), ""}}};
  }
  /// Of whoever is at `base`; of the running server when empty.
  ArchivematicaClient client(const std::string& base = "") {
    const auto environment = [](const std::string&) { return std::optional<std::string>(); };
    return {settings(base.empty() ? url("") : base), environment, web_, clock};
  }

  /// The next answers to it, one after the other; the last one stays.
  void answers(const std::string& target, std::vector<HttpResponse> given) {
    const std::scoped_lock lock(mutex_);
    answers_[target] = {given.begin(), given.end()};
  }
  void answers(const std::string& target, int status, const std::string& text, HttpHeaders headers = {}) {
    answers(target, {answer_of(status, text, std::move(headers))});
  }
  /// Everything that was asked since the last time.
  std::vector<Asked> asked() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(asked_, {});
  }
  std::vector<std::string> targets() {
    std::vector<std::string> targets;
    for (const Asked& one : asked()) targets.push_back(one.target);
    return targets;
  }

  /// The text, once it is sure that it gives nothing away.
  std::string clean(const std::string& text) {
    for (const std::string& secret :
         {kDashboardKey, kStorageKey, kUser, std::string("127.0.0.1"), directory_.string()}) {
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(secret)));
    }
    if (server) {
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(std::to_string(port()))));
    }
    EXPECT_NE(text, "");
    return text;
  }
  template <class T>
  Error failure(const Result<T>& result) {
    EXPECT_FALSE(result);
    if (result) return {};
    clean(result.error().text());
    return result.error();
  }

  const std::string kDashboardKey = "CANARY-AM-KEY";
  const std::string kStorageKey = "CANARY-SS-KEY";
  const std::string kUser = "canary-user";
  test::FakeClock clock;

 private:
  HttpResponse serve(const HttpRequestHead& head, const std::string& body) {
    const std::scoped_lock lock(mutex_);
    asked_.push_back({head.method, head.target, head.headers, body});
    const auto found = answers_.find(head.target);
    if (found == answers_.end()) return answer_of(404, "");
    HttpResponse next = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return next;
  }

  web::ProviderClient web_;
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<std::string, std::deque<HttpResponse>> answers_;  ///< by target
  std::vector<Asked> asked_;
};

}  // namespace strongroom::archivematica
