#include "adapters/objects/remote/checked_content.hpp"

#include <algorithm>
#include <array>

namespace strongroom::remote {
namespace {

Error not_as_promised(const std::string& key) {
  return broken("the bytes offered are not those of the inventory", key, Reason::corrupt);
}

}  // namespace

Result<std::unique_ptr<CheckedContent>> CheckedContent::open(const ContentOpener& open, const ObjectSpec& spec,
                                                             const std::string& key) {
  TRY(std::unique_ptr<ByteSource> source, open());
  std::unique_ptr<CheckedContent> content(new CheckedContent(std::move(source), spec, key));
  if (spec.size == 0) TRY_VOID(content->check_end());
  return content;
}

Result<std::size_t> CheckedContent::read(ByteSpan into) {
  if (!state_) return state_.error();
  Result<std::size_t> n = read_checked(into);
  if (!n) state_ = n.error();
  return n;
}

Result<std::size_t> CheckedContent::read_checked(ByteSpan into) {
  if (read_ == spec_.size) return std::size_t{0};
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), spec_.size - read_));
  TRY(const std::size_t n, read_full(*content_, into.first(room)));
  if (n < room) return not_as_promised(key_);
  hasher_.update(into.first(n));
  read_ += n;
  if (read_ == spec_.size) TRY_VOID(check_end());
  return n;
}

Result<void> CheckedContent::check_end() {
  std::array<std::byte, 1> more{};
  TRY(const std::size_t beyond, content_->read(more));
  if (beyond > 0 || hasher_.finish() != spec_.sha256) return not_as_promised(key_);
  return {};
}

}  // namespace strongroom::remote
