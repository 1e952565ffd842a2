#include "api/api.hpp"

#include "api/exchange.hpp"
#include "api/http_errors.hpp"
#include "base/check.hpp"

namespace strongroom::api {
namespace {

class Api final : public HttpHandler {
 public:
  Api(ApiConfig config, ApiNeeds needs) : service_(std::move(config), std::move(needs)) {
    CHECK(service_.config.locations.size() == service_.needs.locations.size());
  }

  std::unique_ptr<HttpExchange> begin(HttpRequestHead head) override {
    return std::make_unique<Exchange>(service_, std::move(head));
  }

  HttpResponse refuse(int status, const HttpRequestHead& head) override {
    const RequestId request_id = request_id_of(head.headers, service_.needs.entropy);
    HttpResponse response = error_response(service_.context_url, request_id, status,
                                           refusal_text(status, service_.config.uri_max, service_.config.body_max));
    add_common_headers(response, request_id, head.headers);
    service_.needs.log.write(
        LogLevel::info, "http.refused",
        {{"requestId", request_id.str()}, {"status", std::to_string(status)}, {"remote", head.remote}});
    return response;
  }

 private:
  Service service_;
};

}  // namespace

std::unique_ptr<HttpHandler> make_api(ApiConfig config, ApiNeeds needs) {
  return std::make_unique<Api>(std::move(config), std::move(needs));
}

}  // namespace strongroom::api
