// Content on its way to a provider, held against what it must turn out to be: nothing wrong is ever sent to its end, so
// no provider can store it.
//
// Used by one thread at a time.
#pragma once

#include <memory>

#include "ports/object_store.hpp"

namespace strongroom::remote {

class CheckedContent final : public ByteSource {
 public:
  /// Opens the content. Empty content is checked at once: no request asks for a byte of it.
  static Result<std::unique_ptr<CheckedContent>> open(const ContentOpener& open, const ObjectSpec& spec,
                                                      const std::string& key);
  /// The last piece is given only when all of it is right: Reason::corrupt (broken) otherwise.
  Result<std::size_t> read(ByteSpan into) override;
  /// What went wrong with the content itself; nothing while all is well.
  [[nodiscard]] const Result<void>& state() const { return state_; }

 private:
  CheckedContent(std::unique_ptr<ByteSource> content, const ObjectSpec& spec, std::string key)
      : content_(std::move(content)), spec_(spec), key_(std::move(key)) {}
  Result<std::size_t> read_checked(ByteSpan into);
  Result<void> check_end();

  std::unique_ptr<ByteSource> content_;
  const ObjectSpec spec_;
  const std::string key_;
  Hasher hasher_{Algorithm::sha256};
  std::uint64_t read_ = 0;
  Result<void> state_;
};

}  // namespace strongroom::remote
