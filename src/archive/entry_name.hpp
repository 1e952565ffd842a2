// Names of archive entries, brought into the one form the service uses (pipeline.md 4.2). Pure.
// Private to the archive readers; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strongroom::archive {

/// The name without `.` components and superfluous slashes; empty for `./`. Nothing when the name is unsafe: not
/// UTF-8, holding a NUL (no file system can keep it), absolute, or with a `..` component.
[[nodiscard]] std::optional<std::string> normalise_entry_name(std::string_view raw);

/// Whether `name` is `ancestor` or lies below it.
[[nodiscard]] bool is_at_or_below(std::string_view name, std::string_view ancestor);

}  // namespace strongroom::archive
