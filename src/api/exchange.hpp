// One request on its way through the checks of http-api.md 1.4, in that order, and the headers of every answer (1.6).
//
// One thread at a time; exceptions of what lies below end here as a 500.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/call.hpp"
#include "api/routes.hpp"
#include "ports/http.hpp"

namespace strongroom::api {

class Exchange final : public HttpExchange {
 public:
  /// Runs every check that needs no body.
  Exchange(Service& service, HttpRequestHead head);

  std::optional<HttpResponse> early() override;
  void body(ByteView bytes) override;
  HttpResponse finish() override;
  void cancel() override;

 private:
  template <class Work>
  std::optional<HttpResponse> guarded(const Work& work);
  std::optional<HttpResponse> check_head();
  std::optional<HttpResponse> check_caller();
  std::optional<HttpResponse> check_space() const;
  std::optional<HttpResponse> check_body_head();
  std::optional<HttpResponse> take(ByteView bytes);
  HttpResponse answer();
  HttpResponse dressed(HttpResponse response) const;
  void count(int status) const;

  Call call_;
  std::optional<HttpResponse> refusal_;  ///< known before the body's end
  std::string collected_;
  std::unique_ptr<BodyTaker> taker_;
};

/// The caller's X-Request-Id when it is a legal one, else a new UUID.
[[nodiscard]] RequestId request_id_of(const HttpHeaders& headers, Entropy& entropy);
/// The type of a JSON document: `application/ld+json` where `Accept` asks for it (1.5), else `application/json`.
[[nodiscard]] std::string_view json_type_for(const HttpHeaders& request_headers);
/// `X-Request-Id` and `X-Content-Type-Options`; JSON as the type that `Accept` asks for.
void add_common_headers(HttpResponse& response, const RequestId& request_id, const HttpHeaders& request_headers);

}  // namespace strongroom::api
