// One call to a provider, made until it succeeds, is refused, or patience ends.
//
// How a request is signed and what an answer means is the provider's affair; when to open content again, and when to
// ask again, is here. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/cloud/patience.hpp"
#include "ports/object_store.hpp"
#include "ports/web_client.hpp"

namespace strongroom::remote {

/// What is to be done about an answer that is no success.
struct Verdict {
  enum class Next : std::uint8_t { give_up, later, at_once };
  Next next = Next::give_up;
  Duration pause{};  ///< as the provider asked, before a later attempt
  Error error;
};

struct Ask {
  std::function<Result<WebRequest>()> make;  ///< signed anew for each attempt
  std::function<Verdict(const WebAnswer&)> judge;
  /// The body, as far as it is at hand; outlives the call.
  std::string_view body{};
  /// Or its content, opened for each attempt and checked on its way.
  const ContentOpener* content = nullptr;
  const ObjectSpec* spec = nullptr;
  std::string key;
};

/// The successful answer. With `download` its body is read from there.
Result<WebAnswer> persist(WebClient& web, cloud::Attempts attempts, const Ask& ask,
                          std::unique_ptr<WebDownload>* download = nullptr);

/// The pause of a Retry-After header in seconds; none otherwise.
[[nodiscard]] Duration asked_pause(const WebAnswer& answer);

}  // namespace strongroom::remote
