// All names of a bag in byte order, each with everything known about it: the three-way join of the files present, the
// manifest lines and the fetch entries.
//
// Private to this room. One name is held at a time, with at most one line of each manifest. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bagit/check.hpp"
#include "base/sorter.hpp"

namespace strongroom::bagit {

/// A manifest line on its way through a Sorter, as the value of its path.
struct ListedLine {
  std::uint8_t manifest = 0;  ///< index into the check's manifests
  std::uint64_t number = 0;
  std::string_view digest;    ///< raw bytes
  std::string_view spelling;  ///< another form of the path
};
[[nodiscard]] std::string encode(const ListedLine& line);
[[nodiscard]] ListedLine decode_listed(std::string_view value);

/// A fetch entry on its way through a Sorter, as the value of its path in the bag.
struct FetchEntry {
  std::uint64_t number = 0;             ///< line of fetch.txt
  std::optional<std::uint64_t> length;  ///< nothing for `-`
  std::string url;
  std::optional<InventoryEntry> held;  ///< the stored file it names, once that has been found
};
[[nodiscard]] std::string encode(const FetchEntry& entry);
[[nodiscard]] Result<FetchEntry> decode_fetch(std::string_view value);

/// The files present; a list that is not in strict byte order is Reason::corrupt.
class PresentFiles {
 public:
  static Result<PresentFiles> open(BagView& bag);
  /// The next file, or null at the end.
  Result<const InventoryEntry*> next();

 private:
  explicit PresentFiles(std::unique_ptr<EntryReader> reader) : reader_(std::move(reader)) {}
  std::unique_ptr<EntryReader> reader_;
  std::string last_;
  bool first_ = true;
};

/// Tells of ascending names whether the bag has such a file, present or fetched.
class NameLookup {
 public:
  static Result<NameLookup> open(BagView& bag, Sorter& fetched);
  /// `name` is not before the one asked for last.
  Result<bool> has(std::string_view name);

 private:
  NameLookup(PresentFiles present, std::unique_ptr<SortedReader> fetched)
      : present_(std::move(present)), fetched_(std::move(fetched)) {}
  PresentFiles present_;
  std::unique_ptr<SortedReader> fetched_;
  const InventoryEntry* entry_ = nullptr;
  const SortedRecord* fetch_ = nullptr;
};

/// One manifest's line about a name.
struct Listing {
  std::uint8_t manifest = 0;
  std::string digest;  ///< raw bytes
  std::uint64_t number = 0;
  std::optional<std::uint64_t> repeated;  ///< the line that lists the name a second time
  bool repeated_differs = false;          ///< some line that does so has another digest
};

struct BagName {
  std::string name;
  const InventoryEntry* entry = nullptr;        ///< null when the file is not present
  std::vector<Listing> listings;                ///< by manifest
  std::optional<FetchEntry> fetch;              ///< the first entry with this name
  std::optional<std::uint64_t> fetch_repeated;  ///< the line that gives the name a second time
};

class NameJoin {
 public:
  static Result<NameJoin> open(BagView& bag, Sorter& listed, Sorter& fetched);
  /// The next name, valid until the next call, or null at the end.
  Result<const BagName*> next();

 private:
  NameJoin(PresentFiles present, std::unique_ptr<SortedReader> listed, std::unique_ptr<SortedReader> fetched)
      : present_(std::move(present)), listed_(std::move(listed)), fetched_(std::move(fetched)) {}
  void add_listing(const ListedLine& line);

  PresentFiles present_;
  std::unique_ptr<SortedReader> listed_;
  std::unique_ptr<SortedReader> fetched_;
  const InventoryEntry* entry_ = nullptr;
  const SortedRecord* line_ = nullptr;
  const SortedRecord* fetch_ = nullptr;
  BagName name_;
};

}  // namespace strongroom::bagit
