#include "adapters/objects/remote/read_object.hpp"

#include "adapters/objects/remote/resuming_source.hpp"
#include "base/text.hpp"

namespace strongroom::remote {
namespace {

std::unique_ptr<ByteSource> no_bytes() { return std::make_unique<TextSource>(""); }

Error too_short(const std::string& key) { return broken("the object is shorter than that", key, Reason::truncated); }

Error no_such(const std::string& key) { return rejected("there is no such object", key, Reason::not_found); }

HttpHeaders range_from(std::uint64_t first, const std::optional<std::uint64_t>& last) {
  if (first == 0 && !last) return {};
  return {{"Range", "bytes=" + std::to_string(first) + "-" + (last ? std::to_string(*last) : "")}};
}

/// Of the whole object: `bytes 5-9/10` has it behind the slash, a Content-Length is it.
std::optional<std::uint64_t> size_of_object(const WebAnswer& answer, bool is_part) {
  const std::string text = is_part ? answer.header("Content-Range") : answer.header("Content-Length");
  return parse_number(std::string_view(text).substr(text.rfind('/') + 1));
}

Result<std::unique_ptr<ByteSource>> open_range(const ReadableObject& object, ByteRange range) {
  std::optional<std::uint64_t> last;
  if (range.length) last = range.first + *range.length - 1;
  const HttpHeaders headers = range_from(range.first, last);
  const bool is_part = !headers.empty();
  TRY(std::unique_ptr<WebDownload> download, object.download(headers));
  const WebAnswer& answer = download->answer();
  if (is_part && answer.status != 206) {
    return temporary("the provider gave more than the range that was asked for", object.key);
  }
  const auto size = size_of_object(answer, is_part);
  if (!size || *size < range.first) return temporary("the provider's answer has no size", object.key);
  ResumingSource::Extent extent{range.first, *size - range.first, 0};
  extent.wanted = range.length.value_or(extent.there);
  const std::string etag = answer.header("ETag");
  const auto reopen = [object, last, etag](std::uint64_t first) -> Result<std::unique_ptr<WebDownload>> {
    HttpHeaders rest = range_from(first, last);
    rest.emplace_back("If-Match", etag);
    auto reopened = object.download(rest);
    if (reopened) return reopened;
    Error error = about(std::move(reopened).error(), object.key);
    if (error.reason == Reason::conflict) error.act = Act::broken;
    return error;
  };
  return std::unique_ptr<ByteSource>(
      std::make_unique<ResumingSource>(std::move(download), extent, reopen, object.attempts, object.key));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> read_object(const ReadableObject& object, ByteRange range) {
  if (range.length && *range.length == 0) {
    TRY(const auto size, object.size());
    if (!size) return no_such(object.key);
    if (range.first > *size) return too_short(object.key);
    return no_bytes();
  }
  Result<std::unique_ptr<ByteSource>> opened = open_range(object, range);
  if (opened) return opened;
  Error error = about(std::move(opened).error(), object.key);
  if (error.reason == Reason::not_found) return no_such(object.key);
  // An answer that broke off is temporary; what follows is about a range that the object does not have.
  if (error.reason != Reason::truncated || error.act != Act::broken) return error;
  // Exactly behind the last byte there is an end, and nothing wrong.
  TRY(const auto size, object.size());
  if (size && *size == range.first && !range.length) return no_bytes();
  return too_short(object.key);
}

Error about(Error error, const std::string& key) {
  if (error.where.ends_with(key)) error.where = key;
  return error;
}

}  // namespace strongroom::remote
