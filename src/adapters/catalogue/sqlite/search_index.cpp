#include "adapters/catalogue/sqlite/search_index.hpp"

#include <algorithm>

#include "adapters/catalogue/sqlite/database.hpp"
#include "adapters/catalogue/sqlite/rows.hpp"
#include "base/text.hpp"

namespace strongroom::sqlite {
namespace {

/// Files taken in by one transaction: some 50 ms.
constexpr std::size_t kBatch = 2000;

/// A row of `file` that is open: the newest version has it.
struct OpenFile {
  std::int64_t row = 0;
  std::string name;
  std::string path;
};

/// Those behind a name, in byte order.
Result<std::vector<OpenFile>> open_files(Connection& db, std::int64_t bag, const std::string& after) {
  Statement row =
      db.query("SELECT id, name, path FROM file WHERE bag = ? AND last IS NULL AND name > ? ORDER BY name LIMIT ?", bag,
               after, kBatch);
  std::vector<OpenFile> files;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return files;
    files.push_back({row.integer(0), row.text(1), row.text(2)});
  }
}

Result<void> insert_file(Connection& db, std::int64_t bag, const DescribedFile& file, Version version) {
  const std::string suffix = suffix_of(file.name);
  TRY_VOID(db.run("INSERT INTO file (bag, name, path, size, suffix, first) VALUES (?, ?, ?, ?, ?, ?)", bag, file.name,
                  file.path, file.size, suffix.empty() ? std::nullopt : std::optional(suffix), version.number()));
  return db.run("INSERT INTO names (rowid, name) VALUES (?, ?)", db.last_id(), file.name);
}

Result<void> close_file(Connection& db, std::int64_t row, Version version) {
  return db.run("UPDATE file SET last = ? WHERE id = ?", version.number() - 1, row);
}

/// A text of FTS5: every word quoted, so that nothing in it is syntax.
std::string phrase(std::string_view word) {
  std::string quoted = "\"";
  for (const char c : word) quoted.append(c == '"' ? "\"\"" : std::string(1, c));
  return quoted + "\"";
}

std::string words_expression(std::string_view words) {
  std::string expression;
  for (std::string_view word : split(words, ' ')) {
    const bool beginning = word.size() > 1 && word.ends_with('*');
    if (beginning) word.remove_suffix(1);
    if (word.empty()) continue;
    expression += (expression.empty() ? "" : " ") + phrase(word) + (beginning ? " *" : "");
  }
  return expression;
}

/// The first text behind all that begin with `prefix`; nothing when there is none.
std::optional<std::string> behind_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

std::optional<std::string> names_phrase(const SearchQuery& query) {
  return query.name.empty() ? std::nullopt : std::optional(phrase(query.name));
}

// Which files of the version v match: ?1 a phrase of names, ?2 a suffix, each perhaps absent.
#define STRONGROOM_MATCHING                                                                                         \
  "f.bag = v.bag AND f.first <= v.number AND (f.last IS NULL OR f.last >= v.number) AND (?2 IS NULL OR f.suffix = " \
  "?2) AND (?1 IS NULL OR f.id IN (SELECT rowid FROM names WHERE names MATCH ?1))"

/// The versions of one page, without their files. What is absent lets everything through.
Statement versions_of_page(Connection& db, const SearchQuery& query, const std::optional<SearchPlace>& after,
                           std::size_t limit) {
  const auto names = names_phrase(query);
  const std::string words = words_expression(query.words);
  const auto spaces = query.allowed_spaces ? std::optional(encode_texts(*query.allowed_spaces)) : std::nullopt;
  return db.query(
      "SELECT v.id, b.space, b.identifier, v.number, v.created FROM version v JOIN bag b ON b.id = v.bag WHERE "
      "(?3 IS NULL OR v.id IN (SELECT rowid FROM words WHERE words MATCH ?3)) AND "
      "(?4 IS NULL OR b.space = ?4) AND (?5 IS NULL OR b.space IN (SELECT value FROM json_each(?5))) AND "
      "(?6 IS NULL OR b.identifier >= ?6) AND (?7 IS NULL OR b.identifier < ?7) AND "
      "(?8 IS NULL OR v.created >= ?8) AND (?9 IS NULL OR v.created < ?9) AND "
      "(?10 IS NULL OR (v.created, v.id) < (?10, ?11)) AND (NOT ?12 OR v.number = b.newest) AND "
      "((?1 IS NULL AND ?2 IS NULL) OR v.bag IN (SELECT f.bag FROM file f WHERE (?2 IS NULL OR f.suffix = ?2) "
      "AND (?1 IS NULL OR f.id IN (SELECT rowid FROM names WHERE names MATCH ?1)))) AND "
      "((?1 IS NULL AND ?2 IS NULL) OR EXISTS (SELECT 1 FROM file f WHERE " STRONGROOM_MATCHING
      ")) ORDER BY v.created DESC, v.id DESC LIMIT ?13",
      names, given(query.suffix), given(words), query.space, spaces, given(query.identifier_prefix),
      behind_prefix(query.identifier_prefix), query.from, query.before,
      after ? std::optional(after->created) : std::nullopt, after ? std::optional(after->entry) : std::nullopt,
      query.latest, limit);
}

Result<SearchResult> read_result(const Statement& row) {
  TRY(Space space, Space::parse(row.text(1)));
  TRY(ExternalIdentifier identifier, ExternalIdentifier::parse(row.text(2)));
  return SearchResult{{std::move(space), std::move(identifier)}, Version(row.integer(3)), row.instant(4), {}, 0,
                      {row.instant(4), row.integer(0)}};
}

Result<void> add_matches(Connection& db, const SearchQuery& query, std::size_t matches_max, SearchResult& result) {
  const auto names = names_phrase(query);
  Statement count = db.query("SELECT count(*) FROM version v JOIN file f ON " STRONGROOM_MATCHING " WHERE v.id = ?3",
                             names, given(query.suffix), result.place.entry);
  TRY(const bool counted, count.step());
  result.match_count = counted ? count.count(0) : 0;
  Statement row = db.query("SELECT f.name, f.path, f.size FROM version v JOIN file f ON " STRONGROOM_MATCHING
                           " WHERE v.id = ?3 ORDER BY f.name LIMIT ?4",
                           names, given(query.suffix), result.place.entry, matches_max);
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return {};
    result.matches.push_back({row.text(0), row.text(1), row.count(2)});
  }
}

}  // namespace

SqliteSearchIndex::SqliteSearchIndex(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SqliteSearchIndex::~SqliteSearchIndex() = default;

Result<std::unique_ptr<SearchIndex>> open_search_index(const std::string& path) {
  TRY(auto database, Database::open(path, search_schema(), Durability::in_order));
  return std::unique_ptr<SearchIndex>(std::make_unique<SqliteSearchIndex>(std::move(database)));
}

Result<std::int64_t> SqliteSearchIndex::position() {
  return database_->read([](Connection& db) -> Result<std::int64_t> {
    Statement row = db.query("SELECT sequence FROM place");
    TRY(const bool found, row.step());
    return found ? row.integer(0) : 0;
  });
}

Result<void> SqliteSearchIndex::advance(std::int64_t sequence) {
  return database_->write(
      [&](Connection& db) { return db.run("UPDATE place SET sequence = ?1 WHERE sequence < ?1", sequence); });
}

Result<void> SqliteSearchIndex::add(const IndexedVersion& version, const NextFile& next_file) {
  struct BagPlace {
    std::int64_t row = 0;
    std::int64_t newest = 0;
  };
  TRY(const BagPlace bag, database_->write([&](Connection& db) -> Result<BagPlace> {
    const std::string& space = version.bag.space.str();
    const std::string& identifier = version.bag.external_identifier.str();
    TRY_VOID(db.run("INSERT INTO bag (space, identifier) VALUES (?, ?) ON CONFLICT DO NOTHING", space, identifier));
    Statement row = db.query("SELECT id, newest FROM bag WHERE space = ? AND identifier = ?", space, identifier);
    TRY(const bool found, row.step());
    CHECK(found);
    return BagPlace{row.integer(0), row.integer(1)};
  }));
  if (version.version.number() <= bag.newest) return {};
  TRY_VOID(take_files(bag.row, version.version, next_file));
  return database_->write([&](Connection& db) -> Result<void> {
    TRY_VOID(db.run("INSERT INTO version (bag, number, created) VALUES (?, ?, ?)", bag.row, version.version.number(),
                    version.created));
    TRY_VOID(db.run("INSERT INTO words (rowid, text) VALUES (?, ?)", db.last_id(), version.words));
    return db.run("UPDATE bag SET newest = ? WHERE id = ?", version.version.number(), bag.row);
  });
}

/// Joins the version's files with those that are open, both in byte order of name.
Result<void> SqliteSearchIndex::take_files(std::int64_t bag, Version version, const NextFile& next_file) {
  std::string after;
  bool ended = false;
  TRY(const DescribedFile* file, next_file());
  while (!ended) {
    TRY_VOID(database_->write([&](Connection& db) -> Result<void> {
      TRY(const std::vector<OpenFile> open, open_files(db, bag, after));
      const bool last_open = open.size() < kBatch;
      std::size_t at = 0;
      // Up to the last open one that was read; beyond it there may be others between the new ones.
      for (std::size_t taken = 0; taken < kBatch; ++taken) {
        if (file != nullptr && at < open.size() && open[at].name == file->name) {
          if (open[at].path != file->path) {
            TRY_VOID(close_file(db, open[at].row, version));
            TRY_VOID(insert_file(db, bag, *file, version));
          }
          after = open[at++].name;
          TRY(file, next_file());
        } else if (at < open.size() && (file == nullptr || open[at].name < file->name)) {
          TRY_VOID(close_file(db, open[at].row, version));
          after = open[at++].name;
        } else if (file != nullptr && (at < open.size() || last_open)) {
          TRY_VOID(insert_file(db, bag, *file, version));
          after = file->name;
          TRY(file, next_file());
        } else {
          ended = file == nullptr && last_open;
          return {};
        }
      }
      return {};
    }));
  }
  return {};
}

Result<std::vector<SearchResult>> SqliteSearchIndex::search(const SearchQuery& query,
                                                            const std::optional<SearchPlace>& after, std::size_t limit,
                                                            std::size_t matches_max) {
  return database_->read([&](Connection& db) -> Result<std::vector<SearchResult>> {
    std::vector<SearchResult> results;
    {
      Statement row = versions_of_page(db, query, after, limit);
      while (true) {
        TRY(const bool more, row.step());
        if (!more) break;
        TRY(SearchResult result, read_result(row));
        results.push_back(std::move(result));
      }
    }
    if (query.name.empty() && query.suffix.empty()) return results;
    for (SearchResult& result : results) {
      TRY_VOID(add_matches(db, query, matches_max, result));
    }
    return results;
  });
}

}  // namespace strongroom::sqlite
