#include "adapters/objects/s3/object_list.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace strongroom::s3 {
namespace {

constexpr std::size_t kPageMax = 1000;

Error not_understood(const std::string& prefix, const char* what) {
  return temporary(std::string("S3's list of objects cannot be ") + what, prefix, Reason::corrupt);
}

/// An entry of the list; nothing when it is none, or not one that was asked for.
std::optional<ListedObject> read_entry(const cloud::XmlElement& entry, const std::string& store_prefix,
                                       const std::string& prefix) {
  const std::optional<std::string> key = percent_decode(entry.text_of("Key"), true);
  const std::optional<std::uint64_t> size = parse_number(entry.text_of("Size"));
  if (!key || !size || !key->starts_with(store_prefix + prefix)) return std::nullopt;
  std::string etag = entry.text_of("ETag");
  std::erase(etag, '"');
  return ListedObject{key->substr(store_prefix.size()), *size, entry.text_of("StorageClass"), std::move(etag),
                      parse_instant(entry.text_of("LastModified"))};
}

}  // namespace

Result<void> list_objects(Bucket& bucket, const std::string& store_prefix, const std::string& prefix,
                          const std::string& after, std::size_t limit,
                          const std::function<void(const ListedObject&)>& found) {
  std::string token;
  std::string last = after;
  for (std::size_t count = 0; count < limit;) {
    Call call{"GET", ""};
    call.query = {{"list-type", "2"},
                  {"encoding-type", "url"},
                  {"prefix", store_prefix + prefix},
                  {"max-keys", std::to_string(std::min(kPageMax, limit - count))}};
    if (!after.empty()) call.query.emplace_back("start-after", store_prefix + after);
    if (!token.empty()) call.query.emplace_back("continuation-token", token);
    const Result<cloud::XmlElement> listed = bucket.ask(call);
    if (!listed) return Error{listed.error().act, listed.error().reason, listed.error().what, prefix};
    for (const cloud::XmlElement& entry : listed->children) {
      if (entry.name != "Contents") continue;
      std::optional<ListedObject> object = read_entry(entry, store_prefix, prefix);
      if (!object || (object->key <= last && !last.empty())) return not_understood(prefix, "understood");
      last = object->key;
      if (count++ < limit) found(*object);
    }
    std::string next = listed->text_of("NextContinuationToken");
    if (listed->text_of("IsTruncated") != "true") return {};
    if (next.empty() || next == token) return not_understood(prefix, "gone on with");
    token = std::move(next);
  }
  return {};
}

}  // namespace strongroom::s3
