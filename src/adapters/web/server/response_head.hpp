// How a response is framed, and its status line and header as text. Pure functions.
//
// Whatever a handler puts into a header, the text has exactly the lines meant: a header with a name or value that
// could start another line is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/instant.hpp"
#include "ports/http.hpp"

namespace strongroom::web {

/// How the end of a response is found by the client (RFC 9112 6.3).
struct Framing {
  bool sends_body = true;               ///< false for HEAD, 204 and 304
  bool chunked = false;                 ///< with sends_body: in chunks
  bool keep_alive = true;               ///< the connection goes on afterwards
  std::optional<std::uint64_t> length;  ///< Content-Length
};

/// `keep_alive`: whether the connection may go on as far as the request is concerned.
[[nodiscard]] Framing frame_response(const HttpResponse& response, bool is_head, bool is_http_1_1, bool keep_alive);

/// Everything up to and including the empty line. `now` is for the Date header.
[[nodiscard]] std::string response_head(const HttpResponse& response, const Framing& framing, bool is_http_1_1,
                                        Instant now);

}  // namespace strongroom::web
