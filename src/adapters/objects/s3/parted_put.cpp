#include "adapters/objects/s3/parted_put.hpp"

#include <algorithm>

#include "adapters/objects/remote/checked_content.hpp"
#include "base/hex.hpp"
#include "base/limits.hpp"

namespace strongroom::s3 {
namespace {

constexpr std::uint64_t kPartsMax = 10'000;

/// Parts grow with the object where there would be too many of them.
std::size_t part_size_for(std::uint64_t size, std::uint64_t wished) {
  const std::uint64_t least = (size + kPartsMax - 1) / kPartsMax;
  const std::uint64_t rounded = (least + limits::kMiB - 1) / limits::kMiB * limits::kMiB;
  return static_cast<std::size_t>(std::max(wished, rounded));
}

}  // namespace

PartedPut::PartedPut(Bucket& bucket, const StoreOptions& options, const std::string& key, const ObjectSpec& spec)
    : bucket_(bucket),
      options_(options),
      key_(options.prefix + key),
      spec_(spec),
      part_size_(part_size_for(spec.size, options.part_size)) {}

Result<void> PartedPut::carry_out(const ContentOpener& open) {
  TRY(const auto content, remote::CheckedContent::open(open, spec_, key_));
  TRY(const std::string upload, begin());
  Result<void> done = send_parts(upload, *content);
  if (done) done = complete(upload);
  if (!done) bucket_.abort_upload(key_, upload);
  return done;
}

Result<std::string> PartedPut::begin() {
  Call call{"POST", key_, {{"uploads", ""}}};
  call.headers.emplace_back("x-amz-checksum-algorithm", "SHA256");
  if (!options_.storage_class.empty()) call.headers.emplace_back("x-amz-storage-class", options_.storage_class);
  TRY(const cloud::XmlElement answer, bucket_.ask(call));
  std::string upload = answer.text_of("UploadId");
  if (upload.empty()) return temporary("S3 gave no id for an upload in parts", key_);
  return upload;
}

Result<void> PartedPut::send_parts(const std::string& upload, ByteSource& content) {
  std::uint64_t left = spec_.size;
  while (left > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, part_size_));
    const remote::PartRoom::Hold hold(bucket_.room(), size);
    std::string bytes(size, '\0');
    TRY(const std::size_t n, read_full(content, std::as_writable_bytes(std::span<char>(bytes.data(), bytes.size()))));
    if (n < bytes.size()) return broken("the content ended too early", key_, Reason::truncated);
    left -= n;
    TRY(Part part, send_part(upload, parts_.size() + 1, std::move(bytes)));
    parts_.push_back(std::move(part));
  }
  return {};
}

Result<PartedPut::Part> PartedPut::send_part(const std::string& upload, std::size_t number, std::string bytes) {
  Call call{"PUT", key_, {{"partNumber", std::to_string(number)}, {"uploadId", upload}}};
  Part part;
  part.sha256 = to_base64(digest_of(Algorithm::sha256, bytes).bytes());
  call.headers.emplace_back("x-amz-checksum-sha256", part.sha256);
  call.body = std::move(bytes);
  TRY(const WebAnswer answer, bucket_.carry_out(call));
  part.etag = answer.header("ETag");
  has_checksums_ = has_checksums_ && answer.header("x-amz-checksum-sha256") == part.sha256;
  if (part.etag.empty()) return temporary("S3 gave no tag for a part", key_);
  return part;
}

Result<void> PartedPut::complete(const std::string& upload) {
  Call call{"POST", key_, {{"uploadId", upload}}};
  if (options_.create_only == CreateOnly::by_condition) call.headers.emplace_back("If-None-Match", "*");
  call.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    call.body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + parts_[i].etag + "</ETag>";
    if (has_checksums_) call.body += "<ChecksumSHA256>" + parts_[i].sha256 + "</ChecksumSHA256>";
    call.body += "</Part>";
  }
  call.body += "</CompleteMultipartUpload>";
  TRY_VOID(bucket_.ask(call));
  return {};
}

}  // namespace strongroom::s3
