// One of the two services of Archivematica, as it is called (transfers.md 10.3, 10.5, 16.2): address, credentials, and
// what answers that are none of those expected mean.
//
// The key is looked up at each call, and once more after a 401 or 403. Texts of errors hold no address, user or key.
// One that asks by Retry-After to be left alone is left alone, but for POSTs. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "adapters/cloud/environment.hpp"
#include "adapters/cloud/secret.hpp"
#include "ports/clock.hpp"
#include "ports/web_client.hpp"

namespace strongroom::archivematica {

struct ServiceSettings {
  std::string url;  ///< base: scheme, host and maybe a path; empty when the service is not configured
  std::string user;
  cloud::SecretPlace key;
};

/// How a service is called in texts.
struct ServiceNames {
  std::string people;   ///< `Archivematica's dashboard`
  std::string setting;  ///< `archivematica.dashboard`
};

/// What came of one call.
struct Exchanged {
  Result<WebAnswer> answer;      ///< of any status
  bool may_have_arrived = true;  ///< of an error: something of the request may have reached the service
};

class Service {
 public:
  /// The clock outlives it.
  Service(ServiceNames names, ServiceSettings settings, const cloud::Environment& environment, Clock& clock);

  /// `target`: what follows the base URL.
  Exchanged post(WebClient& web, const std::string& target, const std::string& body, const HttpHeaders& more);
  /// An answer of any status.
  Result<WebAnswer> get(WebClient& web, const std::string& target);
  /// The same of a whole URL of this service.
  Result<WebAnswer> get_url(WebClient& web, const std::string& url);

  /// What an answer means that is not the expected one: an operator's affair or a matter of time.
  [[nodiscard]] Error unexpected(const WebAnswer& answer) const;
  /// Of a 200 whose body is not what it should be.
  [[nodiscard]] Error not_understood() const;
  /// The URL that a link in an answer means. Broken when it leads to another host.
  [[nodiscard]] Result<std::string> follow(const std::string& link) const;
  /// What the service itself says, on one line, cut, and without its address and key.
  [[nodiscard]] std::string quoted(const std::string& text) const;
  [[nodiscard]] const std::string& name() const { return names_.people; }
  /// The base URL without a slash at its end.
  [[nodiscard]] const std::string& base() const { return base_; }

 private:
  Exchanged exchange(WebClient& web, WebRequest request);
  Exchanged attempt(WebClient& web, WebRequest& request);
  [[nodiscard]] Error no_answer(const Error& error, const WebTrace& trace) const;

  const ServiceNames names_;
  const std::string base_;
  const std::string origin_;  ///< scheme, host and port; empty when the URL is none
  const std::string user_;
  const cloud::Secret key_;
  Clock& clock_;
  std::mutex mutex_;
  Duration quiet_until_{};  ///< since boot
};

}  // namespace strongroom::archivematica
