#include "transfers/object_text.hpp"

#include <span>

namespace strongroom::transfers {

Result<std::string> read_text(TransferArea& store, const AreaObject& object) {
  TRY(const auto bytes, store.open(object));
  std::string text(static_cast<std::size_t>(object.size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    TRY(const std::size_t n,
        bytes->read_at(have, std::as_writable_bytes(std::span<char>(text.data() + have, text.size() - have))));
    if (n == 0) break;
    have += n;
  }
  text.resize(have);
  return text;
}

}  // namespace strongroom::transfers
