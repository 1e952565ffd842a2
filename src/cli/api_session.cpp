#include "cli/api_session.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/ingest_view.hpp"

namespace strongroom::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(60);
constexpr Duration kFirstPause = std::chrono::milliseconds(200);
constexpr Duration kLongestPause = std::chrono::seconds(2);

Error refusal(const web::ApiClient::Response& response) {
  std::string what = "the service answered " + std::to_string(response.status);
  const std::string told = read_error(response.body);
  for (const std::string_view line : split(told, '\n')) {
    if (!line.empty()) what += ", " + one_line(line);
  }
  if (what.find("lacks the scope") != std::string::npos) {
    what += " (an operator grants it with `strongroom client grant`)";
  }
  const std::optional<std::string_view> request = find_header(response.headers, "X-Request-Id");
  if (response.status >= 500) {
    if (request) what += " (request id " + std::string(*request) + ")";
    return temporary(std::move(what));
  }
  const Reason reason = response.status == 404   ? Reason::not_found
                        : response.status == 409 ? Reason::conflict
                                                 : Reason::other;
  return rejected(std::move(what), {}, reason);
}

bool is_good(const web::ApiClient::Response& response) { return response.status >= 200 && response.status < 300; }

}  // namespace

ApiSession::ApiSession(Credentials credentials)
    : credentials_(std::move(credentials)), client_(credentials_.url, credentials_.ca_file) {}

std::unique_ptr<ApiSession> ApiSession::another() const {
  auto made = std::make_unique<ApiSession>(credentials_);
  made->token_ = token_;
  return made;
}

HttpHeaders ApiSession::with_token(HttpHeaders headers) const {
  headers.emplace_back("Authorization", "Bearer " + token_);
  return headers;
}

Result<void> ApiSession::get_token() {
  const std::string form = "grant_type=client_credentials&client_id=" + percent_encode(credentials_.client_id, "") +
                           "&client_secret=" + percent_encode(credentials_.client_secret, "");
  TRY(const web::ApiClient::Response response,
      client_.request("POST", "/oauth2/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, form));
  if (response.status == 401) {
    return rejected("the service does not know the client " + one_line(credentials_.client_id) +
                    ", or not with this secret: `strongroom login` keeps another one, an operator gives a new one with "
                    "`strongroom client rotate`");
  }
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

Result<std::string> ApiSession::request_patiently(const std::string& method, const std::string& path, Clock& clock,
                                                  const HttpHeaders& headers, const std::string& body) {
  const Duration began = clock.since_boot();
  Duration pause = kFirstPause;
  while (true) {
    Result<std::string> answer = request(method, path, headers, body);
    const Duration now = clock.since_boot();
    if (answer || answer.error().act != Act::temporary || now - began > kPatience) return answer;
    clock.wait_until(now + pause, {});
    pause = std::min(pause * 3 / 2, kLongestPause);
  }
}

Result<int> ApiSession::download(const std::string& path, ByteSink& sink, const HttpHeaders& headers) {
  TRY_VOID(need_token());
  TRY(web::ApiClient::Response response, client_.download(path, with_token(headers), sink));
  if (response.status == 401) {
    TRY_VOID(get_token());
    TRY(response, client_.download(path, with_token(headers), sink));
  }
  if (response.status == 307) return download_elsewhere(response, sink);
  if (!is_good(response)) return refusal(response);
  return response.status;
}

Result<int> ApiSession::download_elsewhere(const web::ApiClient::Response& redirection, ByteSink& sink) {
  const std::string url(find_header(redirection.headers, "Location").value_or(""));
  const bool is_safe = to_lower_ascii(url).starts_with("https://");
  const bool was_safe = to_lower_ascii(credentials_.url).starts_with("https://");
  if (!is_safe && (was_safe || !to_lower_ascii(url).starts_with("http://"))) {
    return broken("the service redirects to what is no https address: tell its operator");
  }
  web::ApiClient elsewhere(url, credentials_.ca_file, {"an object store", "STRONGROOM_CA_FILE"});
  TRY(const web::ApiClient::Response response, elsewhere.download(url, {}, sink));
  if (is_good(response)) return response.status;
  const std::string what = "the service redirects to an object store, which answered ";
  return temporary(what + std::to_string(response.status) + ": try again");
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
