#include "cli/providers.hpp"

#include "adapters/areas/s3/area.hpp"
#include "adapters/messages/aws/sns_topic.hpp"
#include "adapters/messages/aws/sqs_queue.hpp"
#include "adapters/objects/azure/archiver.hpp"
#include "adapters/objects/azure/sources.hpp"
#include "adapters/objects/azure/store.hpp"
#include "adapters/objects/s3/archiver.hpp"
#include "adapters/objects/s3/large_responses.hpp"
#include "adapters/objects/s3/sources.hpp"
#include "adapters/objects/s3/store.hpp"
#include "adapters/version_index/dynamodb/table.hpp"

namespace strongroom::cli {
namespace {

/// As Azure spells it.
std::string access_tier_of(AccessTier tier) {
  std::string name(name_of(tier));
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

s3::BucketAddress s3_address(const CloudSetting& cloud, const std::string& bucket) {
  return {cloud.endpoint, cloud.region, bucket, cloud.by_host ? s3::Addressing::by_host : s3::Addressing::by_path};
}

/// `https://sqs.{region}.amazonaws.com/…`; that of the bucket for any other host.
std::string region_of_queue(const TransferAreaSetting& setting) {
  constexpr std::string_view kHost = "://sqs.";
  const std::size_t at = setting.queue_url.find(kHost);
  if (at == std::string::npos) return setting.cloud.region;
  const std::size_t begin = at + kHost.size();
  return setting.queue_url.substr(begin, setting.queue_url.find('.', begin) - begin);
}

}  // namespace

WebClient& Providers::web(const CloudSetting& cloud) {
  std::unique_ptr<web::ProviderClient>& client = clients_[cloud.ca_file];
  if (!client) client = std::make_unique<web::ProviderClient>(cloud.ca_file, &call_end_);
  return *client;
}

WebClient& Providers::paced_web(const LocationSetting& setting) {
  WebClient& plain = web(setting.cloud);
  if (setting.cloud.requests_per_second == 0) return plain;
  std::unique_ptr<cloud::PacedWeb>& paced = paced_[setting.facts.name.str()];
  if (!paced) paced = std::make_unique<cloud::PacedWeb>(plain, clock_, setting.cloud.requests_per_second);
  return *paced;
}

cloud::AwsKeyring& Providers::aws(const CloudSetting& cloud) {
  std::unique_ptr<cloud::AwsKeyring>& keyring = aws_[cloud.credentials_file + "|" + cloud.profile + "|" + cloud.region];
  if (!keyring) {
    keyring = std::make_unique<cloud::AwsKeyring>(
        cloud::AwsKeysPlace{cloud.credentials_file, cloud.profile, cloud.region}, environment_, web(cloud), clock_);
  }
  return *keyring;
}

cloud::AzureKeyring& Providers::azure(const CloudSetting& cloud) {
  std::unique_ptr<cloud::AzureKeyring>& keyring = azure_[cloud.credentials_file];
  if (!keyring)
    keyring = std::make_unique<cloud::AzureKeyring>(cloud.credentials_file, environment_, web(cloud), clock_);
  return *keyring;
}

std::unique_ptr<azure::Container> Providers::container(const LocationSetting& setting) {
  const CloudSetting& cloud = setting.cloud;
  return std::make_unique<azure::Container>(
      azure::ContainerAddress{cloud.endpoint, cloud.account, setting.facts.bucket},
      azure::ContainerNeeds{paced_web(setting), azure(cloud), clock_, entropy_, room_});
}

std::unique_ptr<Archiver> Providers::archiver(const LocationSetting& setting) {
  const LocationFacts& facts = setting.facts;
  if (!facts.archives) return nullptr;
  if (facts.provider == Provider::azure_blob_storage) {
    return std::make_unique<azure::AzureArchiver>(
        container(setting),
        azure::ArchiverOptions{facts.prefix, setting.cloud.has_access_tier ? access_tier_of(facts.tier) : std::string(),
                               setting.cloud.restores_first});
  }
  CloudSetting cloud = setting.cloud;
  if (!cloud.archive_credentials_file.empty()) cloud.credentials_file = cloud.archive_credentials_file;
  if (!cloud.archive_profile.empty()) cloud.profile = cloud.archive_profile;
  auto bucket = std::make_unique<s3::Bucket>(s3_address(cloud, facts.bucket),
                                             s3::BucketNeeds{paced_web(setting), aws(cloud), clock_, entropy_, room_});
  s3::ArchiverOptions options{facts.prefix, cloud.archive_to};
  if (cloud.archives_by_copy) options.by = s3::ArchiveBy::copy;
  if (cloud.restore_tier == "bulk") options.restore_tier = s3::RestoreTier::bulk;
  if (cloud.restore_tier == "expedited") options.restore_tier = s3::RestoreTier::expedited;
  return std::make_unique<s3::S3Archiver>(std::move(bucket), std::move(options));
}

std::unique_ptr<remote::RemoteStore> Providers::store(const LocationSetting& setting) {
  const CloudSetting& cloud = setting.cloud;
  const LocationFacts& facts = setting.facts;
  if (facts.provider == Provider::azure_blob_storage) {
    return std::make_unique<azure::AzureStore>(
        container(setting),
        azure::StoreOptions{facts.prefix, cloud.has_access_tier ? access_tier_of(facts.tier) : std::string()});
  }
  auto bucket = std::make_unique<s3::Bucket>(s3_address(cloud, facts.bucket),
                                             s3::BucketNeeds{paced_web(setting), aws(cloud), clock_, entropy_, room_});
  s3::StoreOptions options{facts.prefix, cloud.storage_class};
  if (cloud.looks_before_writing) options.create_only = s3::CreateOnly::by_looking;
  options.part_size = cloud.part_size;
  return std::make_unique<s3::S3Store>(std::move(bucket), std::move(options));
}

std::unique_ptr<Sources> Providers::source(const SourceSetting& setting) {
  const CloudSetting& cloud = setting.cloud;
  if (setting.provider == Provider::azure_blob_storage) {
    return std::make_unique<azure::AzureSources>(
        azure::ContainerAddress{cloud.endpoint, cloud.account, ""},
        azure::ContainerNeeds{web(cloud), azure(cloud), clock_, entropy_, room_});
  }
  return std::make_unique<s3::S3Sources>(s3_address(cloud, ""),
                                         s3::BucketNeeds{web(cloud), aws(cloud), clock_, entropy_, room_});
}

std::unique_ptr<Topic> Providers::topic(const std::string& arn, const CloudSetting& cloud) {
  return std::make_unique<messages::aws::SnsTopic>(
      arn, cloud.endpoint, cloud::AwsServiceNeeds{web(cloud), aws(cloud), clock_, entropy_, {}, ending_.get_token()});
}

Result<void> Providers::look_at_topic(const std::string& arn, const CloudSetting& cloud) {
  return messages::aws::SnsTopic(arn, cloud.endpoint, cloud::AwsServiceNeeds{web(cloud), aws(cloud), clock_, entropy_})
      .look();
}

std::unique_ptr<Topic> Providers::topic(const SinkSetting& setting) { return topic(setting.topic, setting.cloud); }

std::unique_ptr<VersionIndex> Providers::version_index(const VersionIndexSetting& setting) {
  return std::make_unique<version_index::dynamodb::Table>(
      setting.table, setting.cloud.region, setting.cloud.endpoint,
      cloud::AwsServiceNeeds{web(setting.cloud), aws(setting.cloud), clock_, entropy_});
}

std::unique_ptr<TransferArea> Providers::transfer_area(const TransferAreaSetting& setting, Log& log) {
  const CloudSetting& cloud = setting.cloud;
  auto bucket = std::make_unique<s3::Bucket>(
      s3_address(cloud, setting.bucket),
      s3::BucketNeeds{web(cloud), aws(cloud), clock_, entropy_, room_, {}, ending_.get_token()});
  return std::make_unique<areas::S3Area>(std::move(bucket), log);
}

std::unique_ptr<MessageQueue> Providers::queue(const TransferAreaSetting& setting) {
  if (setting.queue_url.empty()) return nullptr;
  CloudSetting cloud = setting.cloud;
  cloud.region = region_of_queue(setting);
  return std::make_unique<messages::aws::SqsQueue>(
      setting.queue_url, cloud.region,
      cloud::AwsServiceNeeds{web(cloud), aws(cloud), clock_, entropy_, {}, ending_.get_token()});
}

std::unique_ptr<LargeResponses> Providers::large_responses(const LargeResponsesSetting& setting) {
  const CloudSetting& cloud = setting.cloud;
  auto bucket = std::make_unique<s3::Bucket>(
      s3_address(cloud, setting.bucket),
      s3::BucketNeeds{web(cloud), aws(cloud), clock_, entropy_, response_room_, s3::S3LargeResponses::kPatience});
  return std::make_unique<s3::S3LargeResponses>(std::move(bucket), setting.prefix, clock_);
}

void AllSources::add(Provider provider, std::string bucket, std::unique_ptr<Sources> source) {
  sources_.insert_or_assign({provider, std::move(bucket)}, std::move(source));
}

Result<std::unique_ptr<PackageSource>> AllSources::open(const SourceLocation& location) {
  auto found = sources_.find({location.provider, location.bucket});
  if (found == sources_.end()) found = sources_.find({location.provider, "*"});
  return found == sources_.end() ? areas_.open(location) : found->second->open(location);
}

}  // namespace strongroom::cli
