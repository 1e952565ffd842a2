#include "adapters/cloud/patience.hpp"

#include <algorithm>

namespace strongroom::cloud {

bool Attempts::again(Duration asked) {
  if (made_ >= patience_.attempts) return false;
  ++made_;
  const double spread = 0.5 + random_fraction(entropy_);
  const Duration own(static_cast<Duration::rep>(static_cast<double>(pause_.count()) * spread));
  const Duration pause = std::min(std::max(own, asked), patience_.longest);
  pause_ = std::min(pause_ * 2, patience_.longest);
  return clock_.wait_until(clock_.since_boot() + pause, stop_);
}

void Attempts::progress() {
  made_ = 1;
  pause_ = patience_.first;
}

}  // namespace strongroom::cloud
