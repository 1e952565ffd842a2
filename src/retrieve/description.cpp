#include "retrieve/description.hpp"

#include <functional>

#include "base/check.hpp"
#include "domain/layout.hpp"
#include "retrieve/hashing_source.hpp"

namespace strongroom::retrieve {
namespace {

/// Opens one copy of the description.
using Opening = std::function<Result<std::unique_ptr<ByteSource>>(ObjectStore& store, const std::string& key)>;

/// From the first copy that can be used.
Result<std::unique_ptr<ByteSource>> open_any(const DescriptionNeeds& needs, const BagId& bag, const VersionRow& row,
                                             const Opening& open) {
  CHECK(row.registration.has_value());
  const auto tell = [&](const std::string& store, const Error& error) {
    needs.log.write(LogLevel::warning, "description.copy_unusable",
                    {{"store", store}, {"bag", bag.str()}, {"error", error.text()}});
  };
  auto opened = open(needs.records, layout::kept_description_key(row.registration->description_sha256));
  if (opened) return opened;
  tell("records", opened.error());
  for (std::size_t i = 0; i < needs.locations.size(); ++i) {
    opened = open(*needs.locations[i], layout::description_key(bag, row.version));
    if (opened) return opened;
    tell("location " + std::to_string(i), opened.error());
  }
  return std::move(opened).error();
}

Result<std::unique_ptr<ByteSource>> open_copy(ObjectStore& store, const std::string& key, const Registration& facts) {
  TRY(std::unique_ptr<ByteSource> stored, store.get(key, ByteRange{}));
  auto checked =
      std::make_unique<HashingSource>(std::move(stored), facts.description_sha256, facts.description_size, key);
  if (facts.description_size > kDescriptionHeldMax) return std::unique_ptr<ByteSource>(std::move(checked));
  TRY(std::string text, read_all(*checked, kDescriptionHeldMax));
  return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(std::move(text)));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_description(const DescriptionNeeds& needs, const BagId& bag,
                                                     const VersionRow& row) {
  return open_any(needs, bag, row,
                  [&](ObjectStore& store, const std::string& key) { return open_copy(store, key, *row.registration); });
}

Result<std::unique_ptr<ByteSource>> open_description_from(const DescriptionNeeds& needs, const BagId& bag,
                                                          const VersionRow& row, std::uint64_t offset) {
  const std::uint64_t size = row.registration->description_size;
  if (offset >= size) return broken("a sparse index points behind the description", bag.str(), Reason::corrupt);
  if (size <= kDescriptionHeldMax) {
    TRY(const auto whole, open_description(needs, bag, row));
    TRY(const std::string text, read_all(*whole, kDescriptionHeldMax));
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(text.substr(offset)));
  }
  return open_any(needs, bag, row, [&](ObjectStore& store, const std::string& key) {
    return store.get(key, ByteRange{offset, size - offset});
  });
}

}  // namespace strongroom::retrieve
