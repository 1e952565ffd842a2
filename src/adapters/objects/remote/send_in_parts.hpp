// A large object on its way in parts, several side by side.
//
// The content is read once, in order, by the caller; lanes send what it has read. What parts hold in memory, of this
// object and of all others, is bounded by the room.
#pragma once

#include <functional>
#include <string>

#include "adapters/objects/remote/part_room.hpp"
#include "base/bytes.hpp"

namespace strongroom::remote {

/// How an object is cut: all parts have `part` bytes but the last, which has the rest.
struct PartSizes {
  std::uint64_t object = 0;
  std::uint64_t part = 1;

  /// As few parts of `wished` bytes or more, a whole number of MiB, as there may be at most.
  [[nodiscard]] static PartSizes of(std::uint64_t object, std::uint64_t wished, std::uint64_t parts_max);
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>((object + part - 1) / part); }
};

/// Sends one part, `number` counted from 0. Called from several threads, for a different part each.
using PartSender = std::function<Result<void>(std::size_t number, std::string bytes)>;

/// Returns when all parts are sent, or none is under way any more: the content's own Error, or else that of the first
/// part that was not sent. Content that ends too early is broken (Reason::truncated).
Result<void> send_in_parts(PartRoom& room, ByteSource& content, const PartSizes& sizes, const PartSender& send);

}  // namespace strongroom::remote
