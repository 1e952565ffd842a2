#include "adapters/objects/remote/send_in_parts.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <vector>

#include "base/limits.hpp"

namespace strongroom::remote {
namespace {

/// Parts of one object under way at a time. One connection rarely fills a line; more than a few gain nothing.
constexpr std::size_t kSideBySide = 4;

/// A lane, and what became of its first part that was not sent; read once it is drained.
struct Line {
  std::unique_ptr<Lane> lane;
  std::optional<Error> error;
  std::size_t failed_part = 0;
};

struct PartInMemory {
  PartInMemory(PartRoom& room, std::size_t size) : hold(room, size), bytes(size, '\0') {}
  const PartRoom::Hold hold;
  std::string bytes;
};

Result<std::shared_ptr<PartInMemory>> read_part(PartRoom& room, ByteSource& content, std::size_t size) {
  auto part = std::make_shared<PartInMemory>(room, size);
  const ByteSpan into = std::as_writable_bytes(std::span<char>(part->bytes.data(), size));
  TRY(const std::size_t n, read_full(content, into));
  if (n < size) return broken("the content ended too early", "", Reason::truncated);
  return part;
}

Result<void> first_failure(const std::vector<Line>& lines) {
  const Line* first = nullptr;
  for (const Line& line : lines) {
    if (line.error && (first == nullptr || line.failed_part < first->failed_part)) first = &line;
  }
  if (first != nullptr) return *first->error;
  return {};
}

}  // namespace

PartSizes PartSizes::of(std::uint64_t object, std::uint64_t wished, std::uint64_t parts_max) {
  const std::uint64_t least = (object + parts_max - 1) / parts_max;
  const std::uint64_t rounded = (least + limits::kMiB - 1) / limits::kMiB * limits::kMiB;
  return {object, std::max(wished, rounded)};
}

Result<void> send_in_parts(PartRoom& room, ByteSource& content, const PartSizes& sizes, const PartSender& send) {
  std::vector<Line> lines(std::min(kSideBySide, sizes.count()));
  for (Line& line : lines) line.lane = room.lane();
  std::atomic<bool> failed = false;
  Result<void> reading;
  std::uint64_t left = sizes.object;
  for (std::size_t number = 0; left > 0 && !failed; ++number) {
    auto part = read_part(room, content, static_cast<std::size_t>(std::min(left, sizes.part)));
    if (!part) {
      reading = part.error();
      break;
    }
    left -= (*part)->bytes.size();
    Line& line = lines[number % lines.size()];
    line.lane->post([&line, &failed, &send, number, held = std::move(*part)] {
      if (failed) return;
      const Result<void> sent = send(number, std::move(held->bytes));
      if (sent) return;
      line.error = sent.error();
      line.failed_part = number;
      failed = true;
    });
  }
  for (Line& line : lines) line.lane->drain();
  return reading ? first_failure(lines) : reading;
}

}  // namespace strongroom::remote
