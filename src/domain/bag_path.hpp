// Names of files in a bag (domain-rules.md 2.8) and the length budget of keys made from them (2.5).
//
// All functions are pure. Names are never normalised or re-cased: these functions judge, they do not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strongroom {

/// What is wrong with a name, by report kind.
enum class NameFault : std::uint8_t { unsafe_name, trailing_dot, name_too_long };

/// The first fault of `name` by the rules of domain-rules.md 2.8 that concern one name alone (H3 before H4 before H5).
/// `key_prefix_bytes` and `key_prefix_components` are those of `{location prefix}{space}/{externalIdentifier}/vN/`,
/// with vN counted as 11 bytes, for the longest configured location prefix.
[[nodiscard]] std::optional<NameFault> find_name_fault(std::string_view name, std::size_t key_prefix_bytes,
                                                       std::size_t key_prefix_components);

/// True when `name` could lead out of the bag on some system: absolute, with a `..` component, or beginning with `~`, a
/// drive letter (`C:`) or a UNC prefix (two backslashes).
[[nodiscard]] bool is_hostile_path(std::string_view name);

/// True when `name` is valid UTF-8, relative, without empty, `.` or `..` components.
[[nodiscard]] bool is_relative_path(std::string_view name);

/// NFC form of UTF-8 `name`.
[[nodiscard]] std::string normal_form_c(std::string_view name);
/// Full case folding of the NFC form: equal texts differ at most in case or normalisation.
[[nodiscard]] std::string folded(std::string_view name);

/// `.DS_Store`, `Thumbs.db`, `desktop.ini`, or a last component beginning `._` (W11).
[[nodiscard]] bool is_system_file(std::string_view name);

}  // namespace strongroom
