#include "adapters/objects/remote/resuming_source.hpp"

#include <algorithm>

namespace strongroom::remote {

ResumingSource::ResumingSource(std::unique_ptr<WebDownload> download, const Extent& extent, Reopen reopen,
                               const cloud::Attempts& attempts, std::string key)
    : download_(std::move(download)),
      extent_(extent),
      reopen_(std::move(reopen)),
      attempts_(attempts),
      key_(std::move(key)) {}

Result<std::size_t> ResumingSource::read(ByteSpan into) {
  const std::uint64_t left = std::min(extent_.there, extent_.wanted) - read_;
  if (left == 0) {
    download_.reset();
    if (extent_.wanted > extent_.there) return broken("an object ends too early", key_, Reason::truncated);
    return std::size_t{0};
  }
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()));
  for (;;) {
    Result<std::size_t> n = download_ ? download_->read(into.first(room)) : Result<std::size_t>(std::size_t{0});
    if (n && *n > 0) {
      read_ += *n;
      attempts_.progress();
      return *n;
    }
    // An end before the last byte is a broken connection, too.
    Error error = n ? temporary("the object's bytes ended too early", key_, Reason::truncated) : std::move(n).error();
    download_.reset();
    if (error.act != Act::temporary || !attempts_.again()) return error;
    Result<std::unique_ptr<WebDownload>> reopened = reopen_(extent_.first + read_);
    if (!reopened && reopened.error().act != Act::temporary) return std::move(reopened).error();
    if (reopened) download_ = std::move(*reopened);
  }
}

}  // namespace strongroom::remote
