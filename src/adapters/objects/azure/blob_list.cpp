#include "adapters/objects/azure/blob_list.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::azure {
namespace {

constexpr std::size_t kPageMax = 5000;
constexpr std::size_t kMarkersMax = 256;

Error not_understood(const std::string& prefix) {
  return temporary("Azure's list of blobs cannot be understood", prefix, Reason::corrupt);
}

std::string place_of(const std::string& prefix, const std::string& key) { return prefix + '\0' + key; }

}  // namespace

Result<BlobList::Page> BlobList::page(const std::string& prefix, const std::string& marker, std::size_t limit) {
  Call call{"GET", "", {{"restype", "container"}, {"comp", "list"}, {"prefix", store_prefix_ + prefix}}};
  call.query.emplace_back("maxresults", std::to_string(std::min(limit, kPageMax)));
  if (!marker.empty()) call.query.emplace_back("marker", marker);
  const Result<cloud::XmlElement> listed = container_.ask(call);
  if (!listed) return Error{listed.error().act, listed.error().reason, listed.error().what, prefix};
  Page page;
  page.next = listed->text_of("NextMarker");
  const cloud::XmlElement* blobs = listed->child("Blobs");
  if (blobs == nullptr || (!page.next.empty() && page.next == marker)) return not_understood(prefix);
  for (const cloud::XmlElement& blob : blobs->children) {
    if (blob.name != "Blob") continue;
    const cloud::XmlElement* properties = blob.child("Properties");
    const std::string name = blob.text_of("Name");
    const auto size = properties != nullptr ? parse_number(properties->text_of("Content-Length")) : std::nullopt;
    if (!size || !name.starts_with(store_prefix_ + prefix)) return not_understood(prefix);
    page.blobs.push_back({name.substr(store_prefix_.size()), *size, properties->text_of("AccessTier")});
  }
  return page;
}

std::string BlobList::marker_behind(const std::string& prefix, const std::string& key) {
  const std::scoped_lock lock(mutex_);
  const auto known = markers_.find(place_of(prefix, key));
  return known == markers_.end() ? std::string() : known->second;
}

void BlobList::keep_marker(const std::string& prefix, const std::string& key, const std::string& marker) {
  const std::scoped_lock lock(mutex_);
  if (markers_.size() >= kMarkersMax) markers_.clear();
  markers_[place_of(prefix, key)] = marker;
}

Result<std::vector<ListedBlob>> BlobList::next(const std::string& prefix, const std::string& after, std::size_t limit) {
  std::string marker = after.empty() ? std::string() : marker_behind(prefix, after);
  // From the beginning there may be much to pass over: in pages as large as they come.
  const bool passes_over = !after.empty() && marker.empty();
  std::vector<ListedBlob> blobs;
  std::string last;
  while (blobs.size() < limit) {
    TRY(Page page, this->page(prefix, marker, passes_over ? kPageMax : limit - blobs.size()));
    for (ListedBlob& blob : page.blobs) {
      if (blob.key <= last && !last.empty()) return not_understood(prefix);
      last = blob.key;
      if (blob.key > after && blobs.size() < limit) blobs.push_back(std::move(blob));
    }
    if (page.next.empty()) break;
    marker = std::move(page.next);
    const bool stopped_at_its_end = !blobs.empty() && blobs.back().key == last;
    if (stopped_at_its_end) keep_marker(prefix, last, marker);
  }
  return blobs;
}

}  // namespace strongroom::azure
