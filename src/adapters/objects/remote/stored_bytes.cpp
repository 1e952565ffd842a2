#include "adapters/objects/remote/stored_bytes.hpp"

namespace strongroom::remote {

Error content_differs(const std::string& key) {
  return rejected("different content is already stored at " + key, key, Reason::content_differs);
}

Result<void> require_content(ObjectStore& store, const std::string& key, const ObjectSpec& spec) {
  TRY(const std::unique_ptr<ByteSource> stored, store.get(key, {}));
  TRY(const Measured measured, measure(*stored, Algorithm::sha256));
  if (measured.size != spec.size || measured.digest != spec.sha256) return content_differs(key);
  return {};
}

}  // namespace strongroom::remote
