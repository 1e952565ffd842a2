// Requests to a running service in a client's name: gets a token when one is needed, and turns refusals into Errors.
//
// One thread at a time.
#pragma once

#include <optional>
#include <string>

#include "adapters/web/client/api_client.hpp"
#include "base/result.hpp"

namespace strongroom::cli {

struct Credentials {
  std::string url;  ///< base URL of the API, `http://127.0.0.1:8080/storage/v1`
  std::string client_id;
  std::string client_secret;
  std::string ca_file = {};  ///< PEM file of authorities trusted beside the system's; empty for none
};

class ApiSession {
 public:
  explicit ApiSession(Credentials credentials);

  /// The body of a 2xx answer. An Error is temporary when there was no answer or a 5xx, rejected when the service
  /// refused; `what` is fit for the person at the command line.
  Result<std::string> request(const std::string& method, const std::string& path, const HttpHeaders& headers = {},
                              const std::string& body = {});
  Result<std::string> upload(const std::string& path, ByteSource& source, std::optional<std::uint64_t> size,
                             const web::ApiClient::Progress& progress);

 private:
  Result<void> need_token();
  Result<void> get_token();
  [[nodiscard]] HttpHeaders with_token(HttpHeaders headers) const;

  Credentials credentials_;
  web::ApiClient client_;
  std::string token_;
};

}  // namespace strongroom::cli
