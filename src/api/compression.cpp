#include "api/compression.hpp"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "api/http_errors.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::api {
namespace {

constexpr std::size_t kWorthIt = 1024;
/// Digests, most of what is sent, hardly shrink further at higher levels.
constexpr int kLevel = 3;
constexpr std::size_t kPiece = 64 * limits::kKiB;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

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
  Coding coding{to_lower_ascii(trimmed(parts.front()))};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view parameter = trimmed(parts[i]);
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
      coding.weight = weight_of(parameter.substr(2)).value_or(0);
    }
  }
  return coding;
}

bool is_compressible(const HttpResponse& response) {
  const auto type = find_header(response.headers, "Content-Type");
  if (!type || find_header(response.headers, "Content-Encoding")) return false;
  const std::string media = to_lower_ascii(trimmed(type->substr(0, type->find(';'))));
  return media == kJson || media == kJsonLd || media == "text/turtle";
}

void weaken_tag(HttpResponse& response) {
  const auto tag = find_header(response.headers, "ETag");
  if (tag && !tag->starts_with("W/")) set_header(response, "ETag", "W/" + std::string(*tag));
}

/// zlib's side of one gzip stream.
class Deflater {
 public:
  Deflater() { good_ = deflateInit2(&stream_, kLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK; }
  ~Deflater() {
    if (good_) deflateEnd(&stream_);
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Takes all of `text`; appends what comes out. `last`: the stream ends here. False when zlib gives no memory.
  bool take(std::string_view text, bool last, std::string& out) {
    if (!good_) return false;
    stream_.next_in = reinterpret_cast<const Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      const std::size_t before = out.size();
      out.resize(before + kPiece / 4);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream_.avail_out = static_cast<uInt>(kPiece / 4);
      deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return true;
  }

 private:
  z_stream stream_{};
  bool good_ = false;
};

class GzipBody final : public HttpBody {
 public:
  explicit GzipBody(std::shared_ptr<HttpBody> inner) : inner_(std::move(inner)) {}

  Result<Pull> pull(std::string& out, std::size_t /*max*/) override {
    const std::size_t before = out.size();
    while (!ended_ && out.size() == before) {
      plain_.clear();
      TRY(const Pull pulled, inner_->pull(plain_, kPiece));
      ended_ = pulled == Pull::end;
      if (!deflater_.take(plain_, ended_, out)) return broken("there is no memory to compress an answer");
      if (pulled == Pull::not_yet) return Pull::not_yet;
    }
    return ended_ ? Pull::end : Pull::bytes;
  }

  void on_ready(std::function<void()> wake) override { inner_->on_ready(std::move(wake)); }

 private:
  std::shared_ptr<HttpBody> inner_;
  Deflater deflater_;
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
    if (!Deflater().take(response.text, true, packed)) return;
    response.text = std::move(packed);
  }
  response.headers.emplace_back("Content-Encoding", "gzip");
  weaken_tag(response);
}

}  // namespace strongroom::api
