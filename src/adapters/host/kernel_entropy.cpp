#include "adapters/host/kernel_entropy.hpp"

#include <sys/random.h>

#include <cerrno>

#include "base/check.hpp"

namespace strongroom::host {

void KernelEntropy::fill(ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    // Nothing else can fail on the kernels this runs on, and going on without chance would give away secrets.
    CHECK(got > 0);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace strongroom::host
