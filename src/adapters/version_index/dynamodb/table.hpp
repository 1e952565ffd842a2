// ports/version_index.hpp on a table of DynamoDB: partition key `bag` (`{space}/{externalIdentifier}`), sort key
// `version` (a number). Conditional writes keep rows from being changed, reads are consistent. Any thread.
#pragma once

#include "adapters/cloud/aws_service.hpp"
#include "ports/version_index.hpp"

namespace strongroom::version_index::dynamodb {

class Table final : public VersionIndex {
 public:
  /// `endpoint`: without a slash at its end; empty for that of AWS in the region.
  Table(std::string name, const std::string& region, const std::string& endpoint, const cloud::AwsServiceNeeds& needs);

  Result<void> check() override;
  Result<void> put(const BagId& bag, const VersionEntry& entry) override;
  Result<std::optional<VersionEntry>> find(const BagId& bag, Version version) override;
  Result<std::vector<VersionEntry>> list(const BagId& bag, std::optional<Version> before, std::size_t limit) override;

 private:
  Result<std::string> call(const char* action, const std::string& body, const std::string& where);

  const std::string name_;
  cloud::AwsService service_;
};

}  // namespace strongroom::version_index::dynamodb
