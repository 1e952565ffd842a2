// A web in memory for what asks little: answers by method and URL, and remembers what was asked. One thread.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ports/clock.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

class ScriptedWeb final : public WebClient {
 public:
  std::map<std::string, WebAnswer> answers;  ///< by `METHOD url`, the query left out
  std::deque<WebAnswer> series;              ///< given first, one after the other; one without a status is lost
  std::vector<WebRequest> asked;

  void answer(const std::string& what, std::string body, int status = 200) {
    answers[what] = {status, {}, std::move(body)};
  }
  Result<WebAnswer> exchange(const WebRequest& request) override {
    asked.push_back(request);
    if (!series.empty()) {
      WebAnswer next = std::move(series.front());
      series.pop_front();
      if (next.status == 0) return temporary("the answer was lost");
      return next;
    }
    const auto found = answers.find(request.method + " " + request.url.substr(0, request.url.find('?')));
    if (found == answers.end()) return temporary("no answer: nobody is there");
    return found->second;
  }
  Result<std::unique_ptr<WebDownload>> download(const WebRequest&) override { return broken("not part of this web"); }
};

class SetClock final : public Clock {
 public:
  Instant time = *parse_instant("2026-01-01T00:00:00Z");
  Instant now() override { return time; }
  Duration since_boot() override { return time.time_since_epoch(); }
  bool wait_until(Duration, std::stop_token) override { return true; }
};

}  // namespace strongroom::cloud
