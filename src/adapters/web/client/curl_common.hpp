// What the two HTTP clients share of libcurl: owners for its objects, and headers as curl wants them.
// Internal to adapters/web/client.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "ports/http.hpp"

namespace strongroom::web {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistDeleter>;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

/// A new handle; initialises libcurl the first time. Any thread.
[[nodiscard]] EasyHandle make_easy_handle();

void append(Slist& list, const std::string& line);

/// The headers, without those whose name or value could start another line, and with curl's own `Expect` and, unless
/// given, `Content-Type` switched off when `own_only`.
[[nodiscard]] Slist curl_headers(const HttpHeaders& headers, bool own_only);

/// A parsed URL; null when it is not one of http or https.
[[nodiscard]] UrlHandle parse_url(const std::string& url);
/// A part of it; empty when absent.
[[nodiscard]] std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0);

/// True for the codes that mean that TLS itself did not come about.
[[nodiscard]] bool is_tls_error(CURLcode code);

}  // namespace strongroom::web
