// Long answers that somebody else gives: bytes kept where a URL gives them to anybody who holds it (http-api.md 5.2).
//
// Nothing archival is there: whoever keeps them may drop them once all their URLs have ended. All calls may come from
// any thread, and block.
#pragma once

#include <chrono>
#include <string>

#include "ports/object_store.hpp"

namespace strongroom {

struct LargeResponse {
  ObjectSpec spec;
  std::string media_type;  ///< what their reader is told they are
};

class LargeResponses {
 public:
  /// From when it is given on, for so long a URL gives the bytes.
  static constexpr std::chrono::hours kValid{24};

  virtual ~LargeResponses() = default;
  /// A URL of the bytes, which are written unless they are kept already: `open` is then not called. A failing content
  /// gives its own Error.
  virtual Result<std::string> keep(const LargeResponse& response, const ContentOpener& open) = 0;
};

}  // namespace strongroom
