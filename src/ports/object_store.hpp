// The object store of one location: immutable objects under permanent keys.
//
// It mirrors what every provider truly offers: no append, no rename, no directories, and no way to delete (DESIGN 4).
// Keys are complete (location prefix included by the adapter, not by callers). All calls may come from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace strongroom {

struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;
};

/// Bytes [first, first+length) of an object; to its end without a length.
struct ByteRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> length;
};

/// A SHA-256 that a provider has computed over the bytes of an object that it stores.
struct ServerChecksum {
  std::uint64_t size = 0;  ///< of the object
  Digest sha256;           ///< of the object; with parts that of their digests, one after the other
  /// Of every part but the last, which may be shorter; without, the digest is that of the object itself.
  std::optional<std::uint64_t> part_size{};
};

/// What an object must turn out to be; a put that gives anything else fails and stores nothing.
struct ObjectSpec {
  std::uint64_t size = 0;
  Digest sha256;
};

/// Opens the content from its beginning; may be called again when a write is tried again.
using ContentOpener = std::function<Result<std::unique_ptr<ByteSource>>()>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Reason::not_found when absent. A short object fails with Reason::truncated while reading.
  virtual Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) = 0;
  /// Nothing when absent; any doubt (forbidden, unknown) is an Error.
  virtual Result<std::optional<ObjectInfo>> stat(const std::string& key) = 0;
  /// Up to `limit` objects whose key begins with `prefix` and is greater than `after`, in byte order of key. Complete:
  /// an empty page means no more.
  virtual Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after,
                                               std::size_t limit) = 0;
  /// Writes a new object, whole and durable, or nothing (pipeline.md 7.2). Identical bytes there already: success,
  /// nothing written. Different bytes: Reason::content_differs (rejected), the stored object untouched.
  virtual Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) = 0;
};

}  // namespace strongroom
