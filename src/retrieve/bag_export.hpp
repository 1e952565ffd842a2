// A stored version as one gzip-compressed tar (http-api.md 5.5): a complete, valid bag by itself.
//
// A stream in bounded memory, the same bytes each time: entries by name below one top directory, files that earlier
// versions hold with their bytes, no fetch.txt and no line about it in the tag manifests. Every file is hashed on the
// way and the description to its end, before the archive gets its own end: what is wrong never becomes a whole one. One
// thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/gzip.hpp"
#include "domain/description.hpp"
#include "retrieve/description.hpp"
#include "retrieve/stored_file.hpp"

namespace strongroom::retrieve {

struct ExportNeeds {
  DescriptionNeeds description;
  CopyNeeds copies;
};

/// `{externalIdentifier with "/" replaced by "_"}-vN`: the top directory, and the name of the package without
/// `.tar.gz`.
[[nodiscard]] std::string export_name(std::string_view external_identifier, std::string_view version);

class BagExport {
 public:
  /// Opens the description; no file is touched yet. `row` is registered; what `needs` refers to outlives this.
  static Result<std::unique_ptr<BagExport>> open(const ExportNeeds& needs, const BagId& bag, const VersionRow& row);

  /// Appends the next bytes to `out`, some 64 KiB, perhaps none; false when that was the end. After an Error the export
  /// is over.
  Result<bool> next(std::string& out);

 private:
  /// One of the description's two lists, a file ahead.
  struct List {
    std::unique_ptr<ByteSource> source;
    std::unique_ptr<DescriptionReader> reader;
    std::optional<DescribedFile> file{};
  };

  BagExport(const ExportNeeds& needs, BagId bag, const VersionRow& row);
  Result<void> open_lists(const VersionRow& row);
  Result<void> advance_payload();
  Result<void> advance_tags();
  Result<void> begin_file();
  Result<void> fill();
  [[nodiscard]] bool loses_fetch(const DescribedFile& file) const;
  Result<std::unique_ptr<ByteSource>> open_content(const DescribedFile& file);
  void append(std::string_view plain);

  const ExportNeeds needs_;
  const BagId bag_;
  const std::string top_;
  const Registration facts_;
  List payload_;
  List tags_;
  bool has_fetch_ = false;
  std::unique_ptr<ByteSource> content_;  ///< of the file that is being written
  std::uint64_t content_left_ = 0;
  std::uint64_t tar_size_ = 0;
  std::string plain_;  ///< tar that is still to be compressed
  GzipWriter gzip_;
  bool ended_ = false;
};

}  // namespace strongroom::retrieve
