#include "contracts/contract.hpp"

namespace strongroom::contracts {

std::string sample_text(std::size_t size, std::uint64_t seed) {
  std::string text(size, '\0');
  std::uint64_t state = seed * 2 + 1;
  for (char& c : text) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(state >> 56);
  }
  return text;
}

ObjectSpec spec_of(const std::string& content) { return {content.size(), digest_of(Algorithm::sha256, content)}; }

ContentOpener opener_of(std::string content) {
  return [content = std::move(content)]() -> Result<std::unique_ptr<ByteSource>> {
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(content));
  };
}

IngestId ingest_named(std::string_view text) {
  std::string hex = digest_of(Algorithm::sha256, text).hex().substr(0, 32);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, "-");
  auto id = IngestId::parse(hex);
  CHECK(id.has_value());
  return *id;
}

Result<std::string> read_object(ObjectStore& store, const std::string& key, ByteRange range) {
  TRY(const std::unique_ptr<ByteSource> source, store.get(key, range));
  return read_all(*source, std::size_t{64} << 20);
}

Result<std::vector<std::string>> keys_below(ObjectStore& store, const std::string& prefix, std::size_t page) {
  std::vector<std::string> keys;
  for (std::string after;;) {
    TRY(const std::vector<ObjectInfo> some, store.list(prefix, after, page));
    if (some.empty()) return keys;
    TRY_VOID(require(some.size() <= page, "a page of a listing is no longer than asked for"));
    for (const ObjectInfo& object : some) keys.push_back(object.key);
    after = keys.back();
  }
}

}  // namespace strongroom::contracts
