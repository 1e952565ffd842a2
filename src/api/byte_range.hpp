// The header `Range` (RFC 9110 14): which part of a file a request is for. Pure.
// Private to the API; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "ports/http.hpp"

namespace strongroom::api {

struct RangeRequest {
  enum class Kind : std::uint8_t {
    whole,          ///< none, several, another unit, or no range at all: the whole file
    part,           ///< one range, which the file has at least the first byte of
    unsatisfiable,  ///< one range behind the file's end
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

/// `tag` is the file's present ETag: with an `If-Range` that names another one, or a date, the whole file is meant.
[[nodiscard]] RangeRequest range_of(const HttpHeaders& headers, std::uint64_t size, std::string_view tag);

}  // namespace strongroom::api
