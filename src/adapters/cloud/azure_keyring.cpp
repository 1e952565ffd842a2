#include "adapters/cloud/azure_keyring.hpp"

#include "adapters/cloud/secret_file.hpp"
#include "base/hex.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::cloud {
namespace {

constexpr const char* kScope = "https://storage.azure.com/.default";
constexpr const char* kMachine =
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure"
    ".com%2F";

Error no_keys(std::string why, std::string where = {}) {
  return temporary(std::move(why), std::move(where), Reason::forbidden);
}

std::string form_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text;
  for (const auto& [name, value] : members) text += (text.empty() ? "" : "&") + name + "=" + percent_encode(value, "");
  return text;
}

}  // namespace

AzureKeyring::AzureKeyring(std::string key_file, Environment environment, WebClient& web, Clock& clock)
    : key_file_(std::move(key_file)), environment_(std::move(environment)), web_(web), clock_(clock), kept_(clock) {}

Result<AzureKeyring::Fetched> AzureKeyring::fetch() {
  if (!key_file_.empty()) {
    const std::optional<std::string> text = read_secret(key_file_);
    if (!text) return no_keys("the file of the storage account's key cannot be read", key_file_);
    return from_text(*text, key_file_);
  }
  for (const char* name : {"AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"}) {
    if (const std::string text = variable(name); !text.empty()) return from_text(text, name);
  }
  if (const std::string file = variable("AZURE_FEDERATED_TOKEN_FILE"); !file.empty()) return from_workload(file);
  Result<Fetched> machine = from_machine();
  if (machine) return machine;
  return no_keys(
      "no key for Azure Storage: name a file in credentialsFile, or set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN; "
      "this machine has no identity of its own either");
}

Result<AzureKeyring::Fetched> AzureKeyring::from_text(const std::string& text, const std::string& where) const {
  Fetched found;
  if (text.find("sig=") != std::string::npos) {
    found.keys.signature = text.starts_with('?') ? text.substr(1) : text;
    return found;
  }
  const std::optional<std::string> key = parse_base64(text);
  if (!key || key->empty()) return no_keys("neither a key in base64 nor a shared access signature", where);
  found.keys.account_key = *key;
  return found;
}

Result<AzureKeyring::Fetched> AzureKeyring::read_token(const WebRequest& request) {
  const std::string where = request.url.substr(0, request.url.find('?'));
  TRY(const WebAnswer answer, web_.exchange(request));
  if (!answer.succeeded()) return no_keys("no token: the answer was " + std::to_string(answer.status), where);
  TRY(const JsonMembers members, JsonMembers::parse(answer.body));
  Fetched found;
  TRY(found.keys.token, members.text("access_token"));
  // A number, or the text of one, as the endpoint pleases.
  const Result<std::uint64_t> number = members.number("expires_in");
  const Result<std::string> text = members.text("expires_in");
  const auto seconds = number ? std::optional(*number) : text ? parse_number(*text) : std::nullopt;
  found.until = clock_.now() + std::chrono::seconds(seconds.value_or(0));
  return found;
}

Result<AzureKeyring::Fetched> AzureKeyring::from_workload(const std::string& token_file) {
  const std::optional<std::string> token = read_secret(token_file);
  if (!token) return no_keys("the file of the workload's token cannot be read", token_file);
  std::string host = variable("AZURE_AUTHORITY_HOST");
  if (host.empty()) host = "https://login.microsoftonline.com";
  while (host.ends_with('/')) host.pop_back();
  WebRequest request;
  request.method = "POST";
  request.url = host + "/" + percent_encode(variable("AZURE_TENANT_ID"), "") + "/oauth2/v2.0/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = form_of({{"grant_type", "client_credentials"},
                          {"client_id", variable("AZURE_CLIENT_ID")},
                          {"scope", kScope},
                          {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                          {"client_assertion", *token}});
  return read_token(request);
}

Result<AzureKeyring::Fetched> AzureKeyring::from_machine() {
  WebRequest request;
  request.method = "GET";
  request.url = kMachine;
  if (const std::string base = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"); !base.empty()) {
    request.url.replace(0, std::string_view("http://169.254.169.254").size(), base);
  }
  if (const std::string client = variable("AZURE_CLIENT_ID"); !client.empty()) {
    request.url += "&client_id=" + percent_encode(client, "");
  }
  request.headers = {{"Metadata", "true"}};
  return read_token(request);
}

}  // namespace strongroom::cloud
