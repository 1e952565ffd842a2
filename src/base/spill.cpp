#include "base/spill.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace strongroom {
namespace {

/// Reads a text the Spill owns: a second reader costs no second copy.
class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(std::string_view text) : rest_(text) {}
  Result<std::size_t> read(ByteSpan into) override {
    const std::size_t n = std::min(into.size(), rest_.size());
    std::memcpy(into.data(), rest_.data(), n);
    rest_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view rest_;
};

class MemorySpill final : public Spill {
 public:
  Result<void> write(ByteView bytes) override {
    CHECK(!opened_);
    text_.append(as_text(bytes));
    return {};
  }
  Result<std::unique_ptr<ByteSource>> open() override {
    opened_ = true;
    return std::unique_ptr<ByteSource>(std::make_unique<ViewSource>(text_));
  }

 private:
  std::string text_;
  bool opened_ = false;
};

}  // namespace

Result<std::unique_ptr<Spill>> MemorySpillSpace::create() {
  return std::unique_ptr<Spill>(std::make_unique<MemorySpill>());
}

}  // namespace strongroom
