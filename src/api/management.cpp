#include "api/management.hpp"

#include "api/http_errors.hpp"
#include "api/metrics_text.hpp"
#include "api/paths.hpp"

namespace strongroom::api {
namespace {

HttpResponse plain(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.text = std::move(text);
  return response;
}

class ManagementExchange final : public HttpExchange {
 public:
  ManagementExchange(const ManagementNeeds& needs, HttpRequestHead head) : needs_(needs), head_(std::move(head)) {}

  std::optional<HttpResponse> early() override {
    // Nothing here takes a body.
    return answered_ ? std::nullopt : std::optional(answer());
  }
  void body(ByteView) override {}
  HttpResponse finish() override { return answer(); }

 private:
  HttpResponse answer() {
    answered_ = true;
    const std::string_view path = cut_target(head_.target).path;
    if (head_.method != "GET" && head_.method != "HEAD") {
      HttpResponse refusal = plain(405, "Only GET and HEAD are supported.\n");
      refusal.headers.emplace_back("Allow", "GET, HEAD");
      return refusal;
    }
    if (path != "/metrics" && path != "/healthz") return plain(404, std::string(kUnknownRoute) + "\n");
    auto text = metrics_text({needs_.desk, needs_.transfers, needs_.sinks, needs_.metrics}, needs_.clock.now());
    if (!text) {
      needs_.log.write(LogLevel::error, "management.fault", {{"error", text.error().text()}});
      return plain(503, "unavailable");
    }
    return path == "/metrics" ? plain(200, std::move(*text)) : plain(200, "ok");
  }

  const ManagementNeeds& needs_;
  const HttpRequestHead head_;
  bool answered_ = false;
};

class Management final : public HttpHandler {
 public:
  explicit Management(ManagementNeeds needs) : needs_(needs) {}

  std::unique_ptr<HttpExchange> begin(HttpRequestHead head) override {
    return std::make_unique<ManagementExchange>(needs_, std::move(head));
  }
  HttpResponse refuse(int status, const HttpRequestHead&) override {
    return plain(status, refusal_text(status, 0, 0) + "\n");
  }

 private:
  const ManagementNeeds needs_;
};

}  // namespace

std::unique_ptr<HttpHandler> make_management(ManagementNeeds needs) { return std::make_unique<Management>(needs); }

}  // namespace strongroom::api
