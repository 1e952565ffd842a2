// What the rooms of transfers remember beside the packages: names of METS files, small facts, alerts.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/transfer_rows.hpp"
#include "base/text.hpp"

namespace strongroom::sqlite {
namespace {

/// Character by character, so that it stays UTF-8; a byte that is none counts as a character.
std::string reversed(std::string_view text) {
  std::string back;
  back.reserve(text.size());
  for (std::size_t at = text.size(); at > 0;) {
    std::size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    std::size_t end = begin;
    if (!next_code_point(text, end) || end != at) begin = at - 1;
    back.append(text.substr(begin, at - begin));
    at = begin;
  }
  return back;
}

}  // namespace

std::optional<std::string> end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

Result<void> SqliteCatalogue::add_mets_names(const BagId& bag, Version version, const std::vector<std::string>& names) {
  return database_->write([&](Connection& db) -> Result<void> {
    for (const std::string& name : names) {
      TRY_VOID(db.run(
          "INSERT INTO mets_name (reversed, space, external_identifier, version) VALUES (?, ?, ?, ?) ON CONFLICT DO "
          "NOTHING",
          reversed(name), bag.space.str(), bag.external_identifier.str(), version.number()));
    }
    return {};
  });
}

Result<std::optional<TransferBag>> SqliteCatalogue::find_mets_suffix(const std::string& suffix) {
  const std::string begin = reversed(suffix);
  const auto end = end_of_prefix(begin);
  if (!end) return std::optional<TransferBag>();
  return database_->read([&](Connection& db) -> Result<std::optional<TransferBag>> {
    Statement row = db.query(
        "SELECT space, external_identifier, version FROM mets_name WHERE reversed >= ? AND reversed < ? ORDER BY "
        "version, id LIMIT 1",
        begin, *end);
    TRY(const bool found, row.step());
    if (!found) return std::optional<TransferBag>();
    return std::optional(TransferBag{row.text(0), row.text(1), Version(row.integer(2)).str()});
  });
}

Result<std::string> SqliteCatalogue::transfer_fact(const std::string& name) {
  return database_->read([&](Connection& db) -> Result<std::string> {
    Statement row = db.query("SELECT value FROM transfer_fact WHERE name = ?", name);
    TRY(const bool found, row.step());
    return found ? row.text(0) : std::string();
  });
}

Result<void> SqliteCatalogue::set_transfer_fact(const std::string& name, const std::string& value) {
  return database_->write([&](Connection& db) {
    return db.run(
        "INSERT INTO transfer_fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        name, value);
  });
}

Result<std::optional<Version>> SqliteCatalogue::latest_version(const BagId& bag) {
  TRY(const auto row, find_registered(bag, std::nullopt));
  return row ? std::optional(row->version) : std::optional<Version>();
}

Result<TransferTally> SqliteCatalogue::transfer_tally() {
  return database_->read([](Connection& db) -> Result<TransferTally> {
    TransferTally tally;
    Statement states = db.query("SELECT state, count(*) FROM transfer GROUP BY state");
    while (true) {
      TRY(const bool more, states.step());
      if (!more) break;
      if (const auto state = parse_transfer_state(states.text(0))) tally.packages[*state] = states.count(1);
    }
    Statement oldest = db.query(
        "SELECT min(created) FROM transfer WHERE unresolved = 1 AND state NOT IN ('rejected', 'stored', 'failed')");
    TRY(const bool any, oldest.step());
    if (any) tally.oldest_unfinished = oldest.instant_or_null(0);
    Statement aside = db.query("SELECT count(*) FROM message_aside");
    TRY_VOID(aside.step());
    tally.messages_aside = aside.count(0);
    return tally;
  });
}

Result<bool> SqliteCatalogue::tell_alert(const std::string& problem, const std::string& description,
                                         const TransferNotice& notice, Instant now, Duration repeat) {
  auto told = database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(db.run(
        "INSERT INTO operator_problem (name, description, told) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET "
        "description = ?2, told = ?3 WHERE description <> ?2 OR told <= ?4",
        problem, description, now, now - repeat));
    if (db.changes() == 0) return false;
    TRY_VOID(append_notice(db, kOperatorAlert, notice, now));
    return true;
  });
  if (told && *told) ring(News::events);
  return told;
}

Result<bool> SqliteCatalogue::end_alert(const std::string& problem, const TransferNotice& notice, Instant now) {
  auto ended = database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(db.run("DELETE FROM operator_problem WHERE name = ?", problem));
    if (db.changes() == 0) return false;
    TRY_VOID(append_notice(db, kOperatorAlert, notice, now));
    return true;
  });
  if (ended && *ended) ring(News::events);
  return ended;
}

}  // namespace strongroom::sqlite
