// Messages set aside, by number.
#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/database.hpp"

namespace strongroom::sqlite {
namespace {

#define STRONGROOM_MESSAGE_ASIDE "SELECT number, source, subject, body, reason, created FROM message_aside "

MessageAside read_message(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.instant(5)};
}

}  // namespace

Result<bool> SqliteCatalogue::set_aside(const MessageAside& message) {
  return database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(
        db.run("INSERT INTO message_aside (source, subject, body, reason, created) VALUES (?, ?, ?, ?, ?) "
               "ON CONFLICT DO NOTHING",
               message.source, message.subject, message.body, message.reason, message.created));
    return db.changes() > 0;
  });
}

Result<std::vector<MessageAside>> SqliteCatalogue::messages_aside(std::int64_t after, std::size_t limit) {
  return database_->read([&](Connection& db) -> Result<std::vector<MessageAside>> {
    Statement row = db.query(STRONGROOM_MESSAGE_ASIDE "WHERE number > ? ORDER BY number LIMIT ?", after,
                             static_cast<std::int64_t>(limit));
    std::vector<MessageAside> messages;
    for (;;) {
      TRY(const bool more, row.step());
      if (!more) return messages;
      messages.push_back(read_message(row));
    }
  });
}

Result<std::optional<MessageAside>> SqliteCatalogue::find_aside(std::int64_t number) {
  return database_->read([&](Connection& db) -> Result<std::optional<MessageAside>> {
    Statement row = db.query(STRONGROOM_MESSAGE_ASIDE "WHERE number = ?", number);
    TRY(const bool found, row.step());
    return found ? std::optional(read_message(row)) : std::nullopt;
  });
}

Result<bool> SqliteCatalogue::drop_aside(std::int64_t number) {
  return database_->write([&](Connection& db) -> Result<bool> {
    TRY_VOID(db.run("DELETE FROM message_aside WHERE number = ?", number));
    return db.changes() > 0;
  });
}

}  // namespace strongroom::sqlite
