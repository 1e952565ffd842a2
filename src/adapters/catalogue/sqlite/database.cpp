#include "adapters/catalogue/sqlite/database.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapters/catalogue/sqlite/migrations.hpp"

namespace strongroom::sqlite {
namespace {

/// How long a statement waits for another process's lock before it is a temporary error.
constexpr int kBusyMilliseconds = 5000;
/// Readers beyond these wait their turn: a read takes microseconds.
constexpr int kReadersMax = 4;
/// 4,096 pages of 4 KiB: the log is moved into the database when it has grown to 16 MiB.
constexpr int kLogPagesMax = 4096;
/// Writes that share a transaction: enough for one barrier to serve many, and short enough for other processes.
constexpr std::size_t kGroupMax = 64;

Error gate_error(const std::string& path) {
  return broken(std::string("cannot lock the catalogue: ") + std::strerror(errno), path + "-gate");
}

/// flock() again after a signal.
bool lock_gate(int gate, int operation) {
  int done = 0;
  do {
    done = flock(gate, operation);
  } while (done != 0 && errno == EINTR);
  return done == 0;
}

Result<void> move_and_clear(Connection& writer, int gate, const std::string& path, int operation, int mode) {
  if (!lock_gate(gate, operation)) {
    if (errno == EWOULDBLOCK) return temporary("another process is writing to the catalogue", path);
    return gate_error(path);
  }
  auto moved = writer.move_log(mode);
  lock_gate(gate, LOCK_UN);
  return moved;
}

}  // namespace

Error error_of(int code, std::string_view text, std::string_view statement) {
  std::string what = "catalogue: " + std::string(text);
  std::string where(statement.substr(0, 120));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return temporary(std::move(what), std::move(where), Reason::no_space);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return temporary(std::move(what), std::move(where));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return broken(std::move(what), std::move(where), Reason::corrupt);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return broken(std::move(what), std::move(where), Reason::forbidden);
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return broken(std::move(what), std::move(where), Reason::already_exists);
      }
      return broken(std::move(what), std::move(where), Reason::conflict);
    default:
      return broken(std::move(what), std::move(where));
  }
}

// ---- Statement ------------------------------------------------------------------------------------------------------

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Statement::step() {
  if (code_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    code_ = sqlite3_extended_errcode(handle_);
  }
  const char* sql = statement_ == nullptr ? "" : sqlite3_sql(statement_);
  return error_of(code_, sqlite3_errmsg(handle_), sql);
}

Result<void> Statement::run() {
  while (true) {
    TRY(const bool row, step());
    if (!row) return {};
  }
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Statement::integer_or_null(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<Instant> Statement::instant_or_null(int column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

std::optional<std::string> Statement::text_or_null(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

int Statement::bind(int at, std::int64_t value) { return sqlite3_bind_int64(statement_, at, value); }

int Statement::bind(int at, std::string_view value) {
  // A null pointer would bind NULL, not the empty text.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  return sqlite3_bind_text64(statement_, at, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

int Statement::bind(int at, std::nullopt_t) { return sqlite3_bind_null(statement_, at); }

// ---- Connection -----------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode, Durability durability) {
  // Statistics that nobody reads would put one lock around all allocations of all connections. Refused when another
  // part of the process has used SQLite before, which does no harm.
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == Mode::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return temporary("no memory for a connection to the catalogue", path);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return error_of(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle), path);

  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  // The log is moved by checkpoint() alone: not by a commit, and not when the last connection closes.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_autocheckpoint(handle, 0);
  sqlite3_wal_hook(
      handle,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      connection.get());
  TRY_VOID(connection->run_script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"));
  TRY_VOID(connection->run_script(durability == Durability::every_commit ? "PRAGMA synchronous = FULL;"
                                                                         : "PRAGMA synchronous = NORMAL;"));
  if (mode == Mode::read) TRY_VOID(connection->run_script("PRAGMA query_only = ON;"));
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Statement Connection::prepared(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return {handle_, known->second, SQLITE_OK};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return {handle_, nullptr, sqlite3_extended_errcode(handle_)};
  statements_.emplace(sql, statement);
  return {handle_, statement, SQLITE_OK};
}

Result<void> Connection::run_script(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error_of(sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_), sql);
  }
  return {};
}

void Connection::roll_back() {
  // SQLite ends the transaction by itself after some errors.
  if (sqlite3_get_autocommit(handle_) == 0) (void)run("ROLLBACK").has_value();
}

Result<void> Connection::move_log(int mode) {
  int pages = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, &pages, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY) {
    return error_of(sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_), "checkpoint");
  }
  log_pages_ = 0;
  return {};
}

// ---- Database -------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const Schema& schema, Durability durability) {
  const std::string gate_path = path + "-gate";
  const int gate = ::open(gate_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (gate < 0) return gate_error(path);
  std::unique_ptr<Database> database(new Database(path, gate));
  // Exclusive: of several processes that start at once one brings the schema up to date.
  if (!lock_gate(gate, LOCK_EX)) return gate_error(path);
  auto writer = Connection::open(path, Connection::Mode::write, durability);
  Result<void> migrated = writer ? migrate(**writer, schema) : Result<void>(writer.error());
  lock_gate(gate, LOCK_UN);
  if (!migrated) {
    Error error = migrated.error();
    error.where = path;
    return error;
  }
  database->writer_ = std::move(*writer);
  return database;
}

Database::~Database() { ::close(gate_); }

/// Whoever finds nobody at work leads: does what waits, its own job first, while new ones gather, and hands the lead to
/// the first of those.
Result<void> Database::do_job(Job& job) {
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&job);
  if (!std::exchange(leading_, true)) job.state = Job::State::leads;
  job.changed.wait(lock, [&] { return job.state != Job::State::waits; });
  if (job.state == Job::State::leads) {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kGroupMax));
    const std::vector<Job*> group(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
    lock.unlock();
    const Result<void> done = do_group(group);
    lock.lock();
    for (Job* one : group) {
      if (!done) one->failure = done.error();
      one->state = Job::State::done;
      one->changed.notify_one();
    }
    leading_ = !queue_.empty();
    if (leading_) {
      queue_.front()->state = Job::State::leads;
      queue_.front()->changed.notify_one();
    }
  }
  lock.unlock();
  if (job.thrown) std::rethrow_exception(job.thrown);
  if (job.failure) return std::move(*job.failure);
  return {};
}

Result<void> Database::do_group(const std::vector<Job*>& group) {
  const std::lock_guard lock(writer_mutex_);
  TRY_VOID(begin_write());
  bool anything = false;
  for (Job* job : group) {
    const Result<bool> done = group.size() == 1 ? do_work(*job) : do_in_savepoint(*job);
    if (!done) {
      abandon_write();
      return done.error();
    }
    anything = anything || *done;
  }
  if (anything) return commit_write();
  abandon_write();
  return {};
}

Result<bool> Database::do_in_savepoint(Job& job) {
  TRY_VOID(writer_->run("SAVEPOINT job"));
  TRY(const bool keep, do_work(job));
  if (!keep) TRY_VOID(writer_->run("ROLLBACK TO job"));
  TRY_VOID(writer_->run("RELEASE job"));
  return keep;
}

Result<bool> Database::do_work(Job& job) {
  bool keep = false;
  try {
    keep = job.work(*writer_);
  } catch (...) {
    job.thrown = std::current_exception();
  }
  // A full disk, for one, may end the whole transaction.
  if (!writer_->in_transaction()) return temporary("the transaction was ended by the trouble of a write", path_);
  return keep;
}

Result<void> Database::begin_write() {
  if (!lock_gate(gate_, LOCK_SH)) return gate_error(path_);
  auto begun = writer_->run("BEGIN IMMEDIATE");
  if (!begun) lock_gate(gate_, LOCK_UN);
  return begun;
}

Result<void> Database::commit_write() {
  auto committed = writer_->run("COMMIT");
  if (!committed) {
    abandon_write();
    return committed;
  }
  lock_gate(gate_, LOCK_UN);
  if (writer_->log_pages() >= kLogPagesMax) {
    // The work is committed: a checkpoint that does not come about now is tried again after a later commit.
    (void)move_and_clear(*writer_, gate_, path_, LOCK_EX | LOCK_NB, SQLITE_CHECKPOINT_PASSIVE).has_value();
  }
  return {};
}

void Database::abandon_write() {
  writer_->roll_back();
  lock_gate(gate_, LOCK_UN);
}

Result<void> Database::checkpoint() {
  const std::lock_guard lock(writer_mutex_);
  return move_and_clear(*writer_, gate_, path_, LOCK_EX, SQLITE_CHECKPOINT_TRUNCATE);
}

Result<Database::Borrowed> Database::borrow_reader() {
  {
    std::unique_lock lock(readers_mutex_);
    reader_free_.wait(lock, [this] { return !readers_.empty() || readers_open_ < kReadersMax; });
    if (!readers_.empty()) {
      Connection* reader = readers_.back().release();
      readers_.pop_back();
      return Borrowed(reader, GiveBack{this});
    }
    ++readers_open_;
  }
  auto opened = Connection::open(path_, Connection::Mode::read);
  if (!opened) {
    const std::lock_guard lock(readers_mutex_);
    --readers_open_;
    reader_free_.notify_one();
    return opened.error();
  }
  return Borrowed(opened->release(), GiveBack{this});
}

void Database::give_back(Connection* reader) {
  const std::lock_guard lock(readers_mutex_);
  readers_.emplace_back(reader);
  reader_free_.notify_one();
}

}  // namespace strongroom::sqlite
