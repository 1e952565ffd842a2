#include "api/public_document.hpp"

#include "api/etag.hpp"
#include "base/digest.hpp"

namespace strongroom::api {

HttpResponse public_document(const Call& call, std::string text, std::string_view content_type) {
  const std::string tag = entity_tag(digest_of(Algorithm::sha256, text).hex());
  HttpResponse response;
  response.headers = {{"Cache-Control", "public, max-age=86400"}, {"Access-Control-Allow-Origin", "*"}, {"ETag", tag}};
  if (none_match_names(call.head.headers, tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", content_type);
  response.text = std::move(text);
  return response;
}

}  // namespace strongroom::api
