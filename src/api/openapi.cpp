// `GET /openapi.json`: the description of this API (docs/openapi.json), with the service's own address in it.
#include "api/endpoints.hpp"
#include "api/http_errors.hpp"
#include "api/public_document.hpp"

namespace strongroom::api {
namespace {

// Longer than the 64 KiB that every compiler has to take; those that we use take more.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
constexpr std::string_view kDocument =
#include "api/openapi_document.inc"
    ;
#pragma GCC diagnostic pop
constexpr std::string_view kDocumentedBase = "https://archive.example.org/storage/v1";

std::string document_of(const std::string& base_url) {
  std::string document;
  for (std::size_t at = 0;;) {
    const auto next = kDocument.find(kDocumentedBase, at);
    document.append(kDocument.substr(at, next - at));
    if (next == std::string_view::npos) return document;
    document.append(base_url);
    at = next + kDocumentedBase.size();
  }
}

}  // namespace

HttpResponse get_openapi(Call& call) {
  return public_document(call, document_of(call.service.config.public_base_url), kJson);
}

}  // namespace strongroom::api
