// Gunzip: RFC 1952 as a byte source, on ISA-L.
//
// Reads any number of members as one stream, verifies CRC-32 and ISIZE of each (and the header CRC where there is
// one), takes zero bytes behind the last member as padding and anything else there as a fault. One thread at a time;
// the source must outlive it.
#pragma once

#include <memory>

#include "archive/compressed_stream.hpp"

namespace strongroom::archive {

class Gunzip final : public CompressedStream {
 public:
  explicit Gunzip(ByteSource& source);
  ~Gunzip() override;
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  [[nodiscard]] bool padded() const override { return padded_; }
  [[nodiscard]] std::string_view media_type() const override { return "application/gzip"; }

 private:
  enum class State : std::uint8_t { header, body, between };
  struct Engine;

  Result<std::size_t> step(ByteSpan into) override;
  Result<int> header_byte();
  Result<bool> skip_header_bytes(std::size_t count);
  Result<bool> skip_header_text();
  Result<void> read_header();
  Result<void> read_optional_fields(unsigned flags);
  Result<std::size_t> inflate(ByteSpan into);
  Result<void> look_behind_member();

  const std::unique_ptr<Engine> engine_;
  State state_ = State::header;
  bool first_member_ = true;
  std::uint32_t header_crc_ = 0;
  bool padded_ = false;
};

}  // namespace strongroom::archive
