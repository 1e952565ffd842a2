#include "adapters/host/crew.hpp"

#include <utility>

namespace strongroom::host {

void Crew::add(std::function<void(std::stop_token)> loop) { threads_.emplace_back(std::move(loop)); }

void Crew::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  // jthread joins as it goes.
  threads_.clear();
}

}  // namespace strongroom::host
