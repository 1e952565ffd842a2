#include "adapters/objects/remote/persist.hpp"

#include <algorithm>

#include "adapters/objects/remote/checked_content.hpp"
#include "base/text.hpp"

namespace strongroom::remote {
namespace {

/// Reads from a text of somebody else's: a part of a large object is not copied for each attempt.
class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(std::string_view text) : text_(text) {}
  Result<std::size_t> read(ByteSpan into) override {
    const std::size_t n = text_.copy(reinterpret_cast<char*>(into.data()), into.size());
    text_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view text_;
};

Result<WebAnswer> attempt(WebClient& web, const Ask& ask, bool& content_failed,
                          std::unique_ptr<WebDownload>* download) {
  TRY(WebRequest request, ask.make());
  if (download != nullptr) {
    TRY(*download, web.download(request));
    return (*download)->answer();
  }
  if (ask.content == nullptr) {
    ViewSource body(ask.body);
    if (!ask.body.empty()) request.source = &body;
    request.size = ask.body.size();
    return web.exchange(request);
  }
  content_failed = true;
  TRY(const auto content, CheckedContent::open(*ask.content, *ask.spec, ask.key));
  request.source = content.get();
  request.size = ask.spec->size;
  Result<WebAnswer> answer = web.exchange(request);
  content_failed = !content->state();
  return answer;
}

}  // namespace

Duration asked_pause(const WebAnswer& answer) {
  constexpr std::uint64_t kLongest = 3600;
  const auto seconds = parse_number(answer.header("Retry-After"));
  return std::chrono::seconds(seconds ? std::min(*seconds, kLongest) : 0);
}

Result<WebAnswer> persist(WebClient& web, cloud::Attempts attempts, const Ask& ask,
                          std::unique_ptr<WebDownload>* download) {
  for (;;) {
    bool content_failed = false;
    Result<WebAnswer> answer = attempt(web, ask, content_failed, download);
    if (!answer) {
      const bool is_lasting = answer.error().act != Act::temporary || answer.error().reason == Reason::stopped;
      if (content_failed || is_lasting || !attempts.again()) return answer;
      continue;
    }
    if (answer->succeeded()) return answer;
    if (download != nullptr) download->reset();
    Verdict verdict = ask.judge(*answer);
    if (verdict.next == Verdict::Next::at_once) continue;
    if (verdict.next == Verdict::Next::give_up || !attempts.again(verdict.pause)) return std::move(verdict.error);
  }
}

}  // namespace strongroom::remote
