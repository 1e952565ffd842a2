// Client secrets as the accounts keep them: salted scrypt, as a text (http-api.md 3.1).
//
// `scrypt$N$r$p$salt$hash`, salt and hash in hex, so that the cost can be raised later without breaking what is kept.
// Also for the command line, which makes clients. One hash takes some 50 ms and 16 MiB. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "ports/entropy.hpp"

namespace strongroom::api {

/// The text to keep for a secret. Error: not enough memory.
[[nodiscard]] Result<std::string> hash_secret(std::string_view secret, Entropy& entropy);

/// True when `kept` was made from `secret`. Compared in constant time; a text of another form is false.
[[nodiscard]] bool verify_secret(std::string_view secret, std::string_view kept);

/// Takes the time of verify_secret and is always false: for clients that do not exist.
[[nodiscard]] bool verify_nothing(std::string_view secret);

}  // namespace strongroom::api
