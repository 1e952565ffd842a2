#include "retrieve/bag_export.hpp"

#include <algorithm>

#include "archive/tar_writer.hpp"
#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "bagit/manifest_without.hpp"
#include "base/limits.hpp"
#include "domain/layout.hpp"
#include "domain/sparse_index.hpp"

namespace strongroom::retrieve {
namespace {

constexpr std::size_t kPiece = 64 * limits::kKiB;
/// Images, most of what is kept, hardly shrink further at higher levels; texts do by a fifth, in thrice the time.
constexpr int kLevel = 1;

/// Counts to the end.
Result<std::uint64_t> size_of(ByteSource& source) {
  std::vector<std::byte> buffer(kPiece);
  std::uint64_t size = 0;
  for (;;) {
    TRY(const std::size_t n, source.read(buffer));
    if (n == 0) return size;
    size += n;
  }
}

}  // namespace

std::string export_name(std::string_view external_identifier, std::string_view version) {
  std::string name(external_identifier);
  std::replace(name.begin(), name.end(), '/', '_');
  return name.append("-").append(version);
}

BagExport::BagExport(const ExportNeeds& needs, BagId bag, const VersionRow& row)
    : needs_(needs),
      bag_(std::move(bag)),
      top_(export_name(bag_.external_identifier.str(), row.version.str())),
      facts_(*row.registration),
      gzip_(kLevel) {}

Result<std::unique_ptr<BagExport>> BagExport::open(const ExportNeeds& needs, const BagId& bag, const VersionRow& row) {
  std::unique_ptr<BagExport> made(new BagExport(needs, bag, row));
  TRY_VOID(made->open_lists(row));
  return made;
}

/// The payload is read along with the whole description, and with its digest; the tag files, which stand behind it and
/// come partly before it, from a place of their own.
Result<void> BagExport::open_lists(const VersionRow& row) {
  TRY(payload_.source, open_description(needs_.description, bag_, row));
  payload_.reader = std::make_unique<DescriptionReader>(*payload_.source);
  TRY([[maybe_unused]] const DescriptionHead head, payload_.reader->head());
  TRY(const auto tags_at, begin_of_list(facts_.sparse_index, "tagFiles"));
  if (!tags_at) return broken("a stored version has no tag files", bag_.str(), Reason::corrupt);
  TRY(tags_.source, open_description_from(needs_.description, bag_, row, *tags_at));
  tags_.reader = std::make_unique<DescriptionReader>(*tags_.source);
  TRY_VOID(advance_payload());
  return advance_tags();
}

Result<void> BagExport::advance_payload() {
  TRY(const DescribedFile* file, payload_.reader->next_file());
  payload_.file = file == nullptr ? std::nullopt : std::optional(*file);
  if (file != nullptr) return {};
  // To the last byte: only there does the description's digest show.
  TRY([[maybe_unused]] const DescriptionTail tail, payload_.reader->skip_to_tail());
  return {};
}

Result<void> BagExport::advance_tags() {
  TRY(const DescribedFile* file, tags_.reader->next_of_list());
  tags_.file = file == nullptr ? std::nullopt : std::optional(*file);
  return {};
}

Result<bool> BagExport::next(std::string& out) {
  const std::size_t before = out.size();
  while (!ended_ && out.size() == before) {
    plain_.clear();
    while (plain_.size() < kPiece && !ended_) {
      TRY_VOID(content_ ? fill() : begin_file());
    }
    TRY_VOID(gzip_.add(plain_, out));
    if (ended_) {
      TRY_VOID(gzip_.end(out));
    }
  }
  return !ended_;
}

void BagExport::append(std::string_view plain) {
  plain_.append(plain);
  tar_size_ += plain.size();
}

/// More of the present file's bytes, or what stands behind them.
Result<void> BagExport::fill() {
  const std::size_t before = plain_.size();
  plain_.resize(before + kPiece);
  auto read = content_->read(std::as_writable_bytes(std::span(plain_.data() + before, kPiece)));
  plain_.resize(before + (read ? *read : 0));
  if (!read) return std::move(read).error();
  tar_size_ += *read;
  content_left_ -= std::min<std::uint64_t>(*read, content_left_);
  if (*read > 0) return {};
  if (content_left_ > 0) return broken("a stored file is shorter than recorded", bag_.str(), Reason::truncated);
  content_.reset();
  append(archive::tar_file_padding(tar_size_));
  return {};
}

/// The next file by name, or the end.
Result<void> BagExport::begin_file() {
  const bool tag = tags_.file && (!payload_.file || tags_.file->name < payload_.file->name);
  const std::optional<DescribedFile> file = tag ? tags_.file : payload_.file;
  if (!file) {
    append(archive::tar_end(tar_size_));
    ended_ = true;
    return {};
  }
  TRY_VOID(tag ? advance_tags() : advance_payload());
  if (file->name == bagit::kFetchFile) {
    has_fetch_ = true;
    return {};
  }
  content_left_ = file->size;
  if (loses_fetch(*file)) {
    // Its length stands before it, so it is read twice.
    TRY(const auto once, open_content(*file));
    TRY(content_left_, size_of(*once));
  }
  TRY(content_, open_content(*file));
  append(archive::tar_file_header(top_ + "/" + file->name, content_left_, facts_.created));
  return {};
}

bool BagExport::loses_fetch(const DescribedFile& file) const { return has_fetch_ && bagit::is_tag_manifest(file.name); }

/// As the package has it.
Result<std::unique_ptr<ByteSource>> BagExport::open_content(const DescribedFile& file) {
  TRY(auto stored, open_file(needs_.copies, {layout::bag_prefix(bag_) + file.path, file.size,
                                             *file.checksum(Algorithm::sha256), facts_.location_uuids}));
  if (!loses_fetch(file)) return stored;
  return std::unique_ptr<ByteSource>(
      std::make_unique<bagit::ManifestWithout>(std::move(stored), std::string(bagit::kFetchFile)));
}

}  // namespace strongroom::retrieve
