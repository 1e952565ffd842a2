#include "adapters/objects/s3/parted_put.hpp"

#include <algorithm>

#include "adapters/objects/remote/checked_content.hpp"
#include "base/hex.hpp"

namespace strongroom::s3 {
namespace {

constexpr std::uint64_t kPartsMax = 10'000;

}  // namespace

PartedPut::PartedPut(Bucket& bucket, const StoreOptions& options, const std::string& key, const ObjectSpec& spec)
    : bucket_(bucket),
      options_(options),
      key_(options.prefix + key),
      spec_(spec),
      sizes_(remote::PartSizes::of(spec.size, options.part_size, kPartsMax)),
      parts_(sizes_.count()) {}

Result<void> PartedPut::carry_out(const ContentOpener& open) {
  TRY(const auto content, remote::CheckedContent::open(open, spec_, key_));
  TRY(const std::string upload, begin());
  Result<void> done =
      remote::send_in_parts(bucket_.room(), *content, sizes_, [&](std::size_t i, std::string bytes) -> Result<void> {
        TRY(parts_[i], send_part(upload, i + 1, std::move(bytes)));
        return {};
      });
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

Result<PartedPut::Part> PartedPut::send_part(const std::string& upload, std::size_t number, std::string bytes) {
  Call call{"PUT", key_, {{"partNumber", std::to_string(number)}, {"uploadId", upload}}};
  Part part;
  call.body_sha256 = digest_of(Algorithm::sha256, bytes);
  part.sha256 = to_base64(call.body_sha256->bytes());
  call.headers.emplace_back("x-amz-checksum-sha256", part.sha256);
  call.body = std::move(bytes);
  TRY(const WebAnswer answer, bucket_.carry_out(call));
  part.etag = answer.header("ETag");
  part.is_told = answer.header("x-amz-checksum-sha256") == part.sha256;
  if (part.etag.empty()) return temporary("S3 gave no tag for a part", key_);
  return part;
}

Result<void> PartedPut::complete(const std::string& upload) {
  Call call{"POST", key_, {{"uploadId", upload}}};
  if (options_.create_only == CreateOnly::by_condition) call.headers.emplace_back("If-None-Match", "*");
  // A store that does not tell what it computed of the parts refuses digests here.
  const bool has_digests = std::ranges::all_of(parts_, &Part::is_told);
  call.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    call.body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + parts_[i].etag + "</ETag>";
    if (has_digests) call.body += "<ChecksumSHA256>" + parts_[i].sha256 + "</ChecksumSHA256>";
    call.body += "</Part>";
  }
  call.body += "</CompleteMultipartUpload>";
  TRY_VOID(bucket_.ask(call));
  return {};
}

}  // namespace strongroom::s3
