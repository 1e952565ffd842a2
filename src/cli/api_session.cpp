#include "cli/api_session.hpp"

#include "base/text.hpp"
#include "cli/ingest_view.hpp"

namespace strongroom::cli {
namespace {

Error refusal(const web::ApiClient::Response& response) {
  std::string what = "the service answered " + std::to_string(response.status);
  const std::string told = read_error(response.body);
  if (!told.empty()) what += ", " + told;
  const std::optional<std::string_view> request = find_header(response.headers, "X-Request-Id");
  if (response.status >= 500) {
    if (request) what += " (request id " + std::string(*request) + ")";
    return temporary(std::move(what));
  }
  return rejected(std::move(what));
}

bool is_good(const web::ApiClient::Response& response) { return response.status >= 200 && response.status < 300; }

}  // namespace

ApiSession::ApiSession(Credentials credentials)
    : credentials_(std::move(credentials)), client_(credentials_.url, credentials_.ca_file) {}

HttpHeaders ApiSession::with_token(HttpHeaders headers) const {
  headers.emplace_back("Authorization", "Bearer " + token_);
  return headers;
}

Result<void> ApiSession::get_token() {
  const std::string form = "grant_type=client_credentials&client_id=" + percent_encode(credentials_.client_id, "") +
                           "&client_secret=" + percent_encode(credentials_.client_secret, "");
  TRY(const web::ApiClient::Response response,
      client_.request("POST", "/oauth2/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, form));
  if (!is_good(response)) return refusal(response);
  const std::optional<std::string> token = read_token(response.body);
  if (!token) return broken("there is no strongroom at " + credentials_.url + ": its answer is not a token");
  token_ = *token;
  return ok();
}

Result<void> ApiSession::need_token() { return token_.empty() ? get_token() : ok(); }

Result<std::string> ApiSession::request(const std::string& method, const std::string& path, const HttpHeaders& headers,
                                        const std::string& body) {
  TRY_VOID(need_token());
  TRY(web::ApiClient::Response response, client_.request(method, path, with_token(headers), body));
  if (response.status == 401) {
    // The token has run out: a long wait outlives several of them.
    TRY_VOID(get_token());
    TRY(response, client_.request(method, path, with_token(headers), body));
  }
  if (!is_good(response)) return refusal(response);
  return std::move(response.body);
}

Result<std::string> ApiSession::upload(const std::string& path, ByteSource& source, std::optional<std::uint64_t> size,
                                       const web::ApiClient::Progress& progress) {
  TRY_VOID(need_token());
  const HttpHeaders headers = with_token({{"Content-Type", "application/octet-stream"}});
  TRY(web::ApiClient::Response response, client_.upload("PUT", path, headers, source, size, progress));
  if (!is_good(response)) return refusal(response);
  return std::move(response.body);
}

}  // namespace strongroom::cli
