#include "api/large_response.hpp"

#include "api/exchange.hpp"
#include "base/check.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kPiece = 64 * limits::kKiB;
/// For so long a client waits without having heard anything: proxies and clients give up after a minute.
constexpr Duration kPatience = std::chrono::seconds(45);

/// The bytes of a body, until the client has waited long enough.
class BodySource final : public ByteSource {
 public:
  BodySource(std::shared_ptr<HttpBody> body, Clock& clock, Duration until)
      : body_(std::move(body)), clock_(clock), until_(until) {}

  Result<std::size_t> read(ByteSpan into) override {
    while (at_ == piece_.size() && !ended_) {
      if (clock_.since_boot() > until_) return temporary("it takes longer than a client waits for an answer");
      piece_.clear();
      at_ = 0;
      TRY(const Pull pulled, body_->pull(piece_, kPiece));
      CHECK(pulled != Pull::not_yet);
      ended_ = pulled == Pull::end;
    }
    const std::size_t n = piece_.copy(reinterpret_cast<char*>(into.data()), into.size(), at_);
    at_ += n;
    return n;
  }

 private:
  std::shared_ptr<HttpBody> body_;
  Clock& clock_;
  const Duration until_;
  std::string piece_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

/// A turn that has begun.
class Turn {
 public:
  explicit Turn(LargeResponseTurns& turns) : turns_(turns) {}
  ~Turn() { turns_.end(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  LargeResponseTurns& turns_;
};

HttpResponse redirect_to(std::string url) {
  HttpResponse response;
  response.status = 307;
  response.headers.emplace_back("Location", std::move(url));
  // Whoever holds the URL may read: it is nothing to be left in a cache.
  response.headers.emplace_back("Cache-Control", "private, no-store");
  return response;
}

void count(const Service& service, std::string_view outcome) {
  service.needs.metrics.count(metric::kLargeResponses, {outcome});
}

void failed(const Call& call, const Error& error) {
  Service& service = call.service;
  service.large_responses.rest(service.needs.clock.since_boot());
  service.needs.log.write(LogLevel::warning, "large_response_not_kept",
                          {{"requestId", call.request_id.str()},
                           {"error", error.text()},
                           {"consequence", "answers are sent from here for a minute, whatever their length"}});
  count(service, "failed");
}

}  // namespace

std::optional<HttpResponse> redirection(const Call& call, std::uint64_t at_most, const BodyOpener& open) {
  Service& service = call.service;
  LargeResponses* elsewhere = service.needs.large_responses;
  const std::uint64_t above = service.config.redirect_above;
  // A URL is signed for one method, and HEAD has nothing to carry.
  if (elsewhere == nullptr || at_most <= above || call.head.method != "GET") return std::nullopt;
  Clock& clock = service.needs.clock;
  const LargeResponseTurns::Answer may = service.large_responses.begin(clock.since_boot());
  if (may != LargeResponseTurns::Answer::yes) {
    count(service, may == LargeResponseTurns::Answer::busy ? "busy" : "failed");
    return std::nullopt;
  }
  const Turn turn(service.large_responses);
  const Duration until = clock.since_boot() + kPatience;
  const ContentOpener content = [&]() -> Result<std::unique_ptr<ByteSource>> {
    TRY(auto body, open());
    return std::unique_ptr<ByteSource>(std::make_unique<BodySource>(std::move(body), clock, until));
  };
  const auto measured = [&]() -> Result<Measured> {
    TRY(const auto source, content());
    return measure(*source, Algorithm::sha256);
  }();
  if (!measured && clock.since_boot() > until) failed(call, measured.error());
  if (!measured || measured->size <= above) return std::nullopt;
  const ObjectSpec spec{measured->size, measured->digest};
  Result<std::string> url = elsewhere->keep({spec, std::string(json_type_for(call.head.headers))}, content);
  if (!url) {
    failed(call, url.error());
    return std::nullopt;
  }
  count(service, "redirected");
  return redirect_to(std::move(*url));
}

}  // namespace strongroom::api
