#include "adapters/cloud/azure_signature.hpp"

#include <algorithm>
#include <array>

#include "base/hex.hpp"
#include "base/hmac.hpp"
#include "base/text.hpp"

namespace strongroom::cloud {
namespace {

/// The headers that have a line of their own, in the order of the reference; Content-Length is told apart.
constexpr std::array kBefore = {"Content-Encoding", "Content-Language"};
constexpr std::array kBehind = {"Content-MD5",   "Content-Type",        "Date", "If-Modified-Since", "If-Match",
                                "If-None-Match", "If-Unmodified-Since", "Range"};

std::string value_of(const AzureRequest& request, const char* name) {
  return std::string(find_header(request.headers, name).value_or(std::string_view()));
}

}  // namespace

std::string shared_key(const AzureRequest& request, const std::string& account, const std::string& key) {
  std::string text = request.method + "\n";
  for (const char* name : kBefore) text += value_of(request, name) + "\n";
  text += (request.content_length == 0 ? "" : std::to_string(request.content_length)) + "\n";
  for (const char* name : kBehind) text += value_of(request, name) + "\n";

  std::vector<std::pair<std::string, std::string>> own;
  for (const auto& [name, value] : request.headers) {
    std::string lower = to_lower_ascii(name);
    if (lower.starts_with("x-ms-")) own.emplace_back(std::move(lower), trim_blanks(value));
  }
  std::sort(own.begin(), own.end());
  for (const auto& [name, value] : own) text += name + ":" + value + "\n";

  text += "/" + account + request.path;
  std::vector<std::pair<std::string, std::string>> query;
  for (const auto& [name, value] : request.query) query.emplace_back(to_lower_ascii(name), value);
  std::sort(query.begin(), query.end());
  for (const auto& [name, value] : query) text += "\n" + name + ":" + value;
  return "SharedKey " + account + ":" + to_base64(hmac_sha256(as_bytes(key), text).bytes());
}

}  // namespace strongroom::cloud
