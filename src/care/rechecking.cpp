#include "care/rechecking.hpp"

namespace strongroom::care {
namespace {

constexpr std::size_t kPage = 500;

}  // namespace

Rechecking::Rechecking(const RecheckNeeds& needs, const RecheckBounds& bounds) : needs_(needs), bounds_(bounds) {}

Result<void> Rechecking::round(const std::stop_token& stop) {
  for (std::size_t i = 0; i < needs_.facts.size(); ++i) {
    if (needs_.facts[i].tier != AccessTier::archive) TRY_VOID(look_through(i, stop));
  }
  return {};
}

Result<void> Rechecking::look_through(std::size_t location, const std::stop_token& stop) {
  const LocationFacts& facts = needs_.facts[location];
  std::string& after = after_[facts.uuid];
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  for (;;) {
    TRY(const auto page, needs_.known.damage_in(facts.uuid, after, kPage));
    if (page.empty()) {
      // At the end; the next round begins anew.
      after.clear();
      return {};
    }
    for (const Damage& damage : page) {
      if (files >= bounds_.files || bytes >= bounds_.bytes) return {};
      TRY(const bool right, is_right(*needs_.stores[location], damage.copy, stop));
      if (right) needs_.notes.was_right(facts.name.str(), damage.copy);
      files += 1;
      bytes += damage.copy.size;
      after = damage.copy.key;
    }
  }
}

/// False, too, when that cannot be told now.
Result<bool> Rechecking::is_right(ObjectStore& store, const FileCopy& copy, const std::stop_token& stop) {
  // Most of what is damaged is missing, or is not as long as it was: then nothing has to be read.
  const auto object = store.stat(copy.key);
  if (!object || !*object || (*object)->size != copy.size) return false;
  auto source = store.get(copy.key, {});
  if (!source) return false;
  std::vector<std::byte> buffer(limits::kStreamBuffer);
  Hasher hasher(Algorithm::sha256);
  std::uint64_t size = 0;
  for (;;) {
    if (stop.stop_requested()) return temporary("asked to stop", {}, Reason::stopped);
    const auto read = (*source)->read(buffer);
    if (!read) return false;
    if (*read == 0) return size == copy.size && hasher.finish() == copy.sha256;
    hasher.update(ByteView(buffer).first(*read));
    size += *read;
  }
}

}  // namespace strongroom::care
