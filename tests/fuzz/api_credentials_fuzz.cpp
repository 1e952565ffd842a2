// Fuzz target: any bytes as credentials: the Authorization header, Base64 and percent encoding. What is read can be
// written again, and what can be written is read; nothing is read in two ways.
#include <openssl/evp.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "api/auth.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "domain/identifiers.hpp"

namespace {

using strongroom::percent_decode;

void require(bool condition) {
  if (!condition) std::abort();
}

/// By OpenSSL: another hand than the one under test.
std::string base64(const std::string& bytes) {
  std::vector<unsigned char> text(bytes.size() / 3 * 4 + 8);
  const int n = EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + n};
}

void check_base64(const std::string& text) {
  require(strongroom::parse_base64(base64(text)) == text);
  // One text for one value: what is accepted is what an encoder writes.
  if (const auto bytes = strongroom::parse_base64(text)) require(base64(*bytes) == text);
}

void check_header(const std::string& text) {
  for (const char* scheme : {"basic", "bearer"}) {
    const auto credentials = strongroom::api::credentials_of(text, scheme);
    if (!credentials) continue;
    require(!credentials->empty() && credentials->front() != ' ' && credentials->back() != ' ');
    require(strongroom::to_lower_ascii(text).starts_with(std::string(scheme) + " "));
    require(text.find(*credentials) != std::string::npos);
    const std::string written = "BASIC  " + std::string(*credentials) + " ";
    require(strongroom::api::credentials_of(written, "basic") == credentials);
  }
}

void check_percent(const std::string& text) {
  require(percent_decode(strongroom::percent_encode(text, ""), false) == text);
  require(percent_decode(strongroom::percent_encode(text, ""), true) == text);
  const auto plain = percent_decode(text, false);
  const auto form = percent_decode(text, true);
  require(plain.has_value() == form.has_value());
  if (!plain) return require(text.find('%') != std::string::npos);
  require(plain->size() == form->size() && plain->size() <= text.size());
  std::string spaced = text;
  for (char& c : spaced) c = c == '+' ? ' ' : c;
  require(percent_decode(spaced, false) == form);
}

void check_client(const std::string& text) {
  const auto client = strongroom::ClientId::parse(text);
  // What basic_credentials() of the token endpoint relies on: an id looks the same encoded and not.
  if (client) require(percent_decode(text, true) == text && client->str() == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_base64(text);
  check_header(text);
  check_percent(text);
  check_client(text);
  return 0;
}
