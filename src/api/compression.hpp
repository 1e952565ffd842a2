// Gzip for documents (http-api.md 1.5): which answers are compressed, and the compression itself, as a stream.
//
// A streamed body is compressed piece by piece as it is pulled: some 300 KiB of memory, whatever its length. A fault of
// the body stays a fault: what came out before it has no end that would make it look whole. Any thread.
#pragma once

#include "ports/http.hpp"

namespace strongroom::api {

/// Whether `Accept-Encoding` allows gzip (RFC 9110 12.5.3): named, or by `*`, with a weight above 0 and not below that
/// of an `identity` named beside it. Without the header: no.
[[nodiscard]] bool accepts_gzip(const HttpHeaders& request_headers);

/// Compresses a JSON or Turtle answer of more than 1 KiB, or of unknown length, where the request allows it; its ETag
/// becomes weak. Every answer that another request would have got compressed carries `Vary: Accept-Encoding`, and a 304
/// has the ETag its 200 would have. Not to be called for answers that must go out as they are stored.
void compress(HttpResponse& response, const HttpHeaders& request_headers);

}  // namespace strongroom::api
