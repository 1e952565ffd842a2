// What proves to Azure Storage who asks: the account's key, a shared access signature, or a token of the machine's own
// identity (a workload's federated one, or that of a virtual machine).
//
// Tokens are fetched anew five minutes before they end, by whoever asks first. All calls may come from any thread; a
// call may block on a file or on one HTTP exchange.
#pragma once

#include <optional>
#include <string>

#include "adapters/cloud/environment.hpp"
#include "adapters/cloud/kept_keys.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

/// One of the three is set.
struct AzureKeys {
  std::string account_key;  ///< decoded
  std::string signature;    ///< the query of a shared access signature, without its question mark
  std::string token;
  friend bool operator==(const AzureKeys&, const AzureKeys&) = default;
};

class AzureKeyring {
 public:
  /// `key_file`: its one line is the account's key, or a shared access signature. Empty: `AZURE_STORAGE_KEY`,
  /// `AZURE_STORAGE_SAS_TOKEN`, or else the machine's identity.
  AzureKeyring(std::string key_file, Environment environment, WebClient& web, Clock& clock);

  /// Reason::forbidden (temporary) names where they were looked for.
  Result<AzureKeys> keys() {
    return kept_.get([this] { return fetch(); });
  }
  /// The provider says that these are not good any more.
  void distrust(const AzureKeys& keys) { kept_.distrust(keys); }

 private:
  using Fetched = FetchedKeys<AzureKeys>;

  Result<Fetched> fetch();
  Result<Fetched> from_text(const std::string& text, const std::string& where) const;
  Result<Fetched> from_workload(const std::string& token_file);
  Result<Fetched> from_machine();
  Result<Fetched> read_token(const WebRequest& request);
  [[nodiscard]] std::string variable(const std::string& name) const { return environment_(name).value_or(""); }

  const std::string key_file_;
  const Environment environment_;
  WebClient& web_;
  Clock& clock_;
  KeptKeys<AzureKeys> kept_;
};

}  // namespace strongroom::cloud
