#include "adapters/cloud/secret.hpp"

#include <utility>

#include "adapters/cloud/secret_file.hpp"

namespace strongroom::cloud {

Secret::Secret(std::string name, SecretPlace place, Environment environment)
    : name_(std::move(name)), place_(std::move(place)), environment_(std::move(environment)) {}

Result<std::string> Secret::value() const {
  const auto missing = [this](const std::string& why) { return broken(name_ + why, {}, Reason::forbidden); };
  if (!is_named()) return missing(" is not configured");
  const bool is_file = !place_.file.empty();
  const std::optional<std::string> found = is_file ? read_secret(place_.file) : environment_(place_.variable);
  if (!found) return missing(is_file ? ": its file cannot be read" : ": its variable is not set");
  if (found->empty()) return missing(is_file ? ": its file is empty" : ": its variable is empty");
  return *found;
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  constexpr std::string_view kMask = "***";
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

}  // namespace strongroom::cloud
