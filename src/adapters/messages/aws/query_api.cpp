#include "adapters/messages/aws/query_api.hpp"

namespace strongroom::messages::aws {
namespace {

/// `<ErrorResponse><Error><Code>…`, or without what is around it.
std::string code_of(const WebAnswer& answer) {
  const auto root = cloud::parse_xml(answer.body);
  if (!root) return "";
  const cloud::XmlElement* inner = root->child("Error");
  return inner != nullptr ? inner->text_of("Code") : root->text_of("Code");
}

}  // namespace

QueryApi::QueryApi(cloud::AwsServiceAddress address, const cloud::AwsServiceNeeds& needs, std::string version)
    : service_(std::move(address), needs, code_of), version_(std::move(version)) {}

Result<cloud::XmlElement> QueryApi::call(const std::string& action, cloud::QueryMembers members,
                                         const std::string& where,
                                         const std::function<bool(const std::string& code)>& refuses) {
  members.insert(members.begin(), {{"Action", action}, {"Version", version_}});
  TRY(const cloud::AwsAnswer answer,
      service_.post({{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}, cloud::form_of(members)));
  if (!answer.answer.succeeded()) {
    Error error = service_.error_of(answer, where);
    if (refuses && refuses(answer.code)) error.act = Act::rejected;
    return error;
  }
  auto root = cloud::parse_xml(answer.answer.body);
  if (!root) return temporary("the answer to " + action + " cannot be understood", where, Reason::corrupt);
  return std::move(*root);
}

}  // namespace strongroom::messages::aws
