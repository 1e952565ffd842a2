#include "adapters/web/client/curl_common.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace strongroom::web {

EasyHandle make_easy_handle() {
  // Once a process; a function's static is initialised by one thread while others wait.
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(kInitialised == CURLE_OK);
  EasyHandle handle(curl_easy_init());
  CHECK(handle != nullptr);
  return handle;
}

void append(Slist& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  CHECK(longer != nullptr);
  if (!list) list.reset(longer);
}

Slist curl_headers(const HttpHeaders& headers, bool own_only) {
  const auto is_unclean = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  Slist list;
  for (const auto& [name, value] : headers) {
    if (std::any_of(name.begin(), name.end(), is_unclean) || std::any_of(value.begin(), value.end(), is_unclean)) {
      continue;
    }
    // "Name:" would mean to libcurl that its own header of that name is to be left out.
    append(list, value.empty() ? name + ";" : name + ": " + value);
  }
  if (own_only) {
    append(list, "Expect:");
    if (!find_header(headers, "Content-Type")) append(list, "Content-Type:");
  }
  return list;
}

UrlHandle parse_url(const std::string& url) {
  UrlHandle parsed(curl_url());
  CHECK(parsed != nullptr);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return nullptr;
  const std::string scheme = url_part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return nullptr;
  return parsed;
}

std::string url_part(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_tls_error(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
      return true;
    default:
      return false;
  }
}

}  // namespace strongroom::web
