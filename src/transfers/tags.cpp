#include "transfers/tags.hpp"

namespace strongroom::transfers {

std::vector<Tag> tags_of(const std::string& transfer_id, const std::string& processing_config,
                         const PackageIdentifiers& identifiers, const std::string& event_time) {
  std::vector<Tag> tags;
  const auto add = [&tags](const char* name, const std::string& value) {
    if (!value.empty()) tags.emplace_back(name, value);
  };
  add(kTransferIdTag, transfer_id);
  add(kProcessingConfigTag, processing_config);
  add(kAccessionNumberTag, identifiers.accession_number.value_or(""));
  add(kCatalogueIdentifierTag, identifiers.catalogue_identifier.value_or(""));
  add(kEventTimeTag, event_time);
  return tags;
}

}  // namespace strongroom::transfers
