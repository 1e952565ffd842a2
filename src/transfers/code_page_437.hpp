// Code page 437: what a name in a zip is written in when nothing says otherwise (APPNOTE 6.3.10, appendix D).
//
// Bytes below 0x80 are ASCII, control characters too; the upper half is a fixed table, each byte another character, so
// that the bytes can be had back. Pure functions; any thread. Source: transfers.md 6.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strongroom::transfers {

/// The text in UTF-8; every sequence of bytes has one.
[[nodiscard]] std::string from_code_page_437(std::string_view bytes);

/// The bytes of which from_code_page_437() makes `text`; nothing when there are none, or `text` is not UTF-8.
[[nodiscard]] std::optional<std::string> to_code_page_437(std::string_view text);

}  // namespace strongroom::transfers
