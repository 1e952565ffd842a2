#include "adapters/objects/azure/container.hpp"

#include "adapters/cloud/azure_signature.hpp"
#include "adapters/objects/remote/persist.hpp"
#include "base/text.hpp"

namespace strongroom::azure {
namespace {

/// The version of the protocol that is spoken: one that Azure has had for years, and its emulator too.
constexpr const char* kVersion = "2021-12-02";
constexpr std::size_t kMessageMax = 300;

std::string message_of(const WebAnswer& answer) {
  const std::optional<cloud::XmlElement> root = cloud::parse_xml(answer.body);
  std::string text = root ? root->text_of("Message") : std::string();
  // Behind the first line there are a request's id and time.
  text = text.substr(0, std::min(text.find('\n'), kMessageMax));
  return one_line(text);
}

Error error_of(const WebAnswer& answer, const Call& call) {
  const int status = answer.status;
  const std::string code = answer.header("x-ms-error-code");
  const std::string message = message_of(answer);
  const std::string what = "Azure answered " + std::to_string(status) + (code.empty() ? "" : " " + code) +
                           (message.empty() ? "" : ": " + message);
  if (code == "ContainerNotFound") return temporary(what, call.key, Reason::no_container);
  if (code == "BlobArchived" || code == "BlobBeingRehydrated") return broken(what, call.key, Reason::archived);
  if (code == "BlobAlreadyExists" || code == "InvalidBlockList") {
    return temporary(what, call.key, Reason::already_exists);
  }
  if (status == 404) return temporary(what, call.key, Reason::not_found);
  if (status == 401 || status == 403) return temporary(what, call.key, Reason::forbidden);
  if (status == 412) return temporary(what, call.key, Reason::conflict);
  if (status == 416) return broken(what, call.key, Reason::truncated);
  // What was sent was checked before: only the way can have changed it.
  if (code == "Md5Mismatch") return temporary(what, call.key, Reason::corrupt);
  if (status >= 500 || status == 429 || status == 408) return temporary(what, call.key);
  return broken(what, call.key);
}

bool is_worth_repeating(const WebAnswer& answer) {
  if (answer.header("x-ms-error-code") == "Md5Mismatch") return true;
  return answer.status >= 500 ? answer.status != 501 : answer.status == 429 || answer.status == 408;
}

}  // namespace

Result<WebRequest> Container::signed_request(const Call& call, const cloud::AzureKeys& keys) {
  const std::string endpoint =
      address_.endpoint.empty() ? "https://" + address_.account + ".blob.core.windows.net" : address_.endpoint;
  const std::size_t path_at = endpoint.find('/', endpoint.find("://") + 3);
  const std::string host = endpoint.substr(0, path_at);
  cloud::AzureRequest plain;
  plain.method = call.method;
  plain.path = path_at == std::string::npos ? "" : endpoint.substr(path_at);
  plain.path += "/" + address_.container;
  if (!call.key.empty()) plain.path += "/" + percent_encode(call.key, "/");
  plain.query = call.query;
  plain.headers = call.headers;
  plain.headers.emplace_back("x-ms-date", format_http_date(needs_.clock.now()));
  plain.headers.emplace_back("x-ms-version", kVersion);
  plain.content_length = call.body.size();

  std::string query;
  for (const auto& [name, value] : call.query) {
    query += (query.empty() ? "?" : "&") + percent_encode(name, "") + "=" + percent_encode(value, "");
  }
  if (!keys.signature.empty()) query += (query.empty() ? "?" : "&") + keys.signature;
  if (!keys.account_key.empty()) {
    plain.headers.emplace_back("Authorization", shared_key(plain, address_.account, keys.account_key));
  } else if (!keys.token.empty()) {
    plain.headers.emplace_back("Authorization", "Bearer " + keys.token);
  }
  WebRequest request;
  request.method = call.method;
  request.url = host + plain.path + query;
  request.headers = std::move(plain.headers);
  return request;
}

Result<WebAnswer> Container::persist(const Call& call, std::unique_ptr<WebDownload>* download) {
  bool has_new_keys = false;
  cloud::AzureKeys keys;
  remote::Ask ask;
  ask.make = [&]() -> Result<WebRequest> {
    TRY(keys, needs_.keyring.keys());
    return signed_request(call, keys);
  };
  ask.judge = [&](const WebAnswer& answer) {
    remote::Verdict verdict{remote::Verdict::Next::give_up, remote::asked_pause(answer), error_of(answer, call)};
    if (answer.status == 401 && !keys.token.empty() && !has_new_keys) {
      needs_.keyring.distrust(keys);
      has_new_keys = true;
      verdict.next = remote::Verdict::Next::at_once;
    } else if (is_worth_repeating(answer)) {
      verdict.next = remote::Verdict::Next::later;
    }
    return verdict;
  };
  ask.body = call.body;
  ask.key = call.key;
  return remote::persist(needs_.web, attempts(), ask, download);
}

Duration Container::ahead(const WebAnswer& answer) const {
  const std::optional<Instant> theirs = parse_http_date(answer.header("Date"));
  return theirs ? *theirs - needs_.clock.now() : Duration::zero();
}

Result<WebAnswer> Container::carry_out(const Call& call) { return persist(call, nullptr); }

Result<cloud::XmlElement> Container::ask(const Call& call) {
  TRY(const WebAnswer answer, carry_out(call));
  std::string_view body = answer.body;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  std::optional<cloud::XmlElement> root = cloud::parse_xml(body);
  if (!root) return temporary("Azure's answer cannot be understood", call.key, Reason::corrupt);
  return std::move(*root);
}

Result<std::unique_ptr<WebDownload>> Container::download(const Call& call) {
  std::unique_ptr<WebDownload> download;
  TRY_VOID(persist(call, &download));
  return download;
}

}  // namespace strongroom::azure
