#include "adapters/objects/s3/archiver.hpp"

#include "adapters/objects/s3/object_list.hpp"
#include "base/digest.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

constexpr const char* kTag =
    "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>strongroom-tier</Key>"
    "<Value>archive</Value></Tag></TagSet></Tagging>";

/// `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`.
std::string_view quoted_behind(std::string_view text, std::string_view name) {
  const auto at = text.find(std::string(name) + "=\"");
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + name.size() + 2);
  return text.substr(0, text.find('"'));
}

std::string_view name_of(RestoreTier tier) {
  if (tier == RestoreTier::bulk) return "Bulk";
  return tier == RestoreTier::standard ? "Standard" : "Expedited";
}

bool is_archive_class(const std::string& storage_class) {
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

}  // namespace

Result<std::vector<TieredObject>> S3Archiver::list(const std::string& prefix, const std::string& after,
                                                   std::size_t limit) {
  std::vector<TieredObject> page;
  TRY_VOID(list_objects(*bucket_, options_.prefix, prefix, after, limit, [&](const ListedObject& object) {
    page.push_back({object.key, is_archive_class(object.storage_class)});
  }));
  return page;
}

Result<void> S3Archiver::archive(const std::string& key) {
  return options_.by == ArchiveBy::tag ? tag(key) : copy(key);
}

Result<void> S3Archiver::tag(const std::string& key) {
  Call call{"PUT", options_.prefix + key, {{"tagging", ""}}, {}, kTag};
  call.headers.emplace_back("Content-MD5", to_base64(digest_of(Algorithm::md5, call.body).bytes()));
  TRY_VOID(bucket_->carry_out(call));
  return {};
}

Result<void> S3Archiver::copy(const std::string& key) {
  Call call{"HEAD", options_.prefix + key};
  call.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
  TRY(const WebAnswer answer, bucket_->carry_out(call));
  if (is_archive_class(answer.header("x-amz-storage-class"))) return {};
  const auto size = parse_number(answer.header("Content-Length"));
  const std::string full = options_.prefix + key;
  const CopySource seen{full, "", answer.header("ETag"), size.value_or(0)};
  if (!size || seen.etag.empty()) return temporary("S3's answer has no size or no tag", key);
  if (*size <= options_.copy_size) return copy_whole(full, seen, answer.header("x-amz-checksum-sha256"));
  const CopyTarget target{full, {{"x-amz-storage-class", options_.storage_class}}, {}};
  return copy_in_parts(*bucket_, seen, target, options_.copy_size);
}

Result<TierView> S3Archiver::look(const std::string& key) {
  TRY(const WebAnswer answer, bucket_->carry_out({"HEAD", options_.prefix + key}));
  if (!is_archive_class(answer.header("x-amz-storage-class"))) return TierView{Readability::readable};
  const std::string restore = answer.header("x-amz-restore");
  if (quoted_behind(restore, "ongoing-request") == "true") return TierView{Readability::coming};
  if (quoted_behind(restore, "ongoing-request") != "false") return TierView{Readability::archived};
  return TierView{Readability::restored, parse_http_date(quoted_behind(restore, "expiry-date"))};
}

Result<void> S3Archiver::restore(const std::string& key, int days) {
  Call call{"POST", options_.prefix + key, {{"restore", ""}}};
  call.body = "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Days>" + std::to_string(days) +
              "</Days><GlacierJobParameters><Tier>" + std::string(name_of(options_.restore_tier)) +
              "</Tier></GlacierJobParameters></RestoreRequest>";
  const auto answer = bucket_->carry_out(call);
  if (answer || answer.error().reason == Reason::already_exists) return {};
  // What is in no archive class needs none.
  if (answer.error().reason == Reason::archived) return {};
  return answer.error();
}

/// As the provider's documentation of restores has it.
Duration S3Archiver::restored_within() const {
  const bool is_deep = options_.storage_class == "DEEP_ARCHIVE";
  switch (options_.restore_tier) {
    case RestoreTier::bulk:
      return std::chrono::hours(is_deep ? 48 : 12);
    case RestoreTier::standard:
      return std::chrono::hours(is_deep ? 12 : 5);
    case RestoreTier::expedited:
      break;
  }
  return std::chrono::minutes(5);
}

Result<void> S3Archiver::copy_whole(const std::string& key, const CopySource& seen, const std::string& sha256) {
  const CopyTarget target{
      key, {{"x-amz-storage-class", options_.storage_class}, {"x-amz-checksum-algorithm", "SHA256"}}, {}};
  TRY(const cloud::XmlElement copied, copy_in_one(*bucket_, seen, target));
  const std::string now = copied.text_of("ChecksumSHA256");
  if (!sha256.empty() && !now.empty() && now != sha256) {
    return broken("the copy in the archive class has other bytes than the object had", key, Reason::corrupt);
  }
  return {};
}

}  // namespace strongroom::s3
