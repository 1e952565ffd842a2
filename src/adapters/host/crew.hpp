// Loops on threads of their own: each runs until a stop is asked for.
//
// Owned by one thread. Destroying a crew stops it.
#pragma once

#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace strongroom::host {

class Crew {
 public:
  Crew() = default;
  ~Crew() { stop(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Starts `loop`, which must return soon after its token is stopped.
  void add(std::function<void(std::stop_token)> loop);
  /// Asks all loops to stop and returns when they have. A second call does nothing.
  void stop();

 private:
  std::vector<std::jthread> threads_;
};

}  // namespace strongroom::host
