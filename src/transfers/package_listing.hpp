// PackageListing: the members of a transfer package by name, as its central directory lists them.
//
// Made once while the package is read, only looked at afterwards (then from any thread). A million members of usual
// names take some 120 MiB; a look-up is a binary search. Knows no rule of any check. Source: transfers.md 6.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/finding.hpp"

namespace strongroom::transfers {

/// What is known of one member.
struct PackageMember {
  std::string_view name;  ///< as it is meant, cut at its first NUL; UTF-8 but where a wrongly marked name is not
  bool encrypted = false;
  std::uint16_t method = 0;  ///< of compression, as zip numbers them
  std::uint64_t packed = 0;  ///< bytes in the package, as the directory says
  std::uint64_t size = 0;    ///< bytes of the content, as the directory says
  /// The name was read by code page 437, and its bytes are valid UTF-8 that is not plain ASCII.
  bool has_utf8_reading = false;
};

class PackageListing {
 public:
  PackageListing() = default;
  /// Files and directories of these names: what checks are tried with.
  [[nodiscard]] static PackageListing of(const std::vector<std::string>& names);

  /// The next member; the name is copied. False when there is no room: too many members, or too long names.
  [[nodiscard]] bool add(const PackageMember& member);
  /// After the last add() and before the first find().
  void build_index();

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] bool empty() const { return members_.empty(); }
  /// Members are numbered from 0 in the order of the directory. The view stays valid as long as the listing.
  [[nodiscard]] std::string_view name(std::size_t i) const;
  [[nodiscard]] PackageMember member(std::size_t i) const;
  /// Its name ends in a slash.
  [[nodiscard]] bool is_directory(std::size_t i) const { return name(i).ends_with('/'); }
  /// The name's bytes read as UTF-8, where nothing in the package says that they are, and where that is another name.
  [[nodiscard]] std::optional<std::string> utf8_reading(std::size_t i) const;

  /// The member of exactly this name; of several the last.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }
  /// The member whose utf8_reading() is this name; of several the last.
  [[nodiscard]] std::optional<std::size_t> find_utf8_reading(std::string_view name) const;

  /// visit(i, name) for every member in the order of the directory.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < size(); ++i) visit(i, name(i));
  }
  /// visit(i, name) for every member whose name begins with `prefix`, in the byte order of names, then of the
  /// directory.
  template <class Visit>
  void for_each_beginning(std::string_view prefix, Visit visit) const {
    for (auto at = first_from(prefix); at != by_name_.end(); ++at) {
      if (!name(*at).starts_with(prefix)) return;
      visit(std::size_t{*at}, name(*at));
    }
  }
  /// visit(name, count) for every name that more than one member has, in byte order.
  template <class Visit>
  void for_each_repeated(Visit visit) const {
    for (std::size_t at = 0; at < by_name_.size();) {
      const std::string_view one = name(by_name_[at]);
      std::size_t end = at + 1;
      while (end < by_name_.size() && name(by_name_[end]) == one) ++end;
      if (end - at > 1) visit(one, end - at);
      at = end;
    }
  }

 private:
  struct Record {
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    std::uint32_t name_at = 0;  ///< block of names, and place in it
    std::uint32_t name_length = 0;
    std::uint16_t method = 0;
    bool encrypted = false;
    bool has_utf8_reading = false;
  };
  using Index = std::vector<std::uint32_t>;
  [[nodiscard]] Index::const_iterator first_from(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> last_of(const Index& index, std::string_view name) const;

  std::deque<Record> members_;  ///< grows without moving
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_used_ = 0;
  Index by_name_;     ///< members in byte order of names, equal ones in order of the directory
  Index rereadable_;  ///< those of them that have a UTF-8 reading
};

/// A package as it was read.
struct PackageContents {
  /// The directory could be read. When not, listing and CSVs are empty and nothing can be checked with them.
  bool readable = false;
  PackageListing listing;
  /// The bytes of `metadata/metadata.csv` and `metadata/rights.csv`. Nothing also when the listing has the file and a
  /// finding says why it could not be read: then what it holds cannot be checked either.
  std::optional<std::string> metadata_csv;
  std::optional<std::string> rights_csv;
  /// `ZIP-…`, `CSV-TOO-BIG`, `W-METHOD`, `W-DUPLICATE-MEMBER`.
  Findings findings;
};

inline constexpr std::string_view kMetadataCsv = "metadata/metadata.csv";
inline constexpr std::string_view kRightsCsv = "metadata/rights.csv";

}  // namespace strongroom::transfers
