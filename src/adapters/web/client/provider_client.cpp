#include "adapters/web/client/provider_client.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "adapters/web/client/curl_common.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::web {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kNoProgressSeconds = 60;
constexpr int kPollMilliseconds = 1000;
constexpr long kPieceSize = 256L << 10;
constexpr std::size_t kAnswerMax = 64 * limits::kMiB;
constexpr std::uint64_t kAsksFirst = limits::kMiB;
/// More connections at rest than this are closed.
constexpr std::size_t kAtRestMax = 64;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;

/// Without credentials and query.
std::string place_of(const std::string& url) {
  const UrlHandle parsed = parse_url(url);
  if (!parsed) return "an address that is none";
  const std::string port = url_part(parsed.get(), CURLUPART_PORT);
  return url_part(parsed.get(), CURLUPART_SCHEME) + "://" + url_part(parsed.get(), CURLUPART_HOST) +
         (port.empty() ? "" : ":" + port);
}

Error no_answer(CURLcode code, const std::string& url, const char* detail) {
  const std::string place = place_of(url);
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return broken("the file of trusted authorities cannot be read: check caFile", place, Reason::forbidden);
  }
  const std::string why = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      return temporary("the connection broke off: " + why, place, Reason::truncated);
    default:
      return temporary((is_tls_error(code) ? "no trusted TLS connection: " : "no answer: ") + why, place);
  }
}

}  // namespace

/// One connection and what goes over it, one exchange at a time. The answer's body is written into whatever the caller
/// offers, and the rest of a piece kept until the next offer.
class ProviderClient::Lane {
 public:
  Lane(const std::string& ca_file, const CallEnd* call_end)
      : easy_(make_easy_handle()), multi_(curl_multi_init()), call_end_(call_end) {
    CHECK(multi_ != nullptr);
    CURL* curl = easy_.get();
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kNoProgressSeconds);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kPieceSize);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, kPieceSize);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail_);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Lane::on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Lane::on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Lane::on_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &Lane::on_rewind);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &Lane::on_connected);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, this);
    if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  }
  ~Lane() { end(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Sends the request, and returns when the head of the answer is there. end() must follow, whatever comes of it.
  Result<void> begin(const WebRequest& request) {
    answer_ = {};
    spilled_.clear();
    offered_ = {};
    filled_ = 0;
    error_.reset();
    finished_.reset();
    sent_ = 0;
    request_ = &request;
    is_head_complete_ = false;
    awaits_head_ = true;
    was_connected_ = false;
    url_ = request.url;
    detail_[0] = '\0';
    set_request(request);
    attached_ = curl_multi_add_handle(multi_.get(), easy_.get()) == CURLM_OK;
    CHECK(attached_);
    while (!finished_ && !head_is_there()) TRY_VOID(drive());
    awaits_head_ = false;
    if (finished_ && *finished_ != CURLE_OK) return failure();
    return {};
  }

  [[nodiscard]] WebAnswer& answer() { return answer_; }

  /// Of an exchange that failed.
  [[nodiscard]] WebTrace trace() const { return {was_connected_, finished_ && is_tls_error(*finished_)}; }

  /// The next bytes of the body; 0 at its end.
  Result<std::size_t> read(ByteSpan into) {
    if (!spilled_.empty()) {
      const std::size_t n = std::min(into.size(), spilled_.size());
      std::memcpy(into.data(), spilled_.data(), n);
      spilled_.erase(0, n);
      return n;
    }
    offered_ = into;
    filled_ = 0;
    if (is_paused_) {
      is_paused_ = false;
      curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    }
    Result<void> driven;
    while (driven && filled_ == 0 && !finished_) driven = drive();
    offered_ = {};
    if (!driven) return std::move(driven).error();
    if (filled_ == 0 && *finished_ != CURLE_OK) return failure();
    return std::exchange(filled_, 0);
  }

  /// Everything that is still to come, as text.
  Result<std::string> read_rest() {
    std::string text;
    std::string piece(static_cast<std::size_t>(kPieceSize), '\0');
    for (;;) {
      TRY(const std::size_t n, read(std::as_writable_bytes(std::span<char>(piece.data(), piece.size()))));
      if (n == 0) return text;
      text.append(piece, 0, n);
      if (text.size() > kAnswerMax) return broken("the answer is too long", place_of(url_), Reason::limit);
    }
  }

  /// The lane is ready for the next exchange; a connection with something still on it is closed.
  void end() {
    if (attached_) curl_multi_remove_handle(multi_.get(), easy_.get());
    attached_ = false;
    is_paused_ = false;
    request_ = nullptr;
  }

 private:
  static std::uint64_t size_of(const WebRequest& request) {
    return request.source != nullptr ? request.size : request.body.size();
  }

  void set_request(const WebRequest& request) {
    CURL* curl = easy_.get();
    headers_ = curl_headers(request.headers, false);
    for (const char* own : {"Accept", "User-Agent", "Content-Type"}) {
      if (!find_header(request.headers, own)) append(headers_, std::string(own) + ":");
    }
    // Asking first saves the body where a condition does not hold, and costs a round trip: worth it for a large one.
    if (size_of(request) < kAsksFirst) append(headers_, "Expect:");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds_of(request.timeout));
    // libcurl sends anew, by itself, what got no answer over a connection from an earlier exchange.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request.is_once ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, nullptr);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_NOBODY, request.method == "HEAD" ? 1L : 0L);
    if (request.source != nullptr || request.method == "PUT") {
      curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size_of(request)));
    } else if (request.method == "POST") {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method != "HEAD") curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
  }

  /// The head counts as there when its last line was read and it is no interim answer.
  [[nodiscard]] bool head_is_there() const { return is_head_complete_ && answer_.status >= 200; }

  Result<void> drive() {
    if (call_end_ != nullptr && call_end_->has_come()) {
      return temporary("the program is being stopped: no answer was waited for", place_of(url_), Reason::stopped);
    }
    int running = 0;
    CURLMcode code = curl_multi_perform(multi_.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE) finished_ = message->data.result;
    }
    const bool is_enough = filled_ > 0 || (awaits_head_ && head_is_there());
    if (code == CURLM_OK && !finished_ && !is_enough) {
      code = curl_multi_poll(multi_.get(), nullptr, 0, kPollMilliseconds, nullptr);
    }
    if (code != CURLM_OK) return broken(std::string("libcurl failed: ") + curl_multi_strerror(code), place_of(url_));
    return {};
  }

  /// Zero means to libcurl what it means here; more than nothing never becomes zero.
  static long milliseconds_of(Duration timeout) {
    return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count());
  }

  [[nodiscard]] Error failure() {
    if (error_) return *error_;
    return no_answer(*finished_, url_, detail_);
  }

  /// Before anything of a request is sent, over whichever connection; again when it is sent over another one.
  static int on_connected(void* user, char* /*to*/, char* /*from*/, int /*to_port*/, int /*from_port*/) {
    static_cast<Lane*>(user)->was_connected_ = true;
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& lane = *static_cast<Lane*>(user);
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) {
      lane.answer_.headers.clear();
      lane.is_head_complete_ = false;
      long status = 0;
      curl_easy_getinfo(lane.easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      lane.answer_.status = static_cast<int>(status);
    } else if (line == "\r\n" || line == "\n") {
      lane.is_head_complete_ = true;
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      while (value.ends_with('\r') || value.ends_with('\n')) value.remove_suffix(1);
      lane.answer_.headers.emplace_back(line.substr(0, colon), trim_blanks(value));
    }
    return size * count;
  }

  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& lane = *static_cast<Lane*>(user);
    const std::size_t n = size * count;
    const std::size_t room = lane.offered_.size() - lane.filled_;
    if (room == 0) {
      lane.is_paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    const std::size_t fits = std::min(room, n);
    std::memcpy(lane.offered_.data() + lane.filled_, bytes, fits);
    lane.filled_ += fits;
    lane.spilled_.append(bytes + fits, n - fits);
    return n;
  }

  static std::size_t on_upload(char* into, std::size_t size, std::size_t count, void* user) {
    auto& lane = *static_cast<Lane*>(user);
    if (lane.request_ == nullptr) return CURL_READFUNC_ABORT;
    const WebRequest& request = *lane.request_;
    const std::uint64_t whole = size_of(request);
    if (whole == 0) return 0;
    if (lane.sent_ == whole) {
      // All was given, and libcurl begins anew, over another connection, because the first was closed without an
      // answer.
      if (request.source != nullptr) return CURL_READFUNC_ABORT;
      lane.sent_ = 0;
    }
    if (request.source == nullptr) {
      const std::size_t n = request.body.copy(into, size * count, lane.sent_);
      lane.sent_ += n;
      return n;
    }
    const std::uint64_t left = whole - lane.sent_;
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(left, size * count));
    Result<std::size_t> got = request.source->read(std::as_writable_bytes(std::span<char>(into, room)));
    if (got && *got > 0) {
      lane.sent_ += *got;
      return *got;
    }
    lane.error_ =
        got ? broken("the content ended too early", place_of(request.url), Reason::truncated) : std::move(got).error();
    return CURL_READFUNC_ABORT;
  }

  /// A connection from an earlier exchange may turn out to be closed: the request then goes over a new one.
  static int on_rewind(void* user, curl_off_t offset, int origin) {
    auto& lane = *static_cast<Lane*>(user);
    if (lane.request_ == nullptr || offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
    if (lane.request_->source != nullptr && lane.sent_ > 0) return CURL_SEEKFUNC_FAIL;
    lane.sent_ = 0;
    return CURL_SEEKFUNC_OK;
  }

  char detail_[CURL_ERROR_SIZE] = {};
  // The multi handle is to go first: it still knows the easy one.
  EasyHandle easy_;
  MultiHandle multi_;
  const CallEnd* const call_end_;
  Slist headers_;
  const WebRequest* request_ = nullptr;
  std::string url_;
  std::uint64_t sent_ = 0;
  WebAnswer answer_;
  bool awaits_head_ = false;
  bool was_connected_ = false;
  bool is_head_complete_ = false;
  bool is_paused_ = false;
  bool attached_ = false;
  std::optional<CURLcode> finished_;
  std::optional<Error> error_;  ///< of the source
  ByteSpan offered_;
  std::size_t filled_ = 0;
  std::string spilled_;
};

class ProviderClient::Lanes {
 public:
  Lanes(std::string ca_file, const CallEnd* end) : ca_file_(std::move(ca_file)), end_(end) {}

  std::unique_ptr<Lane> take() {
    {
      const std::scoped_lock lock(mutex_);
      if (!at_rest_.empty()) {
        std::unique_ptr<Lane> lane = std::move(at_rest_.back());
        at_rest_.pop_back();
        return lane;
      }
    }
    return std::make_unique<Lane>(ca_file_, end_);
  }
  void give_back(std::unique_ptr<Lane> lane) {
    lane->end();
    const std::scoped_lock lock(mutex_);
    if (at_rest_.size() < kAtRestMax) at_rest_.push_back(std::move(lane));
  }

 private:
  const std::string ca_file_;
  const CallEnd* const end_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> at_rest_;
};

class ProviderClient::Download final : public WebDownload {
 public:
  Download(std::shared_ptr<Lanes> lanes, std::unique_ptr<Lane> lane)
      : lanes_(std::move(lanes)), lane_(std::move(lane)) {}
  ~Download() override { lanes_->give_back(std::move(lane_)); }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  [[nodiscard]] const WebAnswer& answer() const override { return lane_->answer(); }
  Result<std::size_t> read(ByteSpan into) override { return lane_->read(into); }

 private:
  std::shared_ptr<Lanes> lanes_;
  std::unique_ptr<Lane> lane_;
};

ProviderClient::ProviderClient(std::string ca_file, const CallEnd* end)
    : lanes_(std::make_shared<Lanes>(std::move(ca_file), end)) {}
ProviderClient::~ProviderClient() = default;

Result<WebAnswer> ProviderClient::exchange(const WebRequest& request) {
  std::unique_ptr<Lane> lane = lanes_->take();
  const auto carry_out = [&]() -> Result<WebAnswer> {
    TRY_VOID(lane->begin(request));
    TRY(lane->answer().body, lane->read_rest());
    return std::move(lane->answer());
  };
  Result<WebAnswer> answer = carry_out();
  if (!answer && request.trace != nullptr) *request.trace = lane->trace();
  lanes_->give_back(std::move(lane));
  return answer;
}

Result<std::unique_ptr<WebDownload>> ProviderClient::download(const WebRequest& request) {
  std::unique_ptr<Lane> lane = lanes_->take();
  Result<void> begun = lane->begin(request);
  if (begun && !lane->answer().succeeded()) {
    Result<std::string> text = lane->read_rest();
    if (text) lane->answer().body = std::move(*text);
    if (!text) begun = std::move(text).error();
  }
  if (!begun) {
    if (request.trace != nullptr) *request.trace = lane->trace();
    lanes_->give_back(std::move(lane));
    return std::move(begun).error();
  }
  return std::unique_ptr<WebDownload>(std::make_unique<Download>(lanes_, std::move(lane)));
}

}  // namespace strongroom::web
