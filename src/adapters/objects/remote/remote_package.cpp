#include "adapters/objects/remote/remote_package.hpp"

#include <algorithm>
#include <cstring>

#include "adapters/objects/remote/resuming_source.hpp"

namespace strongroom::remote {
namespace {

constexpr std::uint64_t kWindow = 1U << 20U;

}  // namespace

Error for_depositor(Error error, const std::string& shown) {
  error.where = shown;
  switch (error.reason) {
    case Reason::not_found:
    case Reason::no_container:
    case Reason::forbidden:
    case Reason::archived:
      error.act = Act::rejected;
      break;
    default:
      break;
  }
  return error;
}

Error RemotePackage::changed() const {
  return rejected("the package changed while it was being read", shown_, Reason::conflict);
}

Result<std::unique_ptr<WebDownload>> RemotePackage::open_range(std::uint64_t first, std::uint64_t last) {
  auto opened = download(first, last);
  if (opened) return opened;
  if (opened.error().reason == Reason::conflict || opened.error().reason == Reason::not_found) return changed();
  return for_depositor(std::move(opened).error(), shown_);
}

Result<std::size_t> RemotePackage::read(ByteSpan into) {
  if (identity_.size == 0) return std::size_t{0};
  if (!stream_) {
    TRY(auto opened, open_range(0, identity_.size - 1));
    const auto reopen = [this](std::uint64_t first) { return open_range(first, identity_.size - 1); };
    stream_ = std::make_unique<ResumingSource>(
        std::move(opened), ResumingSource::Extent{0, identity_.size, identity_.size}, reopen, attempts_, shown_);
  }
  return stream_->read(into);
}

Result<void> RemotePackage::fill_window(std::uint64_t offset) {
  const std::uint64_t wanted = std::min(kWindow, identity_.size - offset);
  TRY(auto opened, open_range(offset, offset + wanted - 1));
  const auto reopen = [&](std::uint64_t first) { return open_range(first, offset + wanted - 1); };
  ResumingSource source(std::move(opened), {offset, wanted, wanted}, reopen, attempts_, shown_);
  TRY(window_, read_all(source, static_cast<std::size_t>(wanted)));
  window_at_ = offset;
  return {};
}

Result<std::size_t> RemotePackage::read_at(std::uint64_t offset, ByteSpan into) {
  std::size_t filled = 0;
  while (filled < into.size() && offset < identity_.size) {
    if (offset < window_at_ || offset >= window_at_ + window_.size()) TRY_VOID(fill_window(offset));
    const auto from = static_cast<std::size_t>(offset - window_at_);
    const std::size_t n = std::min(into.size() - filled, window_.size() - from);
    std::memcpy(into.data() + filled, window_.data() + from, n);
    filled += n;
    offset += n;
  }
  return filled;
}

Result<void> RemotePackage::check_unchanged() {
  const Result<std::string> tag = tag_now();
  if (!tag && tag.error().reason == Reason::not_found) return changed();
  if (!tag) return for_depositor(tag.error(), shown_);
  return *tag == identity_.tag ? ok() : changed();
}

}  // namespace strongroom::remote
