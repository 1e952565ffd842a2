// Gunzip: RFC 1952 as a byte source, on ISA-L.
//
// Reads any number of members as one stream, verifies CRC-32 and ISIZE of each (and the header CRC where there is
// one), takes zero bytes behind the last member as padding and anything else there as a fault. Bytes decoded before a
// fault are handed out first. One thread at a time; the source must outlive it.
#pragma once

#include <memory>

#include "archive/decompressor.hpp"

namespace strongroom::archive {

class Gunzip final : public Decompressor {
 public:
  explicit Gunzip(ByteSource& source);
  ~Gunzip() override;
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  Result<std::size_t> read(ByteSpan into) override;
  [[nodiscard]] const std::optional<Fault>& fault() const override { return slot_.fault(); }
  [[nodiscard]] std::uint64_t consumed() const override { return consumed_; }
  [[nodiscard]] bool padded() const override { return padded_; }
  [[nodiscard]] std::string_view media_type() const override { return "application/gzip"; }

 private:
  enum class State : std::uint8_t { header, body, between, end };
  struct Engine;

  Result<bool> refill();
  Result<int> next_byte();
  Result<int> header_byte();
  Result<bool> skip_header_bytes(std::size_t count);
  Result<bool> skip_header_text();
  Result<void> read_header();
  Result<void> read_optional_fields(unsigned flags);
  Result<std::size_t> inflate(ByteSpan into);
  Result<void> look_behind_member();
  void found(FaultKind kind, std::string detail);

  ByteSource& source_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<std::byte[]> memory_;
  ByteSpan input_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool source_ended_ = false;
  State state_ = State::header;
  bool first_member_ = true;
  std::uint64_t consumed_ = 0;
  std::uint32_t header_crc_ = 0;
  bool padded_ = false;
  std::optional<Fault> pending_;  ///< found, but bytes from before it are still to be handed out
  FaultSlot slot_;
};

}  // namespace strongroom::archive
