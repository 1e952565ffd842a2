#include "adapters/cloud/aws_keyring.hpp"

#include "adapters/cloud/secret_file.hpp"
#include "adapters/cloud/xml.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::cloud {
namespace {

constexpr const char* kInstance = "http://169.254.169.254";
constexpr const char* kContainer = "http://169.254.170.2";

Error no_keys(std::string why, std::string where = {}) {
  return temporary(std::move(why), std::move(where), Reason::forbidden);
}

/// The keys of one section of a credentials file; incomplete when they are not there.
AwsKeys section_of(const std::string& text, const std::string& profile) {
  AwsKeys keys;
  bool is_inside = false;
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim_blanks(line);
    if (line.starts_with('[')) {
      const std::string_view name = trim_blanks(line.substr(1, line.find(']') - 1));
      is_inside = name == profile || name == "profile " + profile;
    }
    const std::size_t equals = line.find('=');
    if (!is_inside || equals == std::string_view::npos) continue;
    const std::string name = to_lower_ascii(trim_blanks(line.substr(0, equals)));
    const std::string value(trim_blanks(line.substr(equals + 1)));
    if (name == "aws_access_key_id") keys.access_key = value;
    if (name == "aws_secret_access_key") keys.secret_key = value;
    if (name == "aws_session_token") keys.session_token = value;
  }
  return keys;
}

}  // namespace

AwsKeyring::AwsKeyring(AwsKeysPlace place, Environment environment, WebClient& web, Clock& clock)
    : place_(std::move(place)), environment_(std::move(environment)), web_(web), kept_(clock) {}

Result<AwsKeyring::Fetched> AwsKeyring::fetch() {
  if (place_.file.empty() && place_.profile.empty()) {
    if (std::optional<Fetched> found = from_environment()) return std::move(*found);
    TRY(std::optional<Fetched> identity, from_web_identity());
    if (identity) return std::move(*identity);
  }
  TRY(std::optional<Fetched> filed, from_file());
  if (filed) return std::move(*filed);
  TRY(std::optional<Fetched> contained, from_container());
  if (contained) return std::move(*contained);
  TRY(std::optional<Fetched> instance, from_instance());
  if (instance) return std::move(*instance);
  return no_keys(
      "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file in credentialsFile; neither a "
      "web identity, nor a credentials file, nor the metadata service of a container or an instance gave any");
}

std::optional<AwsKeyring::Fetched> AwsKeyring::from_environment() const {
  Fetched found;
  found.keys = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")};
  if (found.keys.access_key.empty() || found.keys.secret_key.empty()) return std::nullopt;
  return found;
}

AwsKeyring::Found AwsKeyring::from_file() const {
  std::string path = place_.file;
  if (path.empty()) path = variable("AWS_SHARED_CREDENTIALS_FILE");
  if (path.empty() && !variable("HOME").empty()) path = variable("HOME") + "/.aws/credentials";
  std::string profile = place_.profile.empty() ? variable("AWS_PROFILE") : place_.profile;
  if (profile.empty()) profile = "default";
  const std::optional<std::string> text = path.empty() ? std::nullopt : read_secret(path);
  const bool is_wanted = !place_.file.empty() || !place_.profile.empty();
  if (!text) {
    if (is_wanted) return no_keys("the file of credentials cannot be read", path);
    return std::optional<Fetched>();
  }
  Fetched found{section_of(*text, profile), std::nullopt};
  if (found.keys.access_key.empty() || found.keys.secret_key.empty()) {
    if (!is_wanted) return std::optional<Fetched>();
    return no_keys("the file of credentials has no aws_access_key_id and aws_secret_access_key in [" + profile + "]",
                   path);
  }
  return std::optional<Fetched>(std::move(found));
}

Result<std::string> AwsKeyring::ask(const std::string& method, const std::string& url, const HttpHeaders& headers) {
  WebRequest request;
  request.method = method;
  request.url = url;
  request.headers = headers;
  TRY(WebAnswer answer, web_.exchange(request));
  if (!answer.succeeded()) {
    return no_keys("no keys: the answer was " + std::to_string(answer.status), url.substr(0, url.find('?')));
  }
  return std::move(answer.body);
}

namespace {

/// What the endpoints of containers and instances answer.
Result<std::pair<AwsKeys, std::optional<Instant>>> read_answer(const std::string& json, const std::string& where) {
  const auto members = JsonMembers::parse(json);
  if (!members) return no_keys("the answer of the metadata service cannot be understood", where);
  TRY(std::string access, members->text("AccessKeyId"));
  TRY(std::string secret, members->text("SecretAccessKey"));
  TRY(std::string token, members->text("Token"));
  TRY(const std::string expiration, members->text("Expiration"));
  return std::pair(AwsKeys{std::move(access), std::move(secret), std::move(token)}, parse_instant(expiration));
}

}  // namespace

AwsKeyring::Found AwsKeyring::from_container() {
  std::string url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!relative.empty()) url = kContainer + relative;
  if (url.empty()) return std::optional<Fetched>();
  HttpHeaders headers;
  std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    token = read_secret(file).value_or("");
  }
  if (!token.empty()) headers.emplace_back("Authorization", token);
  TRY(const std::string answer, ask("GET", url, headers));
  TRY(auto read, read_answer(answer, url));
  return std::optional<Fetched>(Fetched{std::move(read.first), read.second});
}

AwsKeyring::Found AwsKeyring::from_instance() {
  if (to_lower_ascii(variable("AWS_EC2_METADATA_DISABLED")) == "true") return std::optional<Fetched>();
  std::string base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = kInstance;
  while (base.ends_with('/')) base.pop_back();
  // A machine that is no instance of EC2 has nobody there.
  const auto token = ask("PUT", base + "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}});
  if (!token) return std::optional<Fetched>();
  const HttpHeaders headers = {{"X-aws-ec2-metadata-token", *token}};
  const std::string roles = base + "/latest/meta-data/iam/security-credentials/";
  TRY(const std::string role, ask("GET", roles, headers));
  TRY(const std::string answer, ask("GET", roles + std::string(split(role, '\n').front()), headers));
  TRY(auto read, read_answer(answer, roles));
  return std::optional<Fetched>(Fetched{std::move(read.first), read.second});
}

AwsKeyring::Found AwsKeyring::from_web_identity() {
  const std::string file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  const std::string role = variable("AWS_ROLE_ARN");
  if (file.empty() || role.empty()) return std::optional<Fetched>();
  const std::optional<std::string> token = read_secret(file);
  if (!token) return no_keys("the file of the web identity's token cannot be read", file);
  std::string base = variable("AWS_ENDPOINT_URL_STS");
  if (base.empty()) base = "https://sts." + place_.region + ".amazonaws.com";
  while (base.ends_with('/')) base.pop_back();
  std::string session = variable("AWS_ROLE_SESSION_NAME");
  if (session.empty()) session = "strongroom";
  const std::string query = canonical_query({{"Action", "AssumeRoleWithWebIdentity"},
                                             {"Version", "2011-06-15"},
                                             {"RoleArn", role},
                                             {"RoleSessionName", session},
                                             {"WebIdentityToken", *token}});
  TRY(const std::string answer, ask("POST", base + "/?" + query, {}));
  const std::optional<XmlElement> root = parse_xml(answer);
  const XmlElement* result = root ? root->child("AssumeRoleWithWebIdentityResult") : nullptr;
  const XmlElement* found = result != nullptr ? result->child("Credentials") : nullptr;
  if (found == nullptr) return no_keys("the token service's answer cannot be understood", base);
  const AwsKeys keys{found->text_of("AccessKeyId"), found->text_of("SecretAccessKey"), found->text_of("SessionToken")};
  return std::optional<Fetched>(Fetched{keys, parse_instant(found->text_of("Expiration"))});
}

}  // namespace strongroom::cloud
