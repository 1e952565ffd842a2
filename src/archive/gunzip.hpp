// Gunzip: RFC 1952 as a byte source, on ISA-L.
//
// Reads any number of members as one stream, verifies CRC-32 and ISIZE of each (and the header CRC where there is
// one), takes zero bytes behind the last member as padding and anything else there as a fault. Small members that
// follow each other (of bgzip, or of files put behind each other) are decoded side by side where there is a way to. One
// thread at a time; the source must outlive it.
#pragma once

#include <memory>

#include "archive/compressed_stream.hpp"
#include "archive/member_batch.hpp"

namespace strongroom::archive {

class Gunzip final : public CompressedStream {
 public:
  explicit Gunzip(ByteSource& source, const SideBySide& side_by_side = {});
  ~Gunzip() override;
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  [[nodiscard]] bool padded() const override { return padded_; }
  [[nodiscard]] std::string_view media_type() const override { return "application/gzip"; }

 private:
  enum class State : std::uint8_t { header, body, batch, between };
  struct Engine;

  Result<std::size_t> step(ByteSpan into) override;
  Result<int> header_byte();
  Result<bool> skip_header_bytes(std::size_t count);
  Result<bool> skip_header_text();
  Result<void> read_header();
  Result<void> read_optional_fields(unsigned flags);
  Result<bool> decode_batch();
  std::size_t hand_out(ByteSpan into);
  Result<std::size_t> inflate(ByteSpan into);
  Result<void> look_behind_member();

  const std::unique_ptr<Engine> engine_;
  State state_ = State::header;
  bool first_member_ = true;
  std::uint32_t header_crc_ = 0;
  bool padded_ = false;
  std::optional<MemberBatch> batch_;
  ByteView decoded_;                ///< of the batch, and not yet handed out
  std::uint64_t batches_from_ = 0;  ///< of the package: a guess is not made again where it was wrong
};

}  // namespace strongroom::archive
