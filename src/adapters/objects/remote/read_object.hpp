// A stored object read, in whole or in part, with the same promises at every provider (ports/object_store.hpp).
//
// Any thread; a source that was opened is one thread's at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/cloud/patience.hpp"
#include "ports/object_store.hpp"
#include "ports/web_client.hpp"

namespace strongroom::remote {

/// How a provider is asked for one object. What the functions refer to outlives the sources that are opened.
struct ReadableObject {
  std::string key;  ///< as callers know it
  cloud::Attempts attempts;
  /// A GET with these headers. A range beyond the end is Reason::truncated (broken), another object than before
  /// Reason::conflict.
  std::function<Result<std::unique_ptr<WebDownload>>(const HttpHeaders& headers)> download;
  /// Its size; nothing when there is no such object.
  std::function<Result<std::optional<std::uint64_t>>()> size;
};

/// As ObjectStore::get(). A connection that breaks off is taken up again where it broke, of the same object only.
Result<std::unique_ptr<ByteSource>> read_object(const ReadableObject& object, ByteRange range);

/// The error as callers know the key, whatever prefix the store has; what went wrong elsewhere keeps its place.
[[nodiscard]] Error about(Error error, const std::string& key);

}  // namespace strongroom::remote
