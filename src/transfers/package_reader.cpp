#include "transfers/package_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "archive/zip_format.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "transfers/code_page_437.hpp"
#include "transfers/package_directory.hpp"
#include "transfers/package_findings.hpp"
#include "transfers/package_inflate.hpp"
#include "transfers/package_ranges.hpp"

namespace strongroom::transfers {
namespace {

using archive::ZipFields;

/// Told one by one; a log shows no more of one code.
constexpr std::size_t kDuplicatesTold = 200;

/// A name as it is meant.
struct MeantName {
  std::string text;
  bool has_utf8_reading = false;
  bool wrongly_marked = false;  ///< as UTF-8, which it is not
};

MeantName meant_name(const DirectoryEntry& entry) {
  const std::string_view raw = entry.raw_name.substr(0, entry.raw_name.find('\0'));
  if ((entry.flags & archive::kZipUtf8) != 0) return {std::string(raw), false, !is_utf8(raw)};
  const auto told = archive::unicode_path(entry.raw_name, entry.extra);
  if (told && !told->empty() && is_utf8(*told)) return {std::string(told->substr(0, told->find('\0'))), false, false};
  return {from_code_page_437(raw), !is_ascii(raw) && is_utf8(raw), false};
}

bool is_encrypted(const DirectoryEntry& entry) {
  constexpr unsigned kHidden = archive::kZipEncrypted | archive::kZipStrongEncryption | archive::kZipMaskedHeaders;
  return (entry.flags & kHidden) != 0;
}

/// One of the two CSVs, as the last entry of its name has it.
struct Csv {
  std::string_view name;
  std::optional<std::string>* content = nullptr;
  DirectoryEntry entry = {};  ///< its views are no longer valid
  std::string raw_name = {};
  bool met = false;
};

class PackageReader {
 public:
  explicit PackageReader(RandomAccess& package) : package_(package) {}

  Result<PackageContents> run() {
    if (package_.size() == 0) return refused(zip_empty());
    TRY_VOID(package_.read_tail());
    TRY(const auto located, locate_directory(package_));
    if (const auto* finding = std::get_if<Finding>(&located)) return refused(*finding);
    TRY(const auto fault, read_directory(std::get<DirectoryPlace>(located)));
    if (fault) return refused(*fault);
    contents_.readable = true;
    tell_of_members();
    for (Csv& csv : csvs_) {
      if (!csv.met || is_encrypted(csv.entry)) continue;
      TRY(auto finding, read_csv(csv));
      if (finding) contents_.findings.push_back(std::move(*finding));
    }
    return std::move(contents_);
  }

 private:
  static PackageContents refused(const Finding& finding) {
    PackageContents contents;
    contents.findings.push_back(finding);
    return contents;
  }

  /// What makes the directory unreadable, if anything does.
  Result<std::optional<Finding>> read_directory(const DirectoryPlace& place) {
    DirectoryReader reader(package_, place);
    for (;;) {
      TRY(const auto next, reader.next());
      if (const auto* finding = std::get_if<Finding>(&next)) return std::optional(*finding);
      const auto& entry = std::get<std::optional<DirectoryEntry>>(next);
      if (!entry) break;
      if (!take(*entry)) return std::optional(zip_too_many_members());
    }
    contents_.listing.build_index();
    return std::optional<Finding>();
  }

  bool take(const DirectoryEntry& entry) {
    const MeantName name = meant_name(entry);
    const bool encrypted = is_encrypted(entry);
    if (encrypted) encrypted_.add(name.text);
    if (name.wrongly_marked) wrongly_marked_.add(name.text);
    const auto csv = std::ranges::find(csvs_, name.text, &Csv::name);
    if (csv != csvs_.end()) {
      csv->met = true;
      csv->entry = entry;
      csv->raw_name = entry.raw_name;
    } else if (!encrypted && !is_known_method(entry.method)) {
      unknown_methods_.add(name.text, method_remark(entry.method));
    }
    return contents_.listing.add({.name = name.text,
                                  .encrypted = encrypted,
                                  .method = entry.method,
                                  .packed = entry.packed,
                                  .size = entry.size,
                                  .has_utf8_reading = name.has_utf8_reading});
  }

  void tell_of_members() {
    Findings& findings = contents_.findings;
    if (encrypted_.count() > 0) findings.push_back(zip_encrypted(encrypted_));
    if (wrongly_marked_.count() > 0) findings.push_back(zip_bad_names(wrongly_marked_));
    if (unknown_methods_.count() > 0) findings.push_back(unknown_methods(unknown_methods_));
    std::uint64_t repeated = 0;
    contents_.listing.for_each_repeated([&](std::string_view name, std::size_t count) {
      if (++repeated <= kDuplicatesTold) findings.push_back(duplicate_member(name, count));
    });
    if (repeated > kDuplicatesTold) findings.push_back(more_duplicate_members(repeated - kDuplicatesTold));
  }

  /// Its content, or what is wrong with it.
  Result<std::optional<Finding>> read_csv(const Csv& csv) {
    const auto& [flags, method, packed] = std::tie(csv.entry.flags, csv.entry.method, csv.entry.packed);
    if (!is_known_method(method) || (flags & archive::kZipPatched) != 0) {
      return std::optional(zip_method(csv.name, method));
    }
    const std::uint64_t head_size = archive::kZipLocalSize + csv.raw_name.size();
    if (csv.entry.offset > package_.size() || head_size > package_.size() - csv.entry.offset) {
      return std::optional(zip_truncated_csv(csv.name));
    }
    std::vector<std::byte> head(head_size);
    TRY_VOID(package_.read(csv.entry.offset, head));
    ZipFields fields(head);
    if (fields.u32() != archive::kZipLocalSignature) {
      return std::optional(zip_corrupt_csv(csv.name, "it is not where the list of members says"));
    }
    static_cast<void>(fields.take(22));  // what the directory says, too, or knows better
    const bool same_length = fields.u16() == csv.raw_name.size();
    const std::uint16_t extra = fields.u16();
    if (!same_length || as_text(fields.take(csv.raw_name.size())) != csv.raw_name) {
      return std::optional(zip_corrupt_csv(csv.name, "its own heading has another name than the list of members"));
    }
    const std::uint64_t behind = package_.size() - csv.entry.offset - head_size;
    if (extra > behind || packed > behind - extra) return std::optional(zip_truncated_csv(csv.name));
    const std::uint64_t packed_max =
        method == archive::kZipStored ? limits::kPackageCsvMax : limits::kPackageCsvPackedMax;
    if (packed > packed_max) return std::optional(csv_too_big(csv.name));
    return inflate_csv(csv, csv.entry.offset + head_size + extra);
  }

  Result<std::optional<Finding>> inflate_csv(const Csv& csv, std::uint64_t at) {
    PackageStretch data(package_, at, csv.entry.packed);
    std::string content;
    // The size is not trusted, but where it is right nothing is moved.
    content.reserve(static_cast<std::size_t>(std::min(csv.entry.size, limits::kPackageCsvMax)));
    TRY(const InflateEnd end, inflate_member(csv.entry.method, data, limits::kPackageCsvMax, content));
    if (end == InflateEnd::too_big) return std::optional(csv_too_big(csv.name));
    if (end == InflateEnd::broken) {
      return std::optional(zip_corrupt_csv(csv.name, "what is compressed cannot be unpacked"));
    }
    if (content.size() != csv.entry.size) {
      return std::optional(zip_corrupt_csv(csv.name, "unpacked it has " + with_thousands(content.size()) +
                                                         " bytes and should have " + with_thousands(csv.entry.size)));
    }
    if (archive::zip_crc(0, as_bytes(content)) != csv.entry.crc) {
      return std::optional(zip_corrupt_csv(csv.name, "its checksum (CRC-32) is wrong"));
    }
    *csv.content = std::move(content);
    return std::optional<Finding>();
  }

  PackageRanges package_;
  PackageContents contents_;
  std::array<Csv, 2> csvs_ = {Csv{.name = kMetadataCsv, .content = &contents_.metadata_csv},
                              Csv{.name = kRightsCsv, .content = &contents_.rights_csv}};
  FewNames encrypted_;
  FewNames wrongly_marked_;
  FewNames unknown_methods_;
};

}  // namespace

Result<PackageContents> read_package(RandomAccess& package) { return PackageReader(package).run(); }

}  // namespace strongroom::transfers
