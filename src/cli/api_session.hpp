// Requests to a running service in a client's name: gets a token when one is needed, and turns refusals into Errors.
//
// One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/web/client/api_client.hpp"
#include "base/result.hpp"
#include "cli/credentials.hpp"
#include "ports/clock.hpp"

namespace strongroom::cli {

class ApiSession {
 public:
  explicit ApiSession(Credentials credentials);
  /// The same client with the same token, on a connection of its own: for another thread.
  [[nodiscard]] std::unique_ptr<ApiSession> another() const;

  /// Gets a new token; rejected when the service does not know the client or its secret.
  Result<void> get_token();

  /// The body of a 2xx answer. An Error is temporary when there was no answer or a 5xx, rejected when the service
  /// refused, with Reason::not_found for a 404 and Reason::conflict for a 409; `what` is fit for the person at the
  /// command line.
  Result<std::string> request(const std::string& method, const std::string& path, const HttpHeaders& headers = {},
                              const std::string& body = {});
  /// The same, asked again for up to a minute while there is no answer or a 5xx: for requests that do no more when they
  /// arrive twice. A restart of the service takes seconds.
  Result<std::string> request_patiently(const std::string& method, const std::string& path, Clock& clock,
                                        const HttpHeaders& headers = {}, const std::string& body = {});
  /// GET of an answer of any size into `sink`; the status, which is a good one. A 307 is followed, once and without the
  /// token: the service has another host give what is long.
  Result<int> download(const std::string& path, ByteSink& sink, const HttpHeaders& headers = {});
  Result<std::string> upload(const std::string& path, ByteSource& source, std::optional<std::uint64_t> size,
                             const web::ApiClient::Progress& progress);

 private:
  Result<int> download_elsewhere(const web::ApiClient::Response& redirection, ByteSink& sink);
  Result<void> need_token();
  [[nodiscard]] HttpHeaders with_token(HttpHeaders headers) const;

  Credentials credentials_;
  web::ApiClient client_;
  std::string token_;
};

}  // namespace strongroom::cli
