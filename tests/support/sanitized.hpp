// Whether this program is built with a sanitizer, which keeps memory for itself and opens files to look at memory.
#pragma once

#ifdef __has_feature
#define STRONGROOM_HAS_FEATURE(feature) __has_feature(feature)
#else
#define STRONGROOM_HAS_FEATURE(feature) 0
#endif

namespace strongroom::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || STRONGROOM_HAS_FEATURE(address_sanitizer) || \
    STRONGROOM_HAS_FEATURE(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace strongroom::test
