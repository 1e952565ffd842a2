#include "ports/http_client.hpp"

#include "base/hmac.hpp"

namespace strongroom {

HttpHeaders delivery_headers(const DeliveryHeaders& headers, std::string_view body, Instant now) {
  HttpHeaders made = {{"Content-Type", "application/json"},
                      {"User-Agent", headers.user_agent},
                      {"Strongroom-Delivery", headers.delivery},
                      {"Strongroom-Attempt", std::to_string(headers.attempt)}};
  if (headers.signing_secret.empty()) return made;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const std::string time = std::to_string(seconds.count());
  made.emplace_back("Strongroom-Signature",
                    "t=" + time + ",v1=" + hmac_sha256_hex(headers.signing_secret, time + "." + std::string(body)));
  return made;
}

}  // namespace strongroom
