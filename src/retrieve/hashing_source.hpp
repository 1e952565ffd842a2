// A ByteSource that knows what it must turn out to be: the last read fails unless size and SHA-256 are right.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace strongroom::retrieve {

class HashingSource final : public ByteSource {
 public:
  /// `sha256` is lower-case hex; `where` names the thing in errors.
  HashingSource(std::unique_ptr<ByteSource> source, std::string sha256, std::uint64_t size, std::string where);
  /// Reason::corrupt (broken) instead of the end, when the bytes were other ones.
  Result<std::size_t> read(ByteSpan into) override;

 private:
  Result<void> check_end();

  std::unique_ptr<ByteSource> source_;
  std::string sha256_;
  std::uint64_t size_;
  std::string where_;
  Hasher hasher_{Algorithm::sha256};
  std::uint64_t seen_ = 0;
  bool ended_ = false;
};

}  // namespace strongroom::retrieve
