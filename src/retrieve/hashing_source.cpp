#include "retrieve/hashing_source.hpp"

namespace strongroom::retrieve {

HashingSource::HashingSource(std::unique_ptr<ByteSource> source, std::string sha256, std::uint64_t size,
                             std::string where)
    : source_(std::move(source)), sha256_(std::move(sha256)), size_(size), where_(std::move(where)) {}

Result<std::size_t> HashingSource::read(ByteSpan into) {
  if (ended_) return std::size_t{0};
  TRY(const std::size_t count, source_->read(into));
  if (count == 0) {
    TRY_VOID(check_end());
    ended_ = true;
    return count;
  }
  hasher_.update(into.first(count));
  seen_ += count;
  // More than there should be is known to be wrong long before the end.
  if (seen_ > size_) return broken("the stored bytes are more than were recorded", where_, Reason::corrupt);
  return count;
}

Result<void> HashingSource::check_end() {
  if (seen_ != size_) return broken("the stored bytes are fewer than were recorded", where_, Reason::corrupt);
  if (hasher_.finish().hex() != sha256_) {
    return broken("the stored bytes do not have the recorded digest", where_, Reason::corrupt);
  }
  return {};
}

}  // namespace strongroom::retrieve
