#include "archive/compressed_stream.hpp"

#include <cstring>

namespace strongroom::archive {
namespace {

constexpr std::size_t kInputSize = std::size_t{256} << 10;

}  // namespace

CompressedStream::CompressedStream(ByteSource& source, std::string subject)
    : source_(source),
      subject_(std::move(subject)),
      memory_(std::make_unique_for_overwrite<std::byte[]>(kInputSize)),
      capacity_(kInputSize) {}

Result<std::size_t> CompressedStream::read(ByteSpan into) {
  std::size_t produced = 0;
  while (produced < into.size() && !finished_) {
    if (pending_) {
      if (produced > 0) break;
      return slot_.refuse(*pending_);
    }
    TRY(const std::size_t n, step(into.subspan(produced)));
    produced += n;
  }
  return produced;
}

Result<bool> CompressedStream::refill() {
  if (source_ended_) return false;
  if (at_ > 0) {
    std::memmove(memory_.get(), memory_.get() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
  }
  TRY(const std::size_t n, source_.read(ByteSpan(memory_.get() + filled_, capacity_ - filled_)));
  filled_ += n;
  source_ended_ = n == 0;
  return !source_ended_;
}

void CompressedStream::make_room(std::size_t size) {
  if (capacity_ >= size) return;
  auto larger = std::make_unique_for_overwrite<std::byte[]>(size);
  filled_ -= at_;
  std::memcpy(larger.get(), memory_.get() + at_, filled_);
  at_ = 0;
  memory_ = std::move(larger);
  capacity_ = size;
}

void CompressedStream::take(std::size_t count) {
  at_ += count;
  consumed_ += count;
}

void CompressedStream::found(FaultKind kind, std::string detail) {
  pending_ = Fault{.kind = kind, .detail = std::move(detail), .name = {}, .subject = subject_};
}

}  // namespace strongroom::archive
