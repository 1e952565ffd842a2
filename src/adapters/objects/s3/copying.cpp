#include "adapters/objects/s3/copying.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

constexpr std::uint64_t kPartsMax = 10'000;

HttpHeaders source_headers(const Bucket& bucket, const CopySource& source) {
  std::string from = percent_encode(bucket.name() + "/" + source.key, "/");
  if (!source.version_id.empty()) from += "?versionId=" + percent_encode(source.version_id, "");
  return {{"x-amz-copy-source", from}, {"x-amz-copy-source-if-match", source.etag}};
}

void append(HttpHeaders& to, const HttpHeaders& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

Result<cloud::XmlElement> copy_in_one(Bucket& bucket, const CopySource& source, const CopyTarget& target) {
  Call call{"PUT", target.key, {}, source_headers(bucket, source)};
  append(call.headers, target.headers);
  append(call.headers, target.conditions);
  return bucket.ask(call);
}

Result<void> copy_in_parts(Bucket& bucket, const CopySource& source, const CopyTarget& target,
                           std::uint64_t part_size) {
  const Call begin{"POST", target.key, {{"uploads", ""}}, target.headers};
  TRY(const cloud::XmlElement begun, bucket.ask(begin));
  const std::string upload = begun.text_of("UploadId");
  if (upload.empty()) return temporary("S3 gave no id for an upload in parts", target.key);
  const std::uint64_t size = std::max(part_size, (source.size + kPartsMax - 1) / kPartsMax);
  Call end{"POST", target.key, {{"uploadId", upload}}, target.conditions};
  end.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  const auto copy_all = [&]() -> Result<void> {
    int number = 0;
    for (std::uint64_t first = 0; first < source.size; first += size) {
      const std::string part = std::to_string(++number);
      const std::uint64_t last = std::min(source.size, first + size) - 1;
      Call call{"PUT", target.key, {{"partNumber", part}, {"uploadId", upload}}, source_headers(bucket, source)};
      call.headers.emplace_back("x-amz-copy-source-range",
                                "bytes=" + std::to_string(first) + "-" + std::to_string(last));
      TRY(const cloud::XmlElement copied, bucket.ask(call));
      end.body += "<Part><PartNumber>" + part + "</PartNumber><ETag>" + copied.text_of("ETag") + "</ETag></Part>";
    }
    end.body += "</CompleteMultipartUpload>";
    TRY_VOID(bucket.ask(end));
    return {};
  };
  const Result<void> done = copy_all();
  if (!done) bucket.abort_upload(target.key, upload);
  return done;
}

}  // namespace strongroom::s3
