// A JSON object as its reader wants it: members asked for by name and type, a missing one or one of another type being
// Reason::corrupt. For texts this program wrote itself; requests of clients get messages of their own.
//
// Plain immutable values, cheap to copy; no exceptions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

class JsonMembers {
 public:
  /// `json` must be one whole JSON object.
  static Result<JsonMembers> parse(std::string_view json);

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  /// 0 to 2^63-1.
  [[nodiscard]] Result<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] Result<bool> boolean(std::string_view name) const;
  /// In the form of format_instant only.
  [[nodiscard]] Result<Instant> instant(std::string_view name) const;
  [[nodiscard]] Result<JsonMembers> object(std::string_view name) const;
  [[nodiscard]] Result<std::vector<JsonMembers>> objects(std::string_view name) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  /// The value as JSON again, of any type.
  [[nodiscard]] Result<std::string> json_of(std::string_view name) const;
  /// Every member of this object, all of them texts, in order.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> all_texts() const;
  /// Reason::corrupt unless the member is this text: `type`.
  [[nodiscard]] Result<void> expect(std::string_view name, std::string_view value) const;

 private:
  explicit JsonMembers(std::shared_ptr<const void> object) : object_(std::move(object)) {}
  /// The object within its tree, which it keeps alive; the library's type stays out of this header.
  std::shared_ptr<const void> object_;
};

}  // namespace strongroom
