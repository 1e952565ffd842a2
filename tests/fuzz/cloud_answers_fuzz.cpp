// Fuzz target: any bytes as the answers of storage providers. Nothing they say may break us; a list never has keys
// that were not asked for; and bytes that are read are never more than were asked for, nor fewer without an error.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/objects/azure/store.hpp"
#include "adapters/objects/s3/store.hpp"

namespace {

using namespace strongroom;

constexpr std::size_t kLimit = 50;
constexpr std::uint64_t kLength = 20;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Answers taken from the input, one after the other: a byte for the status, a line for each header, an empty line, and
/// the body up to a zero byte.
class FuzzedWeb final : public WebClient {
 public:
  explicit FuzzedWeb(std::string_view input) : input_(input) {}

  Result<WebAnswer> exchange(const WebRequest& request) override {
    if (input_.empty()) return temporary("nothing more");
    if (request.source != nullptr) {
      std::vector<std::byte> piece(1000);
      for (;;) {
        TRY(const std::size_t n, request.source->read(piece));
        if (n == 0) break;
      }
    }
    constexpr int kStatuses[] = {200, 206, 204, 301, 307, 400, 403, 404, 409, 412, 416, 429, 500, 501, 503};
    WebAnswer answer;
    answer.status = kStatuses[static_cast<unsigned char>(take(1).front()) % std::size(kStatuses)];
    for (;;) {
      const std::string_view line = take_to('\n');
      if (line.empty()) break;
      const std::size_t colon = line.find(':');
      if (colon != std::string_view::npos) answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
    answer.body = std::string(take_to('\0'));
    return answer;
  }
  Result<std::unique_ptr<WebDownload>> download(const WebRequest& request) override {
    TRY(WebAnswer answer, exchange(request));
    return std::unique_ptr<WebDownload>(std::make_unique<Download>(std::move(answer)));
  }

 private:
  class Download final : public WebDownload {
   public:
    explicit Download(WebAnswer answer) : answer_(std::move(answer)), body_(answer_.body) {}
    [[nodiscard]] const WebAnswer& answer() const override { return answer_; }
    Result<std::size_t> read(ByteSpan into) override { return body_.read(into); }

   private:
    WebAnswer answer_;
    TextSource body_;
  };

  std::string_view take(std::size_t count) {
    const std::string_view taken = input_.substr(0, count);
    input_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view take_to(char end) {
    const std::string_view taken = take(input_.find(end));
    if (!input_.empty()) input_.remove_prefix(1);
    return taken;
  }

  std::string_view input_;
};

class StillClock final : public Clock {
 public:
  Instant now() override { return instant_of(1'700'000'000'000'000); }
  Duration since_boot() override { return {}; }
  bool wait_until(Duration, std::stop_token) override { return true; }
};

class NoEntropy final : public Entropy {
 public:
  void fill(ByteSpan bytes) override { std::fill(bytes.begin(), bytes.end(), std::byte{7}); }
};

std::optional<std::string> variable(const std::string& name) {
  // Twelve bytes in base64 serve as Azure's key, too.
  return name.find("KEY") != std::string::npos ? std::optional<std::string>("a2V5a2V5a2V5") : std::nullopt;
}

void drive(ObjectStore& store) {
  if (const auto listed = store.list("p/", "", kLimit)) {
    require(listed->size() <= kLimit);
  }
  if (const auto source = store.get("p/k", {3, kLength})) {
    const auto read = read_all(**source, kLength);
    require(!read || read->size() == kLength);
  }
  [[maybe_unused]] const auto info = store.stat("p/k");
  const std::string content(3000, 'x');
  const auto open = [&content]() -> Result<std::unique_ptr<ByteSource>> {
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(content));
  };
  [[maybe_unused]] const auto put = store.put("p/k", {content.size(), digest_of(Algorithm::sha256, content)}, open);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  StillClock clock;
  NoEntropy entropy;
  remote::PartRoom room(1000);
  const cloud::Patience patience{2, {}, {}};
  {
    FuzzedWeb web(input);
    cloud::AwsKeyring keyring({"", "", "r"}, variable, web, clock);
    s3::S3Store store(std::make_unique<s3::Bucket>(s3::BucketAddress{"http://h", "r", "b", s3::Addressing::by_path},
                                                   s3::BucketNeeds{web, keyring, clock, entropy, room, patience}),
                      {"arch/", "", s3::CreateOnly::by_condition, 1000});
    drive(store);
    [[maybe_unused]] const auto cleaned = store.clean_up("p/", 1001);
  }
  FuzzedWeb web(input);
  cloud::AzureKeyring keyring("", variable, web, clock);
  azure::AzureStore store(
      std::make_unique<azure::Container>(azure::ContainerAddress{"http://h/a", "a", "c"},
                                         azure::ContainerNeeds{web, keyring, clock, entropy, room, patience}),
      {"arch/", "Cool", 1000});
  drive(store);
  return 0;
}
