#include "api/logged_body.hpp"

namespace strongroom::api {
namespace {

class LoggedBody final : public HttpBody {
 public:
  LoggedBody(std::shared_ptr<HttpBody> inner, Log& log, RequestId request_id)
      : inner_(std::move(inner)), log_(log), request_id_(std::move(request_id)) {}

  Result<Pull> pull(std::string& out, std::size_t max) override {
    auto pulled = inner_->pull(out, max);
    if (!pulled) {
      log_.write(LogLevel::error, "http.aborted", {{"requestId", request_id_.str()}, {"error", pulled.error().text()}});
    }
    return pulled;
  }
  void on_ready(std::function<void()> wake) override { inner_->on_ready(std::move(wake)); }

 private:
  std::shared_ptr<HttpBody> inner_;
  Log& log_;
  RequestId request_id_;
};

}  // namespace

std::shared_ptr<HttpBody> logged_body(std::shared_ptr<HttpBody> inner, const Call& call) {
  return std::make_shared<LoggedBody>(std::move(inner), call.service.needs.log, call.request_id);
}

}  // namespace strongroom::api
