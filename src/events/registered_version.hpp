// A registered version as the consumers of the event log need it: from a `registered-bag` event to its description.
//
// One thread for a reading.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/description.hpp"
#include "domain/version_row.hpp"
#include "ports/catalogue.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"

namespace strongroom::events {

/// Where descriptions are found; everything outlives who reads.
struct VersionNeeds {
  Catalogue& catalogue;
  ObjectStore& records;
  const std::vector<ObjectStore*>& locations;
  Log& journal;
};

struct RegisteredVersion {
  BagId bag;
  VersionRow row;  ///< has a registration
};

/// The bag that the body of a `registered-bag` event names.
[[nodiscard]] Result<BagId> registered_bag(const std::string& body);

/// The version that the body of a `registered-bag` event names; broken when it is not registered.
Result<RegisteredVersion> find_version(Catalogue& catalogue, const std::string& body);

/// One reading of a description.
class VersionReading {
 public:
  static Result<VersionReading> open(const VersionNeeds& needs, const RegisteredVersion& version);

  [[nodiscard]] const DescriptionHead& head() const { return head_; }
  /// The next payload file in byte order of name; null at their end, and with it the description has been read to its
  /// last byte, where its digest in the catalogue decides: Reason::corrupt when none of it was right.
  Result<const DescribedFile*> next_file();
  /// After the last file.
  [[nodiscard]] const DescriptionTail& tail() const { return *tail_; }

 private:
  VersionReading(std::unique_ptr<ByteSource> source, std::unique_ptr<DescriptionReader> reader, DescriptionHead head)
      : source_(std::move(source)), reader_(std::move(reader)), head_(std::move(head)) {}

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<DescriptionReader> reader_;
  DescriptionHead head_;
  std::optional<DescriptionTail> tail_;
};

}  // namespace strongroom::events
