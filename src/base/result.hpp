// Result and Error: how every function of Strongroom says that something did not work.
//
// An Error tells what happened, where, and who must act. Code acts on `act` and `reason`; `what` and `where` are for
// people. Exceptions of third parties are caught in adapters and never cross into the core. All types here are plain
// values: copy and move them between threads freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.hpp"

namespace strongroom {

/// Who has to do something about an error (DESIGN 3: failures end in three places only).
enum class Act : std::uint8_t {
  temporary,  ///< nobody: time mends it, the work is tried again later
  rejected,   ///< the depositor: the message is shown to them and the run ends
  broken,     ///< the operator: details are logged under the request id
};

/// What kind of thing happened, where callers choose by it. Adapters map provider answers to these, never by text.
enum class Reason : std::uint8_t {
  other,
  not_found,           ///< the object, row or file does not exist
  already_exists,      ///< a create-only write met something
  content_differs,     ///< a permanent key holds other bytes than the ones offered
  unexpected_content,  ///< a permanent prefix holds something that does not belong there
  no_container,        ///< no such bucket, container or upload area
  forbidden,           ///< the provider or the system refuses access
  stale_lease,         ///< the fence is not the current one: somebody else owns the work
  conflict,            ///< the row changed since it was read: look again
  stopped,             ///< the caller asked to stop
  no_space,            ///< a disk is full
  corrupt,             ///< bytes do not have the digest or the form they must have
  truncated,           ///< input ended too early
  limit,               ///< a configured limit was exceeded
  unsupported,         ///< a format or method that is not supported
  archived,            ///< the bytes lie in an archive tier and must be restored first
};

struct Error {
  Act act = Act::broken;
  Reason reason = Reason::other;
  std::string what;   ///< one sentence without credentials, fit for a log line
  std::string where;  ///< key, path, statement: the thing it happened to; may be empty

  /// "what (where)" on one line.
  [[nodiscard]] std::string text() const { return where.empty() ? what : what + " (" + where + ")"; }
};

[[nodiscard]] inline Error temporary(std::string what, std::string where = {}, Reason reason = Reason::other) {
  return Error{Act::temporary, reason, std::move(what), std::move(where)};
}
[[nodiscard]] inline Error rejected(std::string what, std::string where = {}, Reason reason = Reason::other) {
  return Error{Act::rejected, reason, std::move(what), std::move(where)};
}
[[nodiscard]] inline Error broken(std::string what, std::string where = {}, Reason reason = Reason::other) {
  return Error{Act::broken, reason, std::move(what), std::move(where)};
}

/// A value or an Error. Dropping one without looking is a compiler warning, and warnings are errors here.
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a function returns the value itself
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): a function returns the error itself
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  /// By value, so that `for (x : f().value())` keeps what it walks over.
  T value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& { return failed(); }
  [[nodiscard]] Error&& error() && { return std::move(const_cast<Error&>(failed())); }

 private:
  T& checked() {
    CHECK(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  const Error& failed() const {
    CHECK(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error. `return {};` or `return ok();` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a function returns the error itself
  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const Error& error() const& {
    CHECK(error_.has_value());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

[[nodiscard]] inline Result<void> ok() { return {}; }

}  // namespace strongroom

#define STRONGROOM_CONCAT_INNER(a, b) a##b
#define STRONGROOM_CONCAT(a, b) STRONGROOM_CONCAT_INNER(a, b)
#define STRONGROOM_TRY(result, declaration, ...) \
  auto result = (__VA_ARGS__);                   \
  if (!result) return std::move(result).error(); \
  declaration = std::move(result).value()
#define STRONGROOM_TRY_VOID(result, ...)           \
  do {                                             \
    auto result = (__VA_ARGS__);                   \
    if (!result) return std::move(result).error(); \
  } while (false)

/// TRY(auto x, f()); declares x with the value of f(), or returns its Error.
#define TRY(declaration, ...) STRONGROOM_TRY(STRONGROOM_CONCAT(try_result_, __COUNTER__), declaration, __VA_ARGS__)

/// TRY_VOID(f()); returns the Error of f(), if any.
#define TRY_VOID(...) STRONGROOM_TRY_VOID(STRONGROOM_CONCAT(try_result_, __COUNTER__), __VA_ARGS__)
