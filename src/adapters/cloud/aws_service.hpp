// A service of AWS that takes each action as one POST: signed, tried again where that may help.
//
// How actions and errors are spelled is the service's own affair (a form and XML, or JSON); that keys end, clocks
// differ and providers are busy is seen to here. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <stop_token>
#include <string>

#include "adapters/cloud/aws_keyring.hpp"
#include "adapters/cloud/patience.hpp"
#include "ports/web_client.hpp"

namespace strongroom::cloud {

struct AwsServiceAddress {
  std::string name;   ///< `sns`, `sqs`, `dynamodb`: as signatures have it
  std::string label;  ///< `SNS`, `SQS`, `DynamoDB`: as texts have it
  std::string region;
  std::string url;  ///< where actions are posted to; with a path, or without a slash at its end
};

/// All of it outlives the service.
struct AwsServiceNeeds {
  WebClient& web;
  AwsKeyring& keyring;
  Clock& clock;
  Entropy& entropy;
  Patience patience{};
  std::stop_token stop{};  ///< nothing is tried again after it
};

/// The last answer, and the code of its error; empty for a success.
struct AwsAnswer {
  WebAnswer answer;
  std::string code;
};

class AwsService {
 public:
  using CodeOf = std::function<std::string(const WebAnswer&)>;

  /// `code_of` finds the code in an answer that is no success.
  AwsService(AwsServiceAddress address, const AwsServiceNeeds& needs, CodeOf code_of)
      : address_(std::move(address)), needs_(needs), code_of_(std::move(code_of)) {}

  /// An Error when there is no answer. `body` may be carried out more than once.
  Result<AwsAnswer> post(const HttpHeaders& headers, const std::string& body);

  /// What an answer means that is no success and that the caller knows nothing better of: temporary with
  /// Reason::forbidden or not_found, where an operator has to see to it; temporary, while the provider is in trouble;
  /// broken otherwise.
  [[nodiscard]] Error error_of(const AwsAnswer& answer, const std::string& where) const;

 private:
  Result<WebRequest> signed_request(const HttpHeaders& headers, const std::string& body, const AwsKeys& keys) const;
  bool mend(const AwsAnswer& answer, const AwsKeys& used, bool& keys_changed, bool& clock_changed);

  const AwsServiceAddress address_;
  const AwsServiceNeeds needs_;
  const CodeOf code_of_;
  std::atomic<Duration::rep> skew_{0};
};

/// `name=value&…`, encoded as forms are.
[[nodiscard]] std::string form_of(const QueryMembers& members);

}  // namespace strongroom::cloud
