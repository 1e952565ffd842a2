#include "retrieve/description.hpp"

#include "base/check.hpp"
#include "domain/documents.hpp"
#include "domain/layout.hpp"
#include "retrieve/hashing_source.hpp"

namespace strongroom::retrieve {
namespace {

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
  CHECK(row.registration.has_value());
  const Registration& facts = *row.registration;
  auto opened = open_copy(needs.records, layout::kept_description_key(facts.description_sha256), facts);
  if (opened) return opened;
  needs.log.write(LogLevel::warning, "description.copy_unusable",
                  {{"store", "records"}, {"bag", bag.str()}, {"error", opened.error().text()}});
  for (std::size_t i = 0; i < needs.locations.size(); ++i) {
    opened = open_copy(*needs.locations[i], layout::description_key(bag, row.version), facts);
    if (opened) return opened;
    needs.log.write(LogLevel::warning, "description.copy_unusable",
                    {{"store", "location " + std::to_string(i)}, {"bag", bag.str()}, {"error", opened.error().text()}});
  }
  return std::move(opened).error();
}

}  // namespace strongroom::retrieve
