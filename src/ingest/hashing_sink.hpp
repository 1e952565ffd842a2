// HashingSink: what a location gives back, hashed as it comes.
//
// Stops between pieces, so that a large file holds nobody up, and tells how far it is. One thread.
#pragma once

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "ingest/progress.hpp"
#include "ingest/stop.hpp"

namespace strongroom::ingest {

class HashingSink final : public ByteSink {
 public:
  HashingSink(ProgressMeter& progress, const Stop& stop)
      : hasher_(Algorithm::sha256), progress_(progress), stop_(stop) {}
  Result<void> write(ByteView bytes) override {
    TRY_VOID(stop_.check());
    hasher_.update(bytes);
    size_ += bytes.size();
    progress_.add(bytes.size(), 0);
    return {};
  }
  Digest finish() { return hasher_.finish(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  Hasher hasher_;
  std::uint64_t size_ = 0;
  ProgressMeter& progress_;
  const Stop& stop_;
};

}  // namespace strongroom::ingest
