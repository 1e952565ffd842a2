// Cursors of lists: where a page ended, as an opaque text that is bound to the list it was made for (http-api.md 4.5).
// Private to the API; pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ports/front_desk.hpp"

namespace strongroom::api {

/// A place as a cursor, and back; nothing for a damaged cursor, and for one of another list.
[[nodiscard]] std::string seal_cursor(const std::string& place, std::string_view list);
[[nodiscard]] std::optional<std::string> open_cursor(std::string_view cursor, std::string_view list);

/// `list` stands for the filters: a cursor is read only with the same text.
[[nodiscard]] std::string make_cursor(const ListPlace& place, std::string_view list);
/// Nothing for a damaged cursor, and for one of another list.
[[nodiscard]] std::optional<ListPlace> read_cursor(std::string_view cursor, std::string_view list);

}  // namespace strongroom::api
