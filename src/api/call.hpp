// One request as the functions of the API see it, and what they share.
//
// Service lives as long as the handler and is used from every thread; a Call belongs to one request and one thread at a
// time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "api/auth.hpp"
#include "api/denials.hpp"
#include "api/large_response_turns.hpp"
#include "api/paths.hpp"
#include "api/query.hpp"
#include "api/throttle.hpp"

namespace strongroom::api {

struct Route;

struct Service {
  Service(ApiConfig c, ApiNeeds n) : config(std::move(c)), needs(std::move(n)) {}

  const ApiConfig config;
  const ApiNeeds needs;
  const std::string context_url = config.public_base_url + "/context.json";
  Throttle throttle{};
  Denials denials{};
  LargeResponseTurns large_responses{};
};

struct Call {
  Service& service;
  HttpRequestHead head;
  RequestId request_id;
  const Route* route = nullptr;
  Query query{};
  Captures captures{};                ///< raw names in the path
  std::optional<BagPath> bag_path{};  ///< of routes below `/bags/`
  std::optional<Caller> caller{};     ///< set on every route with a scope

  /// The raw capture of a name in the route's pattern.
  [[nodiscard]] std::string_view capture(std::string_view name) const;
  /// The parameter's value, empty when absent.
  [[nodiscard]] std::string query_text(std::string_view name) const;

  [[nodiscard]] HttpResponse fail(int status, std::string_view description) const;
  /// 500: the error goes to the log, the client gets the request id.
  [[nodiscard]] HttpResponse fault(const Error& error) const;
  /// 403, recorded in the audit log; `reason` says in a few words what is missing.
  [[nodiscard]] HttpResponse deny(const std::string& reason, std::string_view description) const;
  /// 403 for a space outside the grant.
  [[nodiscard]] HttpResponse forbidden_space(std::string_view space) const;
  /// The caller's grant of the route's scope covers the space.
  [[nodiscard]] bool may_use(std::string_view space) const;
  /// 400 for query parameters that are unknown (not GET) or given twice.
  [[nodiscard]] std::optional<HttpResponse> query_refusal() const;
};

}  // namespace strongroom::api
