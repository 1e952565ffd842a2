// Sizes, times and durations as people read them.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace strongroom::cli {

/// `1.4 GiB`, `12 KiB`, `7 bytes`.
[[nodiscard]] std::string readable_size(std::uint64_t bytes);
/// `2024-05-01 09:30:02` of an API instant; another text as it is, on one line.
[[nodiscard]] std::string readable_instant(std::string_view text);
/// `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
[[nodiscard]] std::string readable_duration(Duration duration);
/// `one file`, `3 files`, `1,234 files`, of `file`.
[[nodiscard]] std::string counted(std::uint64_t number, const std::string& noun);
/// At most so many characters of `text`; UTF-8 is not cut inside a character.
[[nodiscard]] std::string first_characters(std::string_view text, std::size_t number);

}  // namespace strongroom::cli
