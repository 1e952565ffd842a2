#include "adapters/objects/remote/part_room.hpp"

#include <algorithm>

namespace strongroom::remote {

PartRoom::Hold::Hold(PartRoom& room, std::uint64_t bytes) : room_(room), bytes_(std::min(bytes, room.all_)) {
  std::unique_lock lock(room_.mutex_);
  room_.given_back_.wait(lock, [&] { return room_.free_ >= bytes_; });
  room_.free_ -= bytes_;
}

PartRoom::Hold::~Hold() {
  {
    const std::scoped_lock lock(room_.mutex_);
    room_.free_ += bytes_;
  }
  room_.given_back_.notify_all();
}

}  // namespace strongroom::remote
