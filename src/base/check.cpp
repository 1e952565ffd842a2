#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace strongroom {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "strongroom: CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace strongroom
