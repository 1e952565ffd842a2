#include "adapters/areas/s3/ranges.hpp"

#include <algorithm>

#include "adapters/objects/remote/resuming_source.hpp"

namespace strongroom::areas {

Error area_error(Error error, const std::string& key) {
  error.where = key;
  switch (error.reason) {
    case Reason::not_found:
      return object_gone(key);
    case Reason::conflict:
      return object_replaced(key);
    case Reason::forbidden:
    case Reason::no_container:
      error.act = Act::broken;
      return error;
    default:
      return error;
  }
}

std::string quoted(const std::string& etag) { return '"' + etag + '"'; }

Result<std::unique_ptr<WebDownload>> S3Ranges::download(std::uint64_t first, std::uint64_t last) {
  s3::Call call{"GET", object_.key};
  if (object_.version_id) call.query.emplace_back("versionId", *object_.version_id);
  call.headers.emplace_back("Range", "bytes=" + std::to_string(first) + "-" + std::to_string(last));
  if (!object_.version_id) call.headers.emplace_back("If-Match", quoted(object_.etag));
  Result<std::unique_ptr<WebDownload>> opened = bucket_.download(call);
  if (!opened) {
    // An answer that broke off is temporary; this is a range that the object does not have any more.
    const bool is_shorter = opened.error().reason == Reason::truncated && opened.error().act == Act::broken;
    return is_shorter ? object_replaced(object_.key) : area_error(std::move(opened).error(), object_.key);
  }
  const WebAnswer& answer = (*opened)->answer();
  // Some servers know neither conditions nor versions.
  const std::string etag = answer.header("ETag");
  if (!etag.empty() && etag != quoted(object_.etag)) return object_replaced(object_.key);
  if (answer.status != 206) return temporary("S3 gave more than the range that was asked for", object_.key);
  return opened;
}

Result<std::size_t> S3Ranges::read_at(std::uint64_t offset, ByteSpan into) {
  if (offset >= object_.size || into.empty()) return std::size_t{0};
  const std::uint64_t wanted = std::min<std::uint64_t>(into.size(), object_.size - offset);
  TRY(auto opened, download(offset, offset + wanted - 1));
  const auto reopen = [&](std::uint64_t first) { return download(first, offset + wanted - 1); };
  remote::ResumingSource source(std::move(opened), {offset, wanted, wanted}, reopen, bucket_.attempts(), object_.key);
  return read_full(source, into.first(static_cast<std::size_t>(wanted)));
}

}  // namespace strongroom::areas
