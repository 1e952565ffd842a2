// Contracts: what every adapter of a port must do, as checks that can be run against any of them.
//
// Tests run them on all adapters; `strongroom check store` runs them on an operator's own storage. A check is a name
// and a function; an Error says what did not hold. Checks of one list may run in any order, one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "domain/identifiers.hpp"
#include "ports/object_store.hpp"

namespace strongroom::contracts {

struct NamedCheck {
  std::string name;  ///< snake_case, unique within its list
  std::function<Result<void>()> run;
};

/// The error of a promise that was not kept.
[[nodiscard]] inline Error not_kept(std::string what) {
  return broken("the contract does not hold: " + std::move(what));
}
[[nodiscard]] inline Result<void> require(bool held, std::string what) {
  if (!held) return not_kept(std::move(what));
  return {};
}

/// `result` must have failed with this reason.
template <class T>
Result<void> require_failure(const Result<T>& result, Reason reason, const std::string& what) {
  if (result) return not_kept(what + ": it succeeded");
  if (result.error().reason != reason) return not_kept(what + ": it failed otherwise: " + result.error().text());
  return {};
}

/// Text made of `seed`, not compressible to a pattern that a mixed-up offset would leave unnoticed.
[[nodiscard]] std::string sample_text(std::size_t size, std::uint64_t seed);
[[nodiscard]] ObjectSpec spec_of(const std::string& content);
[[nodiscard]] ContentOpener opener_of(std::string content);
/// An ingest id made of a text: the same one for the same text.
[[nodiscard]] IngestId ingest_named(std::string_view text);
Result<std::string> read_object(ObjectStore& store, const std::string& key, ByteRange range = {});
/// The keys below a prefix, page by page.
Result<std::vector<std::string>> keys_below(ObjectStore& store, const std::string& prefix, std::size_t page = 1000);

}  // namespace strongroom::contracts
