#include "adapters/objects/azure/store.hpp"

#include <algorithm>

#include "adapters/objects/remote/checked_content.hpp"
#include "adapters/objects/remote/read_object.hpp"
#include "adapters/objects/remote/send_in_parts.hpp"
#include "adapters/objects/remote/stored_bytes.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::azure {
namespace {

using remote::about;

constexpr std::uint64_t kBlocksMax = 50'000;

bool is_absent(const Error& error) { return error.reason == Reason::not_found; }

std::string md5_of(const std::string& bytes) { return to_base64(digest_of(Algorithm::md5, bytes).bytes()); }

/// The next `size` bytes of the content, which has them.
Result<std::string> take(ByteSource& content, std::uint64_t size, const std::string& key) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (size == 0) return bytes;
  TRY(const std::size_t n, read_full(content, std::as_writable_bytes(std::span<char>(bytes.data(), bytes.size()))));
  if (n < bytes.size()) return broken("the content ended too early", key, Reason::truncated);
  return bytes;
}

}  // namespace

Result<std::optional<ObjectInfo>> AzureStore::stat(const std::string& key) {
  const auto answer = container_->carry_out({"HEAD", options_.prefix + key});
  if (!answer && is_absent(answer.error())) return std::optional<ObjectInfo>();
  if (!answer) return about(answer.error(), key);
  const auto size = parse_number(answer->header("Content-Length"));
  if (!size) return temporary("Azure's answer has no size", key);
  return std::optional<ObjectInfo>(ObjectInfo{key, *size});
}

Result<remote::StoredFacts> AzureStore::examine(const std::string& key) {
  const auto answer = container_->carry_out({"HEAD", options_.prefix + key});
  if (!answer) return about(answer.error(), key);
  return remote::StoredFacts{container_->ahead(*answer), answer->header("x-ms-access-tier"), false};
}

Result<std::vector<ObjectInfo>> AzureStore::list(const std::string& prefix, const std::string& after,
                                                 std::size_t limit) {
  TRY(const std::vector<ListedBlob> blobs, list_.next(prefix, after, limit));
  std::vector<ObjectInfo> page;
  for (const ListedBlob& blob : blobs) page.push_back({blob.key, blob.size});
  return page;
}

Result<std::unique_ptr<ByteSource>> AzureStore::get(const std::string& key, ByteRange range) {
  const auto download = [this, key](const HttpHeaders& headers) {
    return container_->download({"GET", options_.prefix + key, {}, headers});
  };
  const auto size = [this, key]() -> Result<std::optional<std::uint64_t>> {
    TRY(const std::optional<ObjectInfo> found, stat(key));
    return found ? std::optional(found->size) : std::nullopt;
  };
  return remote::read_object({key, container_->attempts(), download, size}, range);
}

HttpHeaders AzureStore::headers_for_new(const ObjectSpec& spec) const {
  HttpHeaders headers = {{"If-None-Match", "*"}, {"x-ms-meta-sha256", spec.sha256.hex()}};
  if (!options_.access_tier.empty()) headers.emplace_back("x-ms-access-tier", options_.access_tier);
  return headers;
}

Result<bool> AzureStore::is_stored(const std::string& key, const ObjectSpec& spec) {
  TRY(const std::optional<ObjectInfo> found, stat(key));
  if (!found) return false;
  if (found->size != spec.size) return remote::content_differs(key);
  TRY_VOID(remote::require_content(*this, key, spec));
  return true;
}

Result<void> AzureStore::put_whole(const std::string& key, const ObjectSpec& spec, ByteSource& content) {
  Call call{"PUT", options_.prefix + key, {}, headers_for_new(spec)};
  const remote::PartRoom::Hold hold(container_->room(), spec.size);
  TRY(call.body, take(content, spec.size, key));
  call.headers.emplace_back("x-ms-blob-type", "BlockBlob");
  call.headers.emplace_back("Content-MD5", md5_of(call.body));
  call.headers.emplace_back("Content-Type", "application/octet-stream");
  TRY_VOID(container_->carry_out(call));
  return {};
}

Result<void> AzureStore::send_block(const std::string& key, const std::string& id, std::string bytes) {
  Call call{"PUT", options_.prefix + key, {{"comp", "block"}, {"blockid", id}}};
  call.headers.emplace_back("Content-MD5", md5_of(bytes));
  call.headers.emplace_back("Content-Type", "application/octet-stream");
  call.body = std::move(bytes);
  TRY_VOID(container_->carry_out(call));
  return {};
}

Result<void> AzureStore::put_blocks(const std::string& key, const ObjectSpec& spec, ByteSource& content) {
  const auto sizes = remote::PartSizes::of(spec.size, options_.block_size, kBlocksMax);
  // Blocks of two uploads to one name must never be taken for each other.
  const std::string upload = random_token(container_->entropy(), 12);
  const auto id_of = [&](std::size_t i) { return to_base64(as_bytes(upload + std::to_string(100'000 + i))); };
  TRY_VOID(remote::send_in_parts(container_->room(), content, sizes, [&](std::size_t i, std::string bytes) {
    return send_block(key, id_of(i), std::move(bytes));
  }));
  std::string list = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (std::size_t i = 0; i < sizes.count(); ++i) list += "<Uncommitted>" + id_of(i) + "</Uncommitted>";
  Call call{"PUT", options_.prefix + key, {{"comp", "blocklist"}}, headers_for_new(spec), list + "</BlockList>"};
  call.headers.emplace_back("x-ms-blob-content-type", "application/octet-stream");
  call.headers.emplace_back("Content-Type", "application/xml");
  TRY_VOID(container_->carry_out(call));
  return {};
}

Result<void> AzureStore::put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  if (key.empty()) return broken("not a key of an object", key);
  const bool is_large = spec.size > options_.block_size;
  if (is_large) {
    TRY(const bool there, is_stored(key, spec));
    if (there) return {};
  }
  cloud::Attempts attempts = container_->attempts();
  for (;;) {
    TRY(const auto content, remote::CheckedContent::open(open, spec, key));
    const Result<void> put = is_large ? put_blocks(key, spec, *content) : put_whole(key, spec, *content);
    if (put) return put;
    if (!content->state()) return content->state().error();
    if (put.error().reason != Reason::already_exists && put.error().reason != Reason::conflict) {
      return about(put.error(), key);
    }
    TRY(const bool there, is_stored(key, spec));
    if (there) return {};
    if (!attempts.again()) return about(put.error(), key);
  }
}

}  // namespace strongroom::azure
