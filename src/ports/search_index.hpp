// The search index: stored versions by the words of their bag-info and by their files (http-api.md 9.3).
//
// Made from the event log and the stored descriptions, so it may be dropped and is then filled anew; nothing else knows
// what it knows. All calls may come from any thread, those that write from one at a time. Errors: temporary for full
// disks, broken for a damaged file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/description.hpp"
#include "domain/identifiers.hpp"

namespace strongroom {

/// A version to be found.
struct IndexedVersion {
  BagId bag;
  Version version;
  Instant created;
  std::string words;  ///< the values of its bag-info
};

/// The next payload file in byte order of name, or null at the end.
using NextFile = std::function<Result<const DescribedFile*>()>;

struct SearchQuery {
  std::string words{};  ///< each must be in the bag-info; one that ends in `*` begins a word
  std::optional<std::string> space{};
  std::optional<std::vector<std::string>> allowed_spaces{};
  std::string identifier_prefix{};
  std::optional<Instant> from{};
  std::optional<Instant> before{};
  std::string name{};    ///< a part of a file's name, case apart; three characters or more
  std::string suffix{};  ///< of a file's name, lower case, without the dot
  bool latest = false;   ///< only the newest version of each bag
};

/// Where a page ended; results are ordered by creation and number of entry, newest first.
struct SearchPlace {
  Instant created;
  std::int64_t entry = 0;
};

struct FoundFileName {
  std::string name;
  std::string path;
  std::uint64_t size = 0;
};

struct SearchResult {
  BagId bag;
  Version version;
  Instant created;
  std::vector<FoundFileName> matches;  ///< the first by name; none when no file was asked for
  std::uint64_t match_count = 0;
  SearchPlace place;
};

class SearchIndex {
 public:
  virtual ~SearchIndex() = default;

  /// Everything up to this sequence of the event log is in the index; 0 at first.
  virtual Result<std::int64_t> position() = 0;
  virtual Result<void> advance(std::int64_t sequence) = 0;
  /// Takes a version in; one that is in already, or an older one of the bag than is in, changes nothing. It is found
  /// when the call returns, and not before; a call that was cut off is made again.
  virtual Result<void> add(const IndexedVersion& version, const NextFile& next_file) = 0;

  /// The next `limit` results behind `after`, with up to `matches_max` files each.
  virtual Result<std::vector<SearchResult>> search(const SearchQuery& query, const std::optional<SearchPlace>& after,
                                                   std::size_t limit, std::size_t matches_max) = 0;
};

/// The suffix of a file's name by search-index.md 3, lower case; empty for none.
[[nodiscard]] std::string suffix_of(std::string_view name);

}  // namespace strongroom
