// The search index in an SQLite file of its own beside the catalogue: full-text indexes of words and of names.
//
// Files are kept by the stretch of versions that have them, so a version that changes little costs little. A version is
// taken in by several small transactions and shows with the last of them. Any thread; one writer.
#pragma once

#include <memory>
#include <string>

#include "ports/search_index.hpp"

namespace strongroom::sqlite {

class Database;

class SqliteSearchIndex final : public SearchIndex {
 public:
  explicit SqliteSearchIndex(std::unique_ptr<Database> database);
  ~SqliteSearchIndex() override;

  Result<std::int64_t> position() override;
  Result<void> advance(std::int64_t sequence) override;
  Result<void> add(const IndexedVersion& version, const NextFile& next_file) override;
  Result<std::vector<SearchResult>> search(const SearchQuery& query, const std::optional<SearchPlace>& after,
                                           std::size_t limit, std::size_t matches_max) override;

 private:
  Result<void> take_files(std::int64_t bag, Version version, const NextFile& next_file);

  std::unique_ptr<Database> database_;
};

/// Creates the file when it is absent. Broken for a damaged file, or one of a newer program: it may be removed.
Result<std::unique_ptr<SearchIndex>> open_search_index(const std::string& path);

}  // namespace strongroom::sqlite
