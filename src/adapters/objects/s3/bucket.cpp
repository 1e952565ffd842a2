#include "adapters/objects/s3/bucket.hpp"

#include <optional>

#include "adapters/objects/remote/persist.hpp"
#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

/// Of what a provider says, in texts of errors.
constexpr std::size_t kMessageMax = 300;

/// What an answer says beside its status.
struct Complaint {
  std::string code;
  std::string message;
  std::string region;
};

Complaint complaint_of(const WebAnswer& answer) {
  const std::optional<cloud::XmlElement> root = cloud::parse_xml(answer.body);
  if (!root || root->name != "Error") return {};
  return {root->text_of("Code"), one_line(root->text_of("Message").substr(0, kMessageMax)), root->text_of("Region")};
}

bool is_worth_repeating(int status, const std::string& code) {
  return status >= 500 ? status != 501
                       : status == 429 || status == 408 || code == "RequestTimeout" || code == "SlowDown" ||
                             code == "InternalError" || code == "ServiceUnavailable" ||
                             code == "ConditionalRequestConflict" || code == "OperationAborted";
}

Error error_of(int status, const Complaint& complaint, const Call& call) {
  const std::string& code = complaint.code;
  const std::string what = "S3 answered " + std::to_string(status) + (code.empty() ? "" : " " + code) +
                           (complaint.message.empty() ? "" : ": " + complaint.message);
  if (code == "NoSuchBucket") return temporary(what, call.key, Reason::no_container);
  // A delete marker is no object: what is asked of it by its version is not allowed.
  const bool is_marker = status == 405 && (call.method == "HEAD" || call.method == "GET");
  if (status == 404 || is_marker) return temporary(what, call.key, Reason::not_found);
  if (code == "InvalidObjectState") return broken(what, call.key, Reason::archived);
  if (code == "RestoreAlreadyInProgress") return temporary(what, call.key, Reason::already_exists);
  if (status == 401 || status == 403) return temporary(what, call.key, Reason::forbidden);
  if (status == 412) return temporary(what, call.key, Reason::conflict);
  if (status == 416) return broken(what, call.key, Reason::truncated);
  if (status == 501 || code == "AccessControlListNotSupported") return broken(what, call.key, Reason::unsupported);
  // What was sent was checked before it was sent to its end: only the way can have changed it.
  if (code == "XAmzContentSHA256Mismatch" || code == "BadDigest") return temporary(what, call.key, Reason::corrupt);
  if (status >= 500 || is_worth_repeating(status, code)) return temporary(what, call.key);
  return broken(what, call.key);
}

}  // namespace

/// What has been changed for the sake of one call; each thing once.
struct Bucket::Repeats {
  bool region = false;
  bool clock = false;
  bool keys = false;
};

Bucket::Bucket(BucketAddress address, const BucketNeeds& needs)
    : address_(std::move(address)), needs_(needs), region_(address_.region) {}

Bucket::Target Bucket::target_of(const std::string& key) {
  Target target;
  {
    const std::scoped_lock lock(mutex_);
    target.region = region_;
  }
  const std::string endpoint =
      address_.endpoint.empty() ? "https://s3." + target.region + ".amazonaws.com" : address_.endpoint;
  const std::size_t colon = endpoint.find("://");
  target.scheme = endpoint.substr(0, colon);
  target.host = endpoint.substr(colon + 3);
  target.path = "/" + percent_encode(key, "/");
  if (address_.addressing == Addressing::by_host) {
    target.host = address_.bucket + "." + target.host;
  } else {
    target.path = "/" + address_.bucket + (key.empty() ? "" : target.path);
  }
  return target;
}

Result<WebRequest> Bucket::signed_request(const Call& call, const cloud::AwsKeys& keys) {
  const Target target = target_of(call.key);
  cloud::AwsRequest plain{call.method, target.host, target.path, call.query, call.headers, ""};
  if (call.content != nullptr) {
    plain.sha256 = call.spec->sha256.hex();
  } else if (call.body_sha256) {
    plain.sha256 = call.body_sha256->hex();
  } else {
    plain.sha256 = call.body.empty() ? cloud::empty_sha256() : digest_of(Algorithm::sha256, call.body).hex();
  }
  WebRequest request;
  request.method = call.method;
  const std::string query = cloud::canonical_query(call.query);
  request.url = target.scheme + "://" + target.host + target.path + (query.empty() ? "" : "?" + query);
  request.headers = cloud::sign(plain, keys, {target.region, "s3"}, provider_time());
  return request;
}

Result<WebAnswer> Bucket::persist(const Call& call, std::unique_ptr<WebDownload>* download) {
  Repeats repeats;
  cloud::AwsKeys keys;
  remote::Ask ask;
  ask.make = [&]() -> Result<WebRequest> {
    TRY(keys, needs_.keyring.keys());
    return signed_request(call, keys);
  };
  ask.judge = [&](const WebAnswer& answer) {
    const Complaint complaint = complaint_of(answer);
    remote::Verdict verdict{remote::Verdict::Next::give_up, remote::asked_pause(answer), {}};
    if (mend(answer, complaint.code, complaint.region, keys, repeats)) {
      verdict.next = remote::Verdict::Next::at_once;
    } else if (is_worth_repeating(answer.status, complaint.code)) {
      verdict.next = remote::Verdict::Next::later;
    }
    verdict.error = error_of(answer.status, complaint, call);
    return verdict;
  };
  ask.body = call.body;
  ask.content = call.content;
  ask.spec = call.spec;
  ask.key = call.key;
  return remote::persist(needs_.web, attempts(), ask, download);
}

bool Bucket::mend(const WebAnswer& answer, const std::string& code, std::string region, const cloud::AwsKeys& used,
                  Repeats& repeats) {
  if (region.empty()) region = answer.header("x-amz-bucket-region");
  if (!region.empty() && !repeats.region && move_to(region)) {
    repeats.region = true;
    return true;
  }
  if (code == "RequestTimeTooSkewed" && !repeats.clock) {
    if (!parse_http_date(answer.header("Date"))) return false;
    skew_ = ahead(answer).count();
    repeats.clock = true;
    return true;
  }
  // The answer to a HEAD has no body that could tell.
  const bool may_have_ended =
      code == "ExpiredToken" || code == "TokenRefreshRequired" ||
      (code.empty() && !used.session_token.empty() && (answer.status == 400 || answer.status == 403));
  if (may_have_ended && !repeats.keys) {
    needs_.keyring.distrust(used);
    repeats.keys = true;
    return true;
  }
  return false;
}

Duration Bucket::ahead(const WebAnswer& answer) const {
  const std::optional<Instant> theirs = parse_http_date(answer.header("Date"));
  return theirs ? *theirs - needs_.clock.now() : Duration::zero();
}

bool Bucket::move_to(const std::string& region) {
  const std::scoped_lock lock(mutex_);
  if (region == region_) return false;
  region_ = region;
  return true;
}

Result<WebAnswer> Bucket::carry_out(const Call& call) { return persist(call, nullptr); }

Result<cloud::XmlElement> Bucket::ask(const Call& call) {
  cloud::Attempts attempts = this->attempts();
  for (;;) {
    TRY(const WebAnswer answer, carry_out(call));
    std::optional<cloud::XmlElement> root = cloud::parse_xml(answer.body);
    if (root && root->name != "Error") return std::move(*root);
    // 200 is sent before the work is done: what comes of it stands in the body, or nothing does.
    const Complaint complaint = complaint_of(answer);
    const bool again = !root || is_worth_repeating(500, complaint.code);
    if (again && attempts.again()) continue;
    if (!root) return temporary("S3's answer cannot be understood", call.key, Reason::corrupt);
    return error_of(500, complaint, call);
  }
}

Result<std::unique_ptr<WebDownload>> Bucket::download(const Call& call) {
  std::unique_ptr<WebDownload> download;
  TRY_VOID(persist(call, &download));
  return download;
}

void Bucket::abort_upload(const std::string& key, const std::string& upload) {
  const Call call{"DELETE", key, {{"uploadId", upload}}};
  [[maybe_unused]] const auto aborted = carry_out(call);
}

Result<std::string> Bucket::presigned_url(const std::string& key, std::chrono::seconds valid,
                                          const cloud::QueryMembers& query) {
  TRY(const cloud::AwsKeys keys, needs_.keyring.keys());
  const Target target = target_of(key);
  const cloud::AwsRequest plain{"GET", target.host, target.path, query, {}, ""};
  return target.scheme + "://" + target.host + target.path + "?" +
         cloud::presign(plain, keys, {target.region, "s3"}, provider_time(), valid);
}

}  // namespace strongroom::s3
