#include "adapters/objects/filesystem/ring.hpp"

#include <liburing.h>

#include <cerrno>

#include "base/aligned.hpp"
#include "base/check.hpp"

namespace strongroom::filesystem {

struct ReadRing::State {
  io_uring ring{};
  AlignedBuffer memory{kAtOnce * kEach};
};

ReadRing::ReadRing(std::unique_ptr<State> state) : state_(std::move(state)) {}

ReadRing::~ReadRing() { io_uring_queue_exit(&state_->ring); }

ReadRing* ReadRing::of_this_thread() {
  struct Own {
    bool tried = false;
    std::unique_ptr<ReadRing> ring;
  };
  thread_local Own own;
  if (!own.tried) {
    own.tried = true;
    auto state = std::make_unique<State>();
    if (io_uring_queue_init(kAtOnce, &state->ring, 0) == 0) own.ring.reset(new ReadRing(std::move(state)));
  }
  return own.ring.get();
}

ByteSpan ReadRing::memory() { return state_->memory.span(); }

void ReadRing::read(std::span<Request> requests) {
  CHECK(requests.size() <= kAtOnce);
  for (Request& request : requests) {
    request.got = -EINTR;
    io_uring_sqe* entry = io_uring_get_sqe(&state_->ring);
    CHECK(entry != nullptr);
    io_uring_prep_read(entry, request.fd, request.into.data(), static_cast<unsigned>(request.into.size()), 0);
    io_uring_sqe_set_data(entry, &request);
  }
  // Whatever the kernel has taken writes into our buffers until it has ended: nothing but the end of all lets us go.
  std::size_t submitted = 0;
  std::size_t ended = 0;
  while (ended < requests.size()) {
    if (submitted < requests.size()) {
      const int taken = io_uring_submit(&state_->ring);
      if (taken > 0) submitted += static_cast<std::size_t>(taken);
      // Short of memory for a moment; with nothing under way there is nothing to wait for.
      if (submitted == ended) continue;
    }
    io_uring_cqe* answer = nullptr;
    if (io_uring_wait_cqe(&state_->ring, &answer) != 0) continue;
    static_cast<Request*>(io_uring_cqe_get_data(answer))->got = answer->res;
    io_uring_cqe_seen(&state_->ring, answer);
    ++ended;
  }
}

}  // namespace strongroom::filesystem
