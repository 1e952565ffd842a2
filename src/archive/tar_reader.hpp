// TarReader: a tar stream, member by member (v7, ustar, pax, GNU; CORRECTNESS.md 4.5).
//
// Strict where leniency would lose bytes: every header's checksum is verified, the end mark must be there, nothing but
// zero bytes may follow it. Says what the stream holds; what is acceptable is decided by its caller. Contents are
// handed out as views into one buffer. Memory does not grow with the number of members. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/member.hpp"
#include "archive/pax.hpp"
#include "archive/tar_header.hpp"
#include "archive/window.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace strongroom::archive {

class TarReader final : public MemberReader {
 public:
  explicit TarReader(ByteSource& stream, std::size_t buffer_size = limits::kStreamBuffer);

  Result<std::optional<Member>> next() override;
  Result<ByteView> body() override;

  [[nodiscard]] const std::optional<Fault>& fault() const override { return slot_.fault(); }
  /// The end mark was one zero block, not two. Known at the end.
  [[nodiscard]] bool lone_zero_block() const override { return lone_zero_block_; }
  /// Zero bytes reached beyond the record in which the end mark lies. Known at the end.
  [[nodiscard]] bool padded() const override { return padded_; }

 private:
  enum class Step : std::uint8_t { again, member, end };

  Error refuse(FaultKind kind, const std::string& detail);
  Error cut(const std::string& where);
  Result<void> leave_body();
  Result<Step> read_step(Member& member);
  Result<std::string> read_record(std::uint64_t size);
  Result<void> read_extension(const TarHeader& header);
  Result<void> open_member(TarHeader header, Member& member);
  Result<void> open_file(const TarHeader& header, Member& member);
  Result<void> read_old_sparse_map(std::uint64_t& real_size);
  Result<void> read_sparse_map(std::uint64_t& stored);
  Result<std::uint64_t> read_map_number(std::uint64_t& left);
  Result<void> open_pax_sparse(std::uint64_t& stored, std::uint64_t& real_size);
  Result<void> read_end();

  Window window_;
  FaultSlot slot_;
  bool any_header_ = false;
  bool lone_zero_block_ = false;
  bool padded_ = false;

  PaxRecords global_;
  std::optional<PaxRecords> extended_;    ///< of the next member: the global records with its own over them
  std::optional<std::string> long_name_;  ///< of the next member, as GNU tar writes it
  bool long_link_ = false;                ///< a GNU long link name was read for the next member
  std::vector<std::byte> sparse_header_;  ///< the header block of an old GNU sparse file

  // The current file: stretches that are stored, and how far body() has come.
  std::vector<Extent> extents_;
  std::size_t extent_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t stored_left_ = 0;
  std::size_t fill_ = 0;  ///< bytes up to the next block behind what is stored
};

}  // namespace strongroom::archive
