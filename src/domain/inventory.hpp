// The inventory: the list of the files of one package, written once and read as a stream by every later room.
//
// One record per file: name, size, digests. A record is one line of text (docs/formats/inventory.md). An inventory is
// known by its InventoryRef, which a waypoint carries, so that a lost or damaged one is noticed (CORRECTNESS 1.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/lines.hpp"
#include "base/result.hpp"

namespace strongroom {

struct InventoryEntry {
  std::string name;             ///< path in the archive (unpack) or in the bag (verify); valid UTF-8, normalised
  std::uint64_t size = 0;       ///< bytes
  std::vector<Digest> digests;  ///< sha256 always, then others, each algorithm at most once
  /// `vK/…`, below the bag: the stored version that physically holds the file. Empty when the package brought it.
  std::string path{};

  /// The digest of one algorithm, or null.
  [[nodiscard]] const Digest* digest(Algorithm algorithm) const;
  /// CHECKs that there is one: every inventory has sha256.
  [[nodiscard]] const Digest& sha256() const;
};

struct InventoryRef {
  std::string sha256;         ///< lower-case hex digest of all lines
  std::uint64_t entries = 0;  ///< number of files
  std::uint64_t bytes = 0;    ///< sum of their sizes
  friend bool operator==(const InventoryRef&, const InventoryRef&) = default;
};

/// One line without its LF: `size TAB alg:hex[,alg:hex…] TAB name`, and of a fetched file `TAB path` behind it; name
/// and path percent-encoded where they have control characters or `%`.
[[nodiscard]] std::string encode_entry(const InventoryEntry& entry);
[[nodiscard]] Result<InventoryEntry> decode_entry(std::string_view line);

/// Writes lines to a sink and keeps count. One thread at a time.
class InventoryWriter {
 public:
  explicit InventoryWriter(ByteSink& sink);
  Result<void> add(const InventoryEntry& entry);
  /// Flushes; what was written.
  Result<InventoryRef> finish();

 private:
  Result<void> flush();
  ByteSink& sink_;
  Hasher hasher_;
  InventoryRef ref_;
  std::string held_;
};

/// Reads an inventory and, at its end, compares it with `expected`: another digest or count is Reason::corrupt.
class InventoryReader {
 public:
  InventoryReader(ByteSource& source, InventoryRef expected);
  /// The next entry, valid until the next call, or null at the end.
  Result<const InventoryEntry*> next();

 private:
  class HashingSource;
  std::shared_ptr<HashingSource> hashing_;
  LineReader lines_;
  InventoryRef expected_;
  InventoryRef seen_;
  InventoryEntry entry_;
};

}  // namespace strongroom
