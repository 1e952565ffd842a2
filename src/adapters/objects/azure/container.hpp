// One container of Azure Blob Storage: authorised requests, tried again where that may help, and answers that are no
// success as Errors.
//
// What an answer means is read from its status and its code, never from its text. Trouble that time or an operator can
// mend is temporary, missing permission included (pipeline.md 2.4). All calls may come from any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/cloud/azure_keyring.hpp"
#include "adapters/cloud/patience.hpp"
#include "adapters/cloud/xml.hpp"
#include "adapters/objects/remote/part_room.hpp"
#include "ports/object_store.hpp"
#include "ports/web_client.hpp"

namespace strongroom::azure {

struct ContainerAddress {
  std::string endpoint;  ///< without a slash at its end; empty for `https://{account}.blob.core.windows.net`
  std::string account;
  std::string container;
};

/// What a container needs of others; all of it outlives the container.
struct ContainerNeeds {
  WebClient& web;
  cloud::AzureKeyring& keyring;
  Clock& clock;
  Entropy& entropy;
  remote::PartRoom& room;
  cloud::Patience patience{};
};

struct Call {
  std::string method;
  std::string key;  ///< empty for the container itself
  std::vector<std::pair<std::string, std::string>> query{};
  HttpHeaders headers{};
  std::string body{};
};

class Container {
 public:
  Container(ContainerAddress address, const ContainerNeeds& needs) : address_(std::move(address)), needs_(needs) {}

  /// Carries a request out; a success is an answer. Reasons of Errors: not_found, no_container, forbidden, archived,
  /// already_exists (a blob is there, or other blocks than those that were to make it), conflict (a condition did not
  /// hold: 412), truncated (a range beyond the end: 416).
  Result<WebAnswer> carry_out(const Call& call);
  /// The same of an answer whose body is XML.
  Result<cloud::XmlElement> ask(const Call& call);
  /// A GET whose body is read as it comes.
  Result<std::unique_ptr<WebDownload>> download(const Call& call);

  /// How far the provider's clock was ahead of this machine's when it sent the answer.
  [[nodiscard]] Duration ahead(const WebAnswer& answer) const;

  [[nodiscard]] remote::PartRoom& room() const { return needs_.room; }
  [[nodiscard]] cloud::Attempts attempts() const { return {needs_.patience, needs_.clock, needs_.entropy}; }
  [[nodiscard]] Entropy& entropy() const { return needs_.entropy; }

 private:
  Result<WebRequest> signed_request(const Call& call, const cloud::AzureKeys& keys);
  Result<WebAnswer> persist(const Call& call, std::unique_ptr<WebDownload>* download);

  const ContainerAddress address_;
  const ContainerNeeds needs_;
};

}  // namespace strongroom::azure
