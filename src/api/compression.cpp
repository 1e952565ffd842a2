#include "api/compression.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/http_errors.hpp"
#include "base/gzip.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kWorthIt = 1024;
/// Digests, most of what is sent, hardly shrink further at higher levels.
constexpr int kLevel = 3;
constexpr std::size_t kPiece = 64 * limits::kKiB;

/// A weight in thousandths: `0.5`, `1`, `0.001`; nothing for another text (RFC 9110 12.4.2).
std::optional<int> weight_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  int unit = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

/// One element of `Accept-Encoding`. A weight that is none says no: plain text is never wrong.
struct Coding {
  std::string name;
  int weight = 1000;
};

Coding read_coding(std::string_view element) {
  const auto parts = split(element, ';');
  Coding coding{to_lower_ascii(trim_blanks(parts.front()))};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view parameter = trim_blanks(parts[i]);
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
      coding.weight = weight_of(parameter.substr(2)).value_or(0);
    }
  }
  return coding;
}

bool is_compressible(const HttpResponse& response) {
  const auto type = find_header(response.headers, "Content-Type");
  if (!type || find_header(response.headers, "Content-Encoding")) return false;
  const std::string media = to_lower_ascii(trim_blanks(type->substr(0, type->find(';'))));
  return media == kJson || media == kJsonLd || media == "text/turtle";
}

void weaken_tag(HttpResponse& response) {
  const auto tag = find_header(response.headers, "ETag");
  if (tag && !tag->starts_with("W/")) set_header(response, "ETag", "W/" + std::string(*tag));
}

class GzipBody final : public HttpBody {
 public:
  explicit GzipBody(std::shared_ptr<HttpBody> inner) : inner_(std::move(inner)) {}

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    const std::size_t before = out.size();
    while (!ended_ && out.size() == before) {
      plain_.clear();
      TRY(const Pull pulled, inner_->pull(plain_, kPiece));
      ended_ = pulled == Pull::end;
      TRY_VOID(gzip_.add(plain_, out));
      if (ended_) {
        TRY_VOID(gzip_.end(out));
      }
      if (pulled == Pull::not_yet) return Pull::not_yet;
    }
    return ended_ ? Pull::end : Pull::bytes;
  }

  void on_ready(std::function<void()> wake) override { inner_->on_ready(std::move(wake)); }

 private:
  std::shared_ptr<HttpBody> inner_;
  GzipWriter gzip_{kLevel};
  std::string plain_;
  bool ended_ = false;
};

}  // namespace

bool accepts_gzip(const HttpHeaders& request_headers) {
  std::optional<int> gzip;
  std::optional<int> any;
  int identity = 0;
  for (const auto& [name, value] : request_headers) {
    if (to_lower_ascii(name) != "accept-encoding") continue;
    for (const std::string_view element : split(value, ',')) {
      const Coding coding = read_coding(element);
      if (coding.name == "gzip" || coding.name == "x-gzip") gzip = std::max(gzip.value_or(0), coding.weight);
      if (coding.name == "*") any = coding.weight;
      if (coding.name == "identity") identity = coding.weight;
    }
  }
  const int weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= identity;
}

void compress(HttpResponse& response, const HttpHeaders& request_headers) {
  const bool not_modified = response.status == 304 && find_header(response.headers, "ETag");
  if (!not_modified && !is_compressible(response)) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!accepts_gzip(request_headers)) return;
  if (not_modified) return weaken_tag(response);
  if (response.body) {
    if (response.length && *response.length <= kWorthIt) return;
    response.body = std::make_shared<GzipBody>(std::move(response.body));
    response.length.reset();
  } else {
    if (response.text.size() <= kWorthIt) return;
    std::string packed;
    GzipWriter gzip(kLevel);
    if (!gzip.add(response.text, packed) || !gzip.end(packed)) return;
    response.text = std::move(packed);
  }
  response.headers.emplace_back("Content-Encoding", "gzip");
  weaken_tag(response);
}

}  // namespace strongroom::api
