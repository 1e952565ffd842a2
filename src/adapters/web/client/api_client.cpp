#include "adapters/web/client/api_client.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "adapters/web/client/curl_common.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::web {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kNoProgressSeconds = 60;
constexpr std::size_t kBodyMax = 64 * limits::kMiB;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Scheme, host and port: what a person needs, without credentials and query.
std::string origin_of(const std::string& url) {
  const UrlHandle parsed = parse_url(url);
  if (!parsed) {
    // Not to be understood; what may be credentials goes all the same.
    const std::size_t at = url.rfind('@');
    return at == std::string::npos ? url : "..." + url.substr(at);
  }
  const std::string port = url_part(parsed.get(), CURLUPART_PORT);
  return url_part(parsed.get(), CURLUPART_SCHEME) + "://" + url_part(parsed.get(), CURLUPART_HOST) +
         (port.empty() ? "" : ":" + port);
}

Error transfer_error(CURLcode code, CURL* curl, const std::string& url, const ApiClient::Peer& peer) {
  const std::string origin = origin_of(url);
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return broken("the file of trusted authorities cannot be read: check " + peer.ca_setting);
  }
  if (is_tls_error(code)) {
    return broken("no trusted TLS connection to " + origin + " (" + curl_easy_strerror(code) +
                  "): check the address and the server's certificate; " + peer.ca_setting +
                  " names further authorities");
  }
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return temporary("could not connect to " + origin + ": is " + peer.name + " running there?");
    case CURLE_COULDNT_RESOLVE_HOST:
      return temporary("could not find the host of " + origin + ": check the address", {}, Reason::not_found);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return temporary("could not find the proxy for " + origin + ": check the proxy settings of the environment");
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
      if (connected == 0) {
        return temporary("could not connect to " + origin + " within " + std::to_string(kConnectSeconds) + " s: is " +
                         peer.name + " running there?");
      }
      return temporary(origin + " did not answer for " + std::to_string(kNoProgressSeconds) +
                       " s: try again, and look at its log if it goes on");
    }
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      return temporary("the connection to " + origin + " broke off (" + curl_easy_strerror(code) +
                           "): try again, or look at its log",
                       {}, Reason::truncated);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return broken("not an http or https address: " + origin);
    default:
      return temporary("the request to " + origin + " failed: " + curl_easy_strerror(code));
  }
}

}  // namespace

class ApiClient::State {
 public:
  EasyHandle handle = make_easy_handle();
};

/// One request on its way, for curl's callbacks.
struct ApiClient::Call {
  std::string method;
  const std::string* text = nullptr;  ///< the request's body
  ByteSource* source = nullptr;       ///< or where it comes from
  std::optional<std::uint64_t> size;  ///< of `source`
  const Progress* progress = nullptr;
  ByteSink* sink = nullptr;  ///< for the body of a good answer

  CURL* curl = nullptr;
  std::uint64_t sent = 0;
  Response response;
  std::optional<Error> error;  ///< of source, sink or a limit

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* user) {
    auto& call = *static_cast<Call*>(user);
    auto got = call.source->read(std::as_writable_bytes(std::span<char>(into, size * count)));
    if (!got) {
      call.error = std::move(got).error();
      return CURL_READFUNC_ABORT;
    }
    if (*got == 0 && call.size && call.sent < *call.size) {
      call.error = broken("the source ended after " + std::to_string(call.sent) + " of " + std::to_string(*call.size) +
                              " bytes: it changed while it was being sent",
                          {}, Reason::truncated);
      return CURL_READFUNC_ABORT;
    }
    call.sent += *got;
    if (call.progress != nullptr && *call.progress) (*call.progress)(call.sent);
    return *got;
  }

  static std::size_t header(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& call = *static_cast<Call*>(user);
    const std::string_view line(bytes, size * count);
    const std::size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) {
      call.response.headers.clear();  // what came before was an interim answer
    } else if (colon != std::string_view::npos) {
      call.response.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return size * count;
  }

  static std::size_t write(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& call = *static_cast<Call*>(user);
    const std::string_view piece(bytes, size * count);
    long status = 0;
    curl_easy_getinfo(call.curl, CURLINFO_RESPONSE_CODE, &status);
    if (call.sink != nullptr && status >= 200 && status <= 299) {
      auto written = call.sink->write(as_bytes(piece));
      if (written) return piece.size();
      call.error = std::move(written).error();
      return 0;
    }
    if (call.response.body.size() + piece.size() > kBodyMax) {
      call.error = broken("the answer is longer than " + std::to_string(kBodyMax) + " bytes", {}, Reason::limit);
      return 0;
    }
    call.response.body.append(piece);
    return piece.size();
  }

  void set_up(const std::string& url, const curl_slist* headers);
};

void ApiClient::Call::set_up(const std::string& url, const curl_slist* headers) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kNoProgressSeconds);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L * 1024);
  curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Call::header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Call::write);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  if (source != nullptr) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    // A kept connection may turn out dead after the first bytes, and a source cannot be read again.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Call::read);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
  } else if (method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return;
  } else if (method == "POST" || method == "PUT" || !text->empty()) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text->data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text->size()));
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
}

ApiClient::ApiClient(std::string base_url, std::string ca_file)
    : ApiClient(std::move(base_url), std::move(ca_file), Peer()) {}
ApiClient::ApiClient(std::string base_url, std::string ca_file, Peer peer)
    : base_url_(std::move(base_url)),
      ca_file_(std::move(ca_file)),
      peer_(std::move(peer)),
      state_(std::make_unique<State>()) {
  while (base_url_.ends_with('/')) base_url_.pop_back();
}
ApiClient::~ApiClient() = default;

Result<ApiClient::Response> ApiClient::request(const std::string& method, const std::string& path_or_url,
                                               const HttpHeaders& headers, const std::string& body) {
  Call call;
  call.method = method;
  call.text = &body;
  return perform(call, path_or_url, headers);
}

Result<ApiClient::Response> ApiClient::upload(const std::string& method, const std::string& path_or_url,
                                              const HttpHeaders& headers, ByteSource& source,
                                              std::optional<std::uint64_t> size, const Progress& progress) {
  Call call;
  call.method = method;
  call.source = &source;
  call.size = size;
  call.progress = &progress;
  return perform(call, path_or_url, headers);
}

Result<ApiClient::Response> ApiClient::download(const std::string& path_or_url, const HttpHeaders& headers,
                                                ByteSink& sink) {
  const std::string nothing;
  Call call;
  call.method = "GET";
  call.text = &nothing;
  call.sink = &sink;
  return perform(call, path_or_url, headers);
}

Result<ApiClient::Response> ApiClient::perform(Call& call, const std::string& path_or_url, const HttpHeaders& headers) {
  const std::string url = full_url(path_or_url);
  if (!parse_url(url)) return broken("not an http or https address: " + origin_of(url));
  CURL* curl = state_->handle.get();
  curl_easy_reset(curl);  // options only: connections stay
  call.curl = curl;
  // For a text, no Expect: the server refuses before the body if it has to, and the text is small.
  const Slist list = curl_headers(headers, call.source == nullptr);
  call.set_up(url, list.get());
  // The system's own authorities are in a directory, which stays in force.
  if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  // A server that refuses an upload answers and closes; that sending then breaks off is no news.
  const bool refused_early = code == CURLE_SEND_ERROR && status >= 400;
  if (call.error) return std::move(*call.error);
  if (code != CURLE_OK && !refused_early) return transfer_error(code, curl, url, peer_);
  call.response.status = static_cast<int>(status);
  return std::move(call.response);
}

std::string ApiClient::full_url(const std::string& path_or_url) const {
  const std::string start = to_lower_ascii(std::string_view(path_or_url).substr(0, 8));
  if (start.starts_with("http://") || start.starts_with("https://")) return path_or_url;
  return base_url_ + (path_or_url.starts_with('/') ? "" : "/") + path_or_url;
}

}  // namespace strongroom::web
