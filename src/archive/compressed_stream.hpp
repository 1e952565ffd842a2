// What all decompressors of packages have in common, whatever the compression: a buffer of the package, and bytes that
// come out before a fault is told.
//
// One thread at a time; the source must outlive it.
#pragma once

#include <memory>

#include "archive/decompressor.hpp"

namespace strongroom::archive {

class CompressedStream : public Decompressor {
 public:
  /// Bytes decoded before a fault are handed out first.
  Result<std::size_t> read(ByteSpan into) final;
  [[nodiscard]] const std::optional<Fault>& fault() const final { return slot_.fault(); }
  [[nodiscard]] std::uint64_t consumed() const final { return consumed_; }

 protected:
  /// `subject`: the compression, as texts have it.
  CompressedStream(ByteSource& source, std::string subject);

  /// Goes on: gives some bytes, or comes to another state, or to finish(), or to found().
  virtual Result<std::size_t> step(ByteSpan into) = 0;

  /// Bytes of the package that are at hand and not taken.
  [[nodiscard]] ByteView at_hand() const { return {memory_.get() + at_, filled_ - at_}; }
  /// More bytes behind those at hand, of which there may be few; false at the end of the package.
  Result<bool> refill();
  /// From now on at least `size` bytes may be at hand together.
  void make_room(std::size_t size);
  [[nodiscard]] bool source_ended() const { return source_ended_; }
  void take(std::size_t count);
  /// The package ends here, as it should.
  void finish() { finished_ = true; }
  void found(FaultKind kind, std::string detail);
  [[nodiscard]] bool has_found() const { return pending_.has_value(); }

 private:
  ByteSource& source_;
  const std::string subject_;
  std::unique_ptr<std::byte[]> memory_;
  std::size_t capacity_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool source_ended_ = false;
  bool finished_ = false;
  std::uint64_t consumed_ = 0;
  std::optional<Fault> pending_;  ///< found, but bytes from before it are still to be handed out
  FaultSlot slot_;
};

}  // namespace strongroom::archive
