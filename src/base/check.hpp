// CHECK: an assertion that stays on in every build.
//
// For bugs of this program only. What another process, a provider or a depositor may do is an Error, never a CHECK.
#pragma once

namespace strongroom {

/// Prints the failed condition with its place and aborts. Any thread.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace strongroom

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) ::strongroom::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
