#include "adapters/objects/s3/store.hpp"

#include <algorithm>

#include "adapters/objects/remote/read_object.hpp"
#include "adapters/objects/remote/stored_bytes.hpp"
#include "adapters/objects/s3/object_list.hpp"
#include "adapters/objects/s3/parted_put.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

using remote::about;

bool is_absent(const Error& error) { return error.reason == Reason::not_found; }

}  // namespace

Result<WebAnswer> S3Store::ask_for(const std::string& key, const cloud::QueryMembers& part) {
  Call call{"HEAD", options_.prefix + key, part};
  call.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
  return bucket_.carry_out(call);
}

Result<std::optional<S3Store::Head>> S3Store::head(const std::string& key) {
  const Result<WebAnswer> answer = ask_for(key);
  if (!answer && is_absent(answer.error())) return std::optional<Head>();
  if (!answer) return about(answer.error(), key);
  const auto size = parse_number(answer->header("Content-Length"));
  if (!size) return temporary("S3's answer has no size", key);
  Head head{*size, answer->header("x-amz-checksum-sha256")};
  // `…-3` is a digest of the digests of three parts.
  const std::size_t dash = head.sha256.find('-');
  if (dash != std::string::npos) {
    head.parts = parse_number(std::string_view(head.sha256).substr(dash + 1)).value_or(0);
    head.sha256.resize(head.parts > 0 ? dash : 0);
  } else if (answer->header("x-amz-checksum-type") == "COMPOSITE") {
    head.sha256.clear();
  }
  return std::optional<Head>(std::move(head));
}

Result<std::optional<ServerChecksum>> S3Store::checksum_of(const std::string& key) {
  TRY(const std::optional<Head> found, head(key));
  if (!found) return rejected("there is no such object", key, Reason::not_found);
  const auto bytes = parse_base64(found->sha256);
  if (!bytes || bytes->size() != digest_size(Algorithm::sha256)) return std::optional<ServerChecksum>();
  const Digest sha256(Algorithm::sha256, as_bytes(*bytes));
  if (found->is_of_whole()) return std::optional<ServerChecksum>({found->size, sha256, {}});
  const Result<WebAnswer> part = ask_for(key, {{"partNumber", "1"}});
  if (!part) return about(part.error(), key);
  const auto size = parse_number(part->header("Content-Length"));
  // Parts of other sizes than ours, or a store that does not know parts.
  if (!size || *size == 0 || (found->size + *size - 1) / *size != found->parts) return std::optional<ServerChecksum>();
  return std::optional<ServerChecksum>({found->size, sha256, *size});
}

Result<std::optional<ObjectInfo>> S3Store::stat(const std::string& key) {
  TRY(const std::optional<Head> found, head(key));
  if (!found) return std::optional<ObjectInfo>();
  return std::optional<ObjectInfo>(ObjectInfo{key, found->size});
}

Result<remote::StoredFacts> S3Store::examine(const std::string& key) {
  const Result<WebAnswer> answer = ask_for(key);
  if (!answer) return about(answer.error(), key);
  const std::string storage_class = answer->header("x-amz-storage-class");
  return remote::StoredFacts{bucket_.ahead(*answer), storage_class.empty() ? "STANDARD" : storage_class,
                             !answer->header("x-amz-checksum-sha256").empty()};
}

Result<std::vector<ObjectInfo>> S3Store::list(const std::string& prefix, const std::string& after, std::size_t limit) {
  std::vector<ObjectInfo> page;
  TRY_VOID(list_objects(bucket_, options_.prefix, prefix, after, limit,
                        [&](const ListedObject& object) { page.push_back({object.key, object.size}); }));
  return page;
}

Result<std::unique_ptr<ByteSource>> S3Store::get(const std::string& key, ByteRange range) {
  const auto download = [this, key](const HttpHeaders& headers) {
    return bucket_.download({"GET", options_.prefix + key, {}, headers});
  };
  const auto size = [this, key]() -> Result<std::optional<std::uint64_t>> {
    TRY(const std::optional<Head> found, head(key));
    return found ? std::optional(found->size) : std::nullopt;
  };
  return remote::read_object({key, bucket_.attempts(), download, size}, range);
}

HttpHeaders S3Store::headers_for_new() const {
  HttpHeaders headers;
  if (!options_.storage_class.empty()) headers.emplace_back("x-amz-storage-class", options_.storage_class);
  return headers;
}

Result<bool> S3Store::is_stored(const std::string& key, const ObjectSpec& spec) {
  TRY(const std::optional<Head> found, head(key));
  if (!found) return false;
  if (found->size != spec.size) return remote::content_differs(key);
  if (found->is_of_whole()) {
    if (found->sha256 != to_base64(spec.sha256.bytes())) return remote::content_differs(key);
    return true;
  }
  TRY_VOID(remote::require_content(*this, key, spec));
  return true;
}

Result<void> S3Store::put_whole(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  Call call{"PUT", options_.prefix + key, {}, headers_for_new()};
  if (options_.create_only == CreateOnly::by_condition) call.headers.emplace_back("If-None-Match", "*");
  call.headers.emplace_back("x-amz-checksum-sha256", to_base64(spec.sha256.bytes()));
  call.content = &open;
  call.spec = &spec;
  const Result<WebAnswer> answer = bucket_.carry_out(call);
  return answer ? ok() : about(answer.error(), key);
}

Result<void> S3Store::put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  if (key.empty()) return broken("not a key of an object", key);
  const bool is_parted = spec.size > options_.part_size;
  if (is_parted || options_.create_only == CreateOnly::by_looking) {
    TRY(const bool there, is_stored(key, spec));
    if (there) return {};
  }
  cloud::Attempts attempts = bucket_.attempts();
  for (;;) {
    Result<void> put = is_parted ? PartedPut(bucket_, options_, key, spec).carry_out(open) : put_whole(key, spec, open);
    if (put) return put;
    const Reason reason = put.error().reason;
    if (reason == Reason::unsupported) {
      return broken("this store refuses create-only writes: set createOnly = \"look\" for it", key, reason);
    }
    // A condition that did not hold; or an upload in parts that is gone, because its end was carried out unheard.
    if (reason != Reason::conflict && reason != Reason::not_found) return about(std::move(put).error(), key);
    TRY(const bool there, is_stored(key, spec));
    if (there) return {};
    if (!attempts.again()) return about(std::move(put).error(), key);
  }
}

Result<void> S3Store::clean_up(const std::string& prefix, std::uint64_t largest) {
  if (largest <= options_.part_size) return {};
  const std::string start = options_.prefix + prefix;
  // Each round removes what it finds; what is left is listed again.
  for (std::size_t found = 1; found > 0;) {
    found = 0;
    const Call call{"GET", "", {{"uploads", ""}, {"prefix", start}}};
    Result<cloud::XmlElement> listed = bucket_.ask(call);
    if (!listed) return about(std::move(listed).error(), prefix);
    for (const cloud::XmlElement& entry : listed->children) {
      const std::string key = entry.text_of("Key");
      if (entry.name != "Upload" || !key.starts_with(start)) continue;
      const auto aborted = bucket_.carry_out({"DELETE", key, {{"uploadId", entry.text_of("UploadId")}}});
      if (!aborted && !is_absent(aborted.error())) return about(aborted.error(), prefix);
      if (aborted) ++found;
    }
  }
  return {};
}

}  // namespace strongroom::s3
