#include "adapters/web/client/bulk_api.hpp"

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::web {
namespace {

constexpr int kTooMany = 429;
/// Of what a server says about itself, in logs and lists.
constexpr std::size_t kReasonMax = 500;

HttpHeaders credentials(const BulkApiAccess& access) {
  if (!access.api_key.empty()) return {{"Authorization", "ApiKey " + access.api_key}};
  if (access.username.empty()) return {};
  return {{"Authorization", "Basic " + to_base64(as_bytes(access.username + ":" + access.password))}};
}

/// `type: reason` of an error object, as far as it is one.
std::string reason_of(const Result<JsonMembers>& error) {
  if (!error) return "no reason given";
  const auto type = error->text("type");
  const auto reason = error->text("reason");
  const std::string text = (type ? *type : "error") + (reason ? ": " + *reason : "");
  return one_line(text.substr(0, kReasonMax));
}

std::string reason_of_body(const std::string& body) {
  const auto members = JsonMembers::parse(body);
  return members ? reason_of(members->object("error")) : one_line(body.substr(0, kReasonMax));
}

/// An answer that is not what was asked for. The status decides who has to act.
Error refusal(const ApiClient::Response& response, const std::string& what) {
  const std::string status = "the search server answered " + std::to_string(response.status);
  const std::string text = status + ": " + reason_of_body(response.body);
  if (response.status == kTooMany || response.status >= 500) return temporary(text, what);
  if (response.status == 401 || response.status == 403) {
    return broken(status + ": check index.username and index.password, or index.apiKey, and what they may do", what,
                  Reason::forbidden);
  }
  if (response.status == 400 || response.status == 413) return rejected(text, what);
  return broken(text, what);
}

void append_action(std::string& out, const IndexDocument& document) {
  JsonWriter writer(out);
  writer.begin_object().key("index").begin_object().member("_index", document.key.index);
  writer.member("_id", document.key.id).member("version", document.version).member("version_type", "external_gte");
  writer.end_object().end_object();
  out.append("\n").append(document.text).append("\n");
}

/// What became of one document. An index that is gone is the operator's affair, not the document's fault.
Result<DocumentAnswer> read_item(const JsonMembers& item, const std::string& index) {
  TRY(const JsonMembers done, item.object("index"));
  TRY(const std::uint64_t status, done.number("status"));
  if (status >= 200 && status <= 299) return DocumentAnswer{DocumentOutcome::taken, {}};
  if (status == 409) return DocumentAnswer{DocumentOutcome::older, {}};
  const std::string reason = reason_of(done.object("error"));
  if (status == 404) {
    return broken("the search server has no index " + index + ": `strongroom index create` makes it", reason);
  }
  const bool busy = status == kTooMany || status >= 500;
  return DocumentAnswer{busy ? DocumentOutcome::busy : DocumentOutcome::refused, reason};
}

Result<std::vector<DocumentAnswer>> read_answers(const std::string& body, const std::vector<IndexDocument>& documents) {
  TRY(const JsonMembers members, JsonMembers::parse(body));
  TRY(const std::vector<JsonMembers> items, members.objects("items"));
  if (items.size() != documents.size()) {
    return broken("the search server answered for " + std::to_string(items.size()) + " documents of " +
                  std::to_string(documents.size()));
  }
  std::vector<DocumentAnswer> answers;
  for (std::size_t i = 0; i < items.size(); ++i) {
    TRY(DocumentAnswer answer, read_item(items[i], documents[i].key.index));
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace

BulkApi::BulkApi(const BulkApiAccess& access)
    : client_(access.url, access.ca_file, {"the search server", "index.caFile"}), headers_(credentials(access)) {}

Result<ApiClient::Response> BulkApi::request(const std::string& method, const std::string& path,
                                             const std::string& type, const std::string& body) {
  HttpHeaders headers = headers_;
  if (!type.empty()) headers.emplace_back("Content-Type", type);
  return client_.request(method, path, headers, body);
}

Result<bool> BulkApi::has_index(const std::string& index) {
  TRY(const auto response, request("HEAD", "/" + percent_encode(index, "")));
  if (response.status == 404) return false;
  if (response.status != 200) return refusal(response, index);
  return true;
}

Result<bool> BulkApi::put_index(const std::string& index, const std::string& definition) {
  TRY(const bool there, has_index(index));
  std::string path = "/" + percent_encode(index, "");
  std::string body = definition;
  if (there) {
    path += "/_mapping";
    TRY(const JsonMembers members, JsonMembers::parse(definition));
    TRY(body, members.json_of("mappings"));
  }
  TRY(const auto response, request("PUT", path, "application/json", body));
  if (response.status != 200) return refusal(response, index);
  return !there;
}

Result<std::vector<DocumentAnswer>> BulkApi::write(const std::vector<IndexDocument>& documents) {
  std::string body;
  for (const IndexDocument& document : documents) append_action(body, document);
  TRY(const auto response, request("POST", "/_bulk", "application/x-ndjson", body));
  if (response.status != 200) return refusal(response, documents.empty() ? "" : documents.front().key.id);
  return read_answers(response.body, documents);
}

}  // namespace strongroom::web
