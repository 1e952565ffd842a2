// What SNS and SQS have in common: actions as forms, answers as XML (the AWS Query protocol).
// Any thread.
#pragma once

#include "adapters/cloud/aws_service.hpp"
#include "adapters/cloud/xml.hpp"

namespace strongroom::messages::aws {

class QueryApi {
 public:
  /// `version`: of the API, a date.
  QueryApi(cloud::AwsServiceAddress address, const cloud::AwsServiceNeeds& needs, std::string version);

  /// The root of a success; the answer of a failure is judged by `refuses`: a code it knows is Act::rejected.
  Result<cloud::XmlElement> call(const std::string& action, cloud::QueryMembers members, const std::string& where,
                                 const std::function<bool(const std::string& code)>& refuses = {});

 private:
  cloud::AwsService service_;
  const std::string version_;
};

}  // namespace strongroom::messages::aws
