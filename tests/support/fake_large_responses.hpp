// ports/large_responses.hpp in memory: what is kept, by URL, and everything that can go wrong with it.
//
// Believes nothing: content that is not what it is said to be is refused. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "ports/large_responses.hpp"

namespace strongroom::test {

class FakeLargeResponses final : public LargeResponses {
 public:
  struct Kept {
    std::string bytes;
    std::string media_type;
  };
  std::map<std::string, Kept> kept;  ///< by URL
  std::size_t asked = 0;
  std::size_t written = 0;
  std::optional<Error> fails;       ///< every call with this
  std::function<void()> meanwhile;  ///< happens in every call, before anything is read

  Result<std::string> keep(const LargeResponse& response, const ContentOpener& open) override {
    ++asked;
    if (meanwhile) meanwhile();
    if (fails) return *fails;
    const std::string url = "https://elsewhere.test/" + response.spec.sha256.hex() + "?signature=x";
    if (!kept.contains(url)) {
      TRY(const auto content, open());
      TRY(std::string bytes, read_all(*content, std::size_t{1} << 30));
      if (bytes.size() != response.spec.size || digest_of(Algorithm::sha256, bytes) != response.spec.sha256) {
        return broken("the content is not what it was said to be", url, Reason::corrupt);
      }
      kept[url].bytes = std::move(bytes);
      ++written;
    }
    kept[url].media_type = response.media_type;
    return url;
  }
};

}  // namespace strongroom::test
