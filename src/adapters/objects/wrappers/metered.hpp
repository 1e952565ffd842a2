// A location whose bytes and failed calls are counted (http-api.md 7.3).
// Passes everything on unchanged; any thread.
#pragma once

#include <string>

#include "ports/deposit.hpp"
#include "ports/metrics.hpp"
#include "ports/object_store.hpp"

namespace strongroom::wrappers {

class MeteredStore final : public ObjectStore {
 public:
  /// `inner` and `metrics` outlive it; `location` is the label.
  MeteredStore(ObjectStore& inner, std::string location, Metrics& metrics)
      : inner_(inner), location_(std::move(location)), metrics_(metrics) {}

  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after, std::size_t limit) override;
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override;

 private:
  ObjectStore& inner_;
  const std::string location_;
  Metrics& metrics_;
};

class MeteredDepository final : public Depository {
 public:
  /// As MeteredStore.
  MeteredDepository(Depository& inner, std::string location, Metrics& metrics)
      : inner_(inner), location_(std::move(location)), metrics_(metrics) {}

  Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) override;
  Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) override;
  Result<void> sweep(const IngestId& ingest, Fence below) override;

 private:
  Depository& inner_;
  const std::string location_;
  Metrics& metrics_;
};

}  // namespace strongroom::wrappers
