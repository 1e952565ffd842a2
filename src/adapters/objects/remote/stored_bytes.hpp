// What is stored at a key, compared with what it should be.
// Any thread.
#pragma once

#include <string>

#include "ports/object_store.hpp"

namespace strongroom::remote {

[[nodiscard]] Error content_differs(const std::string& key);

/// Reads the object in full; other bytes are Reason::content_differs (rejected).
Result<void> require_content(ObjectStore& store, const std::string& key, const ObjectSpec& spec);

}  // namespace strongroom::remote
