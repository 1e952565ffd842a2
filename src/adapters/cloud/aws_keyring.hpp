// Where the keys for AWS and what speaks its protocols come from: a file that the configuration names, or else what
// the machine offers, in the order in which AWS's own programs look: the environment, a web identity, the shared
// credentials file, the container's endpoint, the instance's metadata service.
//
// Temporary keys are fetched anew five minutes before they end, by whoever asks first. All calls may come from any
// thread; a call may block on a file or on one HTTP exchange.
#pragma once

#include <optional>
#include <string>

#include "adapters/cloud/aws_signature.hpp"
#include "adapters/cloud/environment.hpp"
#include "adapters/cloud/kept_keys.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

/// What the configuration says of the keys.
struct AwsKeysPlace {
  std::string file;     ///< in the form of `~/.aws/credentials`; empty: wherever the machine has them
  std::string profile;  ///< the section of the file; empty: `AWS_PROFILE`, or `default`
  std::string region;   ///< of the token service
};

class AwsKeyring {
 public:
  AwsKeyring(AwsKeysPlace place, Environment environment, WebClient& web, Clock& clock);

  /// Keys that are good for some minutes. Reason::forbidden (temporary) names where they were looked for.
  Result<AwsKeys> keys() {
    return kept_.get([this] { return fetch(); });
  }
  /// The provider says that these have ended: the next call fetches others.
  void distrust(const AwsKeys& keys) { kept_.distrust(keys); }

 private:
  using Fetched = FetchedKeys<AwsKeys>;
  using Found = Result<std::optional<Fetched>>;

  Result<Fetched> fetch();
  [[nodiscard]] std::optional<Fetched> from_environment() const;
  Found from_file() const;
  Found from_web_identity();
  Found from_container();
  Found from_instance();
  Result<std::string> ask(const std::string& method, const std::string& url, const HttpHeaders& headers);
  [[nodiscard]] std::string variable(const std::string& name) const { return environment_(name).value_or(""); }

  const AwsKeysPlace place_;
  const Environment environment_;
  WebClient& web_;
  KeptKeys<AwsKeys> kept_;
};

}  // namespace strongroom::cloud
