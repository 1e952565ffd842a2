// Encodings of tag files (bag-acceptance.md 2.1): what bagit.txt may declare, and the way from there to UTF-8.
// ICU does the conversion. A source belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace strongroom::bagit {

enum class Encoding : std::uint8_t { utf_8, us_ascii, iso_8859_1, windows_1252, utf_16, utf_16be, utf_16le };

/// By its name, without regard to case; nothing for one that is not supported.
[[nodiscard]] std::optional<Encoding> parse_encoding(std::string_view name);
[[nodiscard]] std::string_view name_of(Encoding encoding);

/// The text of `source` as UTF-8, streamed. Bytes that do not decode come out as a byte that is never UTF-8, so that
/// the line they stand in shows it, and that line alone. UTF-16 goes by its byte order mark, which is left out, and is
/// big-endian without one. UTF-8 passes as it is.
[[nodiscard]] std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source, Encoding encoding);

}  // namespace strongroom::bagit
