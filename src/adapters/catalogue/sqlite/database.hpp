// SQLite as the catalogue needs it: connections, cached statements, transactions, errors by result code.
//
// One writer connection a process, a few reader connections, no transaction that outlives a call. Writes that come
// while one is being made durable share the next transaction, a savepoint each (CORRECTNESS 3.1): one barrier for all
// of them. Checkpoints run only in Database::checkpoint(), under an exclusive lock on `{path}-gate` that every write
// transaction of every process takes shared (CORRECTNESS 3.3): SQLite before 3.51.3 may lose pages when a commit
// restarts the log while a checkpoint begins. Database is for any thread; Connection and Statement are for one at a
// time.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/catalogue/sqlite/migrations.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom::sqlite {

/// The Error of an extended result code; `text` is SQLite's own message.
[[nodiscard]] Error error_of(int code, std::string_view text, std::string_view statement);

/// A prepared statement with its values bound, borrowed from its connection; reset when it goes. An error of binding
/// is given by the first step().
class Statement {
 public:
  Statement(sqlite3* handle, sqlite3_stmt* statement, int code) : handle_(handle), statement_(statement), code_(code) {}
  Statement(Statement&& other) noexcept
      : handle_(other.handle_), statement_(std::exchange(other.statement_, nullptr)), code_(other.code_) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  template <class... Values>
  void bind_all(const Values&... values) {
    int at = 0;
    (keep(bind(++at, values)), ...);
  }

  /// True when there is a row.
  Result<bool> step();
  /// Steps to the end.
  Result<void> run();

  // Columns of the row, counted from 0. Texts are copies.
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
  [[nodiscard]] Instant instant(int column) const { return instant_of(integer(column)); }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> integer_or_null(int column) const;
  [[nodiscard]] std::optional<Instant> instant_or_null(int column) const;
  [[nodiscard]] std::optional<std::string> text_or_null(int column) const;

 private:
  void keep(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }
  int bind(int at, std::int64_t value);
  int bind(int at, std::uint64_t value) { return bind(at, static_cast<std::int64_t>(value)); }
  int bind(int at, int value) { return bind(at, static_cast<std::int64_t>(value)); }
  int bind(int at, bool value) { return bind(at, static_cast<std::int64_t>(value)); }
  int bind(int at, std::string_view value);
  int bind(int at, const std::string& value) { return bind(at, std::string_view(value)); }
  int bind(int at, const char* value) { return bind(at, std::string_view(value)); }
  int bind(int at, Instant value) { return bind(at, microseconds_of(value)); }
  int bind(int at, Duration value) { return bind(at, static_cast<std::int64_t>(value.count())); }
  int bind(int at, std::nullopt_t);
  template <class T>
  int bind(int at, const std::optional<T>& value) {
    return value ? bind(at, *value) : bind(at, std::nullopt);
  }

  sqlite3* handle_;
  sqlite3_stmt* statement_;
  int code_;
};

/// What a loss of power may take from a database. A process that dies takes nothing either way.
enum class Durability : std::uint8_t {
  every_commit,  ///< nothing that was committed
  in_order,      ///< the last commits, none before an earlier one: for what can be made again from elsewhere
};

/// One connection with its statements.
class Connection {
 public:
  enum class Mode : std::uint8_t { read, write };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode,
                                                  Durability durability = Durability::every_commit);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// `sql` is one statement, a literal: it is prepared once and kept.
  template <class... Values>
  Statement query(std::string_view sql, const Values&... values) {
    Statement statement = prepared(sql);
    statement.bind_all(values...);
    return statement;
  }
  template <class... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    return query(sql, values...).run();
  }
  /// Several statements at once, not kept.
  Result<void> run_script(const char* sql);

  /// Rows that the last statement inserted, changed or removed.
  [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(handle_); }
  [[nodiscard]] std::int64_t last_id() const { return sqlite3_last_insert_rowid(handle_); }
  /// Pages of the write-ahead log after the last commit on this connection.
  [[nodiscard]] int log_pages() const { return log_pages_; }
  /// Ends a transaction that is still open.
  void roll_back();
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  /// Moves the log into the database. Busy readers leave a part of it for the next time. The caller holds the gate.
  Result<void> move_log(int mode);

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Statement prepared(std::string_view sql);

  sqlite3* handle_;
  int log_pages_ = 0;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

class Database {
 public:
  /// Creates the file when it is absent and brings it up to the schema. Refuses another program's file and a newer
  /// schema (broken, Reason::unsupported).
  static Result<std::unique_ptr<Database>> open(const std::string& path, const Schema& schema = catalogue_schema(),
                                                Durability durability = Durability::every_commit);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work(Connection&)`, which gives a Result, in a write transaction, perhaps with the work of others and by
  /// their thread: committed when it succeeds, and nothing of it has happened otherwise. When it returns, the commit is
  /// as durable as the database is.
  template <class Work>
  auto write(const Work& work) -> decltype(work(std::declval<Connection&>())) {
    std::optional<decltype(work(std::declval<Connection&>()))> answer;
    Job job{.work = [&](Connection& db) {
      answer.emplace(work(db));
      return answer->has_value();
    }};
    const Result<void> done = do_job(job);
    // Of its own trouble it can tell more than the transaction.
    if (!done && (!answer || answer->has_value())) return done.error();
    return std::move(*answer);
  }

  /// Runs `work(Connection&)` on one snapshot of the database.
  template <class Work>
  auto read(const Work& work) -> decltype(work(std::declval<Connection&>())) {
    TRY(const Borrowed reader, borrow_reader());
    TRY_VOID(reader->run("BEGIN"));
    auto result = work(*reader);
    reader->roll_back();
    return result;
  }

  /// The one place where the log is moved into the database and begun anew. Temporary when another process is writing
  /// all the time.
  Result<void> checkpoint();

 private:
  struct GiveBack {
    Database* database;
    void operator()(Connection* reader) const { database->give_back(reader); }
  };
  using Borrowed = std::unique_ptr<Connection, GiveBack>;

  /// A write that waits for its turn; its owner does, too.
  struct Job {
    enum class State : std::uint8_t { waits, leads, done };
    std::function<bool(Connection&)> work;  ///< whether it is to be committed
    State state = State::waits;             ///< under queue_mutex_
    std::condition_variable changed{};      ///< of `state`; its owner alone waits
    std::optional<Error> failure{};         ///< of the transaction
    std::exception_ptr thrown{};            ///< by the work
  };

  Database(std::string path, int gate) : path_(std::move(path)), gate_(gate) {}
  Result<void> do_job(Job& job);
  Result<void> do_group(const std::vector<Job*>& group);
  /// True when the work is to be committed; an Error when nothing of the transaction can be.
  Result<bool> do_work(Job& job);
  Result<bool> do_in_savepoint(Job& job);
  Result<void> begin_write();
  Result<void> commit_write();
  void abandon_write();
  Result<Borrowed> borrow_reader();
  void give_back(Connection* reader);

  std::string path_;
  int gate_;
  std::mutex queue_mutex_;
  std::deque<Job*> queue_;  ///< under queue_mutex_; while somebody leads, those that wait
  bool leading_ = false;    ///< under queue_mutex_: somebody is doing a group
  std::mutex writer_mutex_;
  std::unique_ptr<Connection> writer_;  ///< under writer_mutex_
  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> readers_;  ///< idle ones, under readers_mutex_
  int readers_open_ = 0;                              ///< under readers_mutex_
};

}  // namespace strongroom::sqlite
