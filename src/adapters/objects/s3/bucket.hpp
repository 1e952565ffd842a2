// One bucket of S3, or of a store that speaks its protocol: signed requests, tried again where that may help, and
// answers that are no success as Errors.
//
// What an answer means is read from its status and its code, never from its text. Trouble that time or an operator can
// mend is temporary, missing permission included (pipeline.md 2.4); whoever reads for a depositor says otherwise. All
// calls may come from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "adapters/cloud/aws_keyring.hpp"
#include "adapters/cloud/patience.hpp"
#include "adapters/cloud/xml.hpp"
#include "adapters/objects/remote/part_room.hpp"
#include "ports/object_store.hpp"
#include "ports/web_client.hpp"

namespace strongroom::s3 {

/// How a bucket is named in URLs.
enum class Addressing : std::uint8_t {
  by_path,  ///< `https://host/bucket/key`
  by_host,  ///< `https://bucket.host/key`
};

struct BucketAddress {
  std::string endpoint;  ///< `https://host` without a slash at its end; empty for that of AWS in `region`
  std::string region;
  std::string bucket;
  Addressing addressing = Addressing::by_path;
};

/// What a bucket needs of others; all of it outlives the bucket.
struct BucketNeeds {
  WebClient& web;
  cloud::AwsKeyring& keyring;
  Clock& clock;
  Entropy& entropy;
  remote::PartRoom& room;
  cloud::Patience patience{};
  std::stop_token stop{};  ///< nothing is tried again after it
};

struct Call {
  std::string method;
  std::string key;  ///< empty for the bucket itself
  cloud::QueryMembers query{};
  HttpHeaders headers{};
  std::string body{};
  std::optional<Digest> body_sha256{};  ///< where it is known already
  /// Instead of `body`: content that is opened for every attempt.
  const ContentOpener* content = nullptr;
  const ObjectSpec* spec = nullptr;  ///< of `content`
};

class Bucket {
 public:
  Bucket(BucketAddress address, const BucketNeeds& needs);

  /// Carries a request out; a success is an answer. Reasons of Errors: not_found, no_container, forbidden, archived,
  /// already_exists (a restore is under way), conflict (a condition did not hold: 412), truncated (a range beyond the
  /// end: 416), unsupported (501, and permissions that the bucket keeps none of), or as the content's own source fails.
  Result<WebAnswer> carry_out(const Call& call);
  /// The same of an answer whose body is XML: 200 with an error for a body is the error it tells of.
  Result<cloud::XmlElement> ask(const Call& call);
  /// A GET whose body is read as it comes.
  Result<std::unique_ptr<WebDownload>> download(const Call& call);

  /// Gives up an upload in parts. What this does not reach is for the bucket's lifecycle rule.
  void abort_upload(const std::string& key, const std::string& upload);

  /// A URL that gives the object to anybody who holds it, for so long, or until the keys end that sign it. `query` may
  /// say what the answer's headers are to be (`response-content-type`).
  Result<std::string> presigned_url(const std::string& key, std::chrono::seconds valid,
                                    const cloud::QueryMembers& query = {});

  [[nodiscard]] const std::string& name() const { return address_.bucket; }
  [[nodiscard]] remote::PartRoom& room() const { return needs_.room; }
  [[nodiscard]] cloud::Attempts attempts() const {
    return {needs_.patience, needs_.clock, needs_.entropy, needs_.stop};
  }
  /// How far the provider's clock was ahead of this machine's when it sent the answer.
  [[nodiscard]] Duration ahead(const WebAnswer& answer) const;

 private:
  struct Target {
    std::string scheme;
    std::string host;
    std::string path;
    std::string region;
  };
  struct Repeats;

  [[nodiscard]] Target target_of(const std::string& key);
  [[nodiscard]] Instant provider_time() const { return needs_.clock.now() + Duration(skew_.load()); }
  Result<WebRequest> signed_request(const Call& call, const cloud::AwsKeys& keys);
  Result<WebAnswer> persist(const Call& call, std::unique_ptr<WebDownload>* download);
  /// What the answer itself asks to be changed, changed: true when it is worth asking again at once.
  bool mend(const WebAnswer& answer, const std::string& code, std::string region, const cloud::AwsKeys& used,
            Repeats& repeats);
  bool move_to(const std::string& region);

  const BucketAddress address_;
  const BucketNeeds needs_;
  std::mutex mutex_;
  std::string region_;  ///< as the provider has corrected it
  std::atomic<Duration::rep> skew_{0};
};

}  // namespace strongroom::s3
