// What reaches storage providers: stores for locations and sources for packages, made from their settings.
//
// Part of the wiring. Connections, and keys that are fetched, are shared by what is made here, which it outlives. Used
// by the thread that starts the service.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "adapters/cloud/aws_keyring.hpp"
#include "adapters/cloud/azure_keyring.hpp"
#include "adapters/cloud/paced_web.hpp"
#include "adapters/objects/azure/container.hpp"
#include "adapters/objects/remote/part_room.hpp"
#include "adapters/objects/remote/remote_store.hpp"
#include "adapters/web/client/provider_client.hpp"
#include "cli/config.hpp"
#include "ports/archiver.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/large_responses.hpp"
#include "ports/log.hpp"
#include "ports/message_queue.hpp"
#include "ports/sources.hpp"
#include "ports/topic.hpp"
#include "ports/transfer_area.hpp"
#include "ports/version_index.hpp"

namespace strongroom::cli {

/// Makes what reaches providers of storage, and of topics; keys and connections are shared by what has the same.
class Providers {
 public:
  /// For how long calls under way may go on when the program is to be stopped, which takes 10 s at most
  /// (transfers.md 1.1).
  static constexpr Duration kStopGrace = std::chrono::seconds(7);

  /// With `workers`, which outlive it, parts of large objects are sent side by side.
  Providers(Clock& clock, Entropy& entropy, cloud::Environment environment, Workers* workers = nullptr)
      : clock_(clock), entropy_(entropy), room_(kPartsInMemory, workers), environment_(std::move(environment)) {}
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  /// The store of a location that is no directory. Nothing is asked of the provider yet.
  std::unique_ptr<remote::RemoteStore> store(const LocationSetting& setting);
  /// What moves versions to the location's archive tier; null when its setting names none.
  std::unique_ptr<Archiver> archiver(const LocationSetting& setting);
  /// Packages of one source: any bucket that is asked for.
  std::unique_ptr<Sources> source(const SourceSetting& setting);
  /// A topic of SNS; `cloud` has its region.
  std::unique_ptr<Topic> topic(const std::string& arn, const CloudSetting& cloud);
  /// Whether such a topic can be looked at; nothing is published.
  Result<void> look_at_topic(const std::string& arn, const CloudSetting& cloud);
  /// Where a sink publishes to.
  std::unique_ptr<Topic> topic(const SinkSetting& setting);
  std::unique_ptr<VersionIndex> version_index(const VersionIndexSetting& setting);
  /// A transfer area that is a bucket; the log outlives it.
  std::unique_ptr<TransferArea> transfer_area(const TransferAreaSetting& setting, Log& log);
  /// The queue of its notifications; null without one.
  std::unique_ptr<MessageQueue> queue(const TransferAreaSetting& setting);
  /// What reaches services that are no providers of storage, with the authorities of the system.
  WebClient& web() { return web(CloudSetting{}); }
  /// The same with the authorities of a setting.
  WebClient& web(const CloudSetting& cloud);
  /// Nobody waits for an answer for longer than this from now on, and nothing of a transfer area is tried again: the
  /// program is being stopped. Any thread.
  void end_calls(Duration grace) {
    call_end_.set(grace);
    ending_.request_stop();
  }
  /// What gives long answers. Readers do not wait for the uploads of locations there.
  std::unique_ptr<LargeResponses> large_responses(const LargeResponsesSetting& setting);

 private:
  /// The same, with the pace that the location keeps.
  WebClient& paced_web(const LocationSetting& setting);
  cloud::AwsKeyring& aws(const CloudSetting& cloud);
  std::unique_ptr<azure::Container> container(const LocationSetting& setting);
  cloud::AzureKeyring& azure(const CloudSetting& cloud);

  /// Of the parts of large objects, by all uploads together: four of the usual size.
  static constexpr std::uint64_t kPartsInMemory = 64 * limits::kMiB;
  /// Of long answers: a part of each that may be sent at once.
  static constexpr std::uint64_t kResponsePartsInMemory = limits::kLargeResponsesAtOnce * limits::kLargeResponsePart;

  Clock& clock_;
  Entropy& entropy_;
  remote::PartRoom room_;
  remote::PartRoom response_room_{kResponsePartsInMemory};
  const cloud::Environment environment_;
  web::CallEnd call_end_;
  std::stop_source ending_;
  std::map<std::string, std::unique_ptr<web::ProviderClient>> clients_;
  std::map<std::string, std::unique_ptr<cloud::PacedWeb>> paced_;  ///< by the location's name
  std::map<std::string, std::unique_ptr<cloud::AwsKeyring>> aws_;
  std::map<std::string, std::unique_ptr<cloud::AzureKeyring>> azure_;
};

/// The sources of a service, each asked for what lies in its own buckets; what no source has is asked of `areas`.
class AllSources final : public Sources {
 public:
  explicit AllSources(Sources& areas) : areas_(areas) {}
  /// `bucket` may be `*`.
  void add(Provider provider, std::string bucket, std::unique_ptr<Sources> source);
  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override;

 private:
  Sources& areas_;
  std::map<std::pair<Provider, std::string>, std::unique_ptr<Sources>> sources_;
};

}  // namespace strongroom::cli
