// ZipReader: a zip package member by member, in the order in which they lie (APPNOTE 6.3.10).
//
// The directory is read first, then every entry from front to back, so each byte of the package is read about once.
// Local headers must agree with the directory, entries must fill everything before it without gap or overlap, and
// CRC-32 and sizes are verified. Stored and deflated entries; others are told apart and refused. One thread at a time.
#pragma once

#include <memory>

#include "archive/zip_directory.hpp"

namespace strongroom::archive {

class ZipReader final : public MemberReader {
 public:
  /// Both outlive it.
  ZipReader(RandomAccess& package, SpillSpace& spills);
  ~ZipReader() override;
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  Result<std::optional<Member>> next() override;
  Result<ByteView> body() override;
  [[nodiscard]] const std::optional<Fault>& fault() const override { return slot_.fault(); }
  [[nodiscard]] bool padded() const override { return directory_.padded(); }
  /// Bytes of the package decoded so far, the directory not counted.
  [[nodiscard]] std::uint64_t consumed() const { return at_; }

 private:
  struct Engine;

  Error refuse(FaultKind kind, std::string detail);
  Result<void> open_entry(const ZipEntry& entry);
  Result<void> compare_local_header(const ZipEntry& entry);
  Result<void> leave_body();
  Result<void> close_entry();
  Result<ByteView> stored_piece();
  Result<ByteView> inflated_piece();
  Result<bool> refill();
  Result<ByteView> peek(std::size_t count);

  RandomAccess& package_;
  ZipDirectory directory_;
  FaultSlot slot_;
  bool opened_ = false;
  std::optional<ZipEntry> current_;
  std::optional<ZipEntry> following_;  ///< the entry behind the current one
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<std::byte[]> input_;
  std::unique_ptr<std::byte[]> output_;
  std::uint64_t at_ = 0;         ///< where the next byte of the package is taken from
  std::uint64_t buffer_at_ = 0;  ///< where the buffer begins
  std::size_t filled_ = 0;
  std::uint64_t data_end_ = 0;  ///< of the current entry
  std::uint64_t given_ = 0;     ///< of its content
  std::uint32_t crc_ = 0;
  bool body_ended_ = true;
};

}  // namespace strongroom::archive
