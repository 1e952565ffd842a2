// A transfer area whose calls are counted, by how they ended (transfers.md 16.3).
//
// That an object is gone or has been replaced is an answer like any other. As thread-safe as what it wraps; what open()
// gives must not outlive it.
#pragma once

#include <string>

#include "ports/metrics.hpp"
#include "ports/transfer_area.hpp"

namespace strongroom::areas {

class MeteredArea final : public TransferArea {
 public:
  /// `inner` and `metrics` outlive it; `remote` is the label: `area main`.
  MeteredArea(TransferArea& inner, std::string remote, Metrics& metrics)
      : inner_(inner), remote_(std::move(remote)), metrics_(metrics) {}

  Result<std::vector<AreaObject>> list(const std::string& after, std::size_t limit) override;
  Result<std::optional<AreaObject>> stat(const std::string& key,
                                         const std::optional<std::string>& version_id = std::nullopt) override;
  Result<std::unique_ptr<RandomAccess>> open(const AreaObject& object) override;
  Result<AreaObject> put_log(const std::string& key, const std::string& text, const AreaTags& tags) override;
  Result<AreaObject> put_package(const std::string& key, const std::string& bytes) override;
  [[nodiscard]] bool keeps_tags() const override { return inner_.keeps_tags(); }
  Result<AreaTags> tags(const AreaObject& object) override;
  Result<AreaObject> set_tags(const AreaObject& object, const AreaTags& tags) override;
  Result<AreaObject> copy(const AreaObject& object, const std::string& key,
                          const std::optional<AreaObject>& over) override;
  Result<void> erase(const AreaObject& object, bool marker) override;
  Result<bool> keeps_versions() override;
  Result<bool> keeps_conditions(const std::string& probe_key) override;

 private:
  class Reads;
  template <class Answer>
  Answer counted(Answer answer);

  TransferArea& inner_;
  const std::string remote_;
  Metrics& metrics_;
};

}  // namespace strongroom::areas
