// The ports of a simulated world, each a thin wall around a memory adapter with the gate in it. No behaviour of their
// own.
#pragma once

#include <memory>

#include "gate.hpp"
#include "ports/catalogue.hpp"
#include "ports/deposit.hpp"
#include "ports/http_client.hpp"
#include "ports/object_store.hpp"
#include "ports/sources.hpp"
#include "ports/version_index.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::simulation {

class GatedCatalogue final : public Catalogue {
 public:
  GatedCatalogue(Catalogue& inner, Gate& gate) : inner_(inner), gate_(gate) {}

  Result<Accepted> accept(const NewIngest& ingest) override {
    return gated(gate_, "catalogue.accept", [&] { return inner_.accept(ingest); });
  }
  Result<void> reopen(const Reopening& reopening) override {
    return gated(gate_, "catalogue.reopen", [&] { return inner_.reopen(reopening); });
  }
  Result<std::optional<Claim>> claim(const OwnerId& owner, std::optional<int> hand) override {
    return gated(gate_, "catalogue.claim", [&] { return inner_.claim(owner, hand); });
  }
  Result<RunView> look(const Lease& lease, const IngestId& ingest) override {
    return gated(gate_, "catalogue.look", [&] { return inner_.look(lease, ingest); });
  }
  Result<void> settle(const Settle& settle) override {
    return gated(gate_, "catalogue.settle", [&] { return inner_.settle(settle); });
  }
  Result<void> report_progress(const Lease& lease, const IngestId& ingest, int run, const StepKey& step,
                               const Progress& progress) override {
    return gated(gate_, "catalogue.progress",
                 [&] { return inner_.report_progress(lease, ingest, run, step, progress); });
  }
  Result<void> renew(const OwnerId& owner) override { return inner_.renew(owner); }
  Result<void> hand_back(const OwnerId& owner) override { return inner_.hand_back(owner); }
  std::uint64_t news(News kind) override { return inner_.news(kind); }
  void wait_for_news(News kind, std::uint64_t seen, Duration until, std::stop_token stop) override {
    inner_.wait_for_news(kind, seen, until, stop);
  }
  Result<std::optional<DeliveryClaim>> claim_delivery(const OwnerId& owner, std::optional<int> hand) override {
    return gated(gate_, "catalogue.claim_delivery", [&] { return inner_.claim_delivery(owner, hand); });
  }
  Result<void> fix_delivery_body(const DeliveryClaim& claim, const std::string& body) override {
    return gated(gate_, "catalogue.fix_delivery_body", [&] { return inner_.fix_delivery_body(claim, body); });
  }
  Result<void> settle_delivery(const DeliverySettle& settle) override {
    return gated(gate_, "catalogue.settle_delivery", [&] { return inner_.settle_delivery(settle); });
  }
  Result<std::vector<DeliveryAttempt>> delivery_attempts(const IngestId& ingest) override {
    return inner_.delivery_attempts(ingest);
  }
  Result<std::optional<Ingest>> find_ingest(const IngestId& id) override { return inner_.find_ingest(id); }
  Result<std::vector<IngestEvent>> events_of(const IngestId& id) override {
    return gated(gate_, "catalogue.events_of", [&] { return inner_.events_of(id); });
  }
  Result<std::vector<StepRecord>> steps_of(const IngestId& id) override { return inner_.steps_of(id); }
  Result<std::optional<VersionRow>> find_registered(const BagId& bag, std::optional<Version> version) override {
    return inner_.find_registered(bag, version);
  }
  Result<std::vector<VersionRow>> versions_now(const BagId& bag) override { return inner_.versions_now(bag); }
  Result<std::vector<OutgoingEvent>> outgoing_after(std::int64_t sequence, std::size_t limit) override {
    return inner_.outgoing_after(sequence, limit);
  }
  Result<std::vector<Ingest>> unfinished_needing_others(const std::vector<std::string>& uuids) override {
    return inner_.unfinished_needing_others(uuids);
  }
  Result<std::optional<std::string>> recall(const std::string& name) override { return inner_.recall(name); }
  Result<std::string> remember(const std::string& name, const std::string& value, const Deed* deed) override {
    return inner_.remember(name, value, deed);
  }

 private:
  Catalogue& inner_;
  Gate& gate_;
};

class GatedStore final : public ObjectStore {
 public:
  GatedStore(ObjectStore& inner, Gate& gate) : inner_(inner), gate_(gate) {}
  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override {
    return gated(gate_, "store.get", [&] { return inner_.get(key, range); });
  }
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override {
    return gated(gate_, "store.stat", [&] { return inner_.stat(key); });
  }
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after,
                                       std::size_t limit) override {
    return gated(gate_, "store.list", [&] { return inner_.list(prefix, after, limit); });
  }
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override {
    return gated(gate_, "store.put", [&] { return inner_.put(key, spec, open); });
  }

 private:
  ObjectStore& inner_;
  Gate& gate_;
};

class GatedVersionIndex final : public VersionIndex {
 public:
  GatedVersionIndex(VersionIndex& inner, Gate& gate) : inner_(inner), gate_(gate) {}
  Result<void> check() override { return inner_.check(); }
  Result<void> put(const BagId& bag, const VersionEntry& entry) override {
    return gated(gate_, "versions.put", [&] { return inner_.put(bag, entry); });
  }
  Result<std::optional<VersionEntry>> find(const BagId& bag, Version version) override {
    return gated(gate_, "versions.find", [&] { return inner_.find(bag, version); });
  }
  Result<std::vector<VersionEntry>> list(const BagId& bag, std::optional<Version> before, std::size_t limit) override {
    return inner_.list(bag, before, limit);
  }

 private:
  VersionIndex& inner_;
  Gate& gate_;
};

class GatedDeposit final : public Deposit {
 public:
  GatedDeposit(std::unique_ptr<Deposit> inner, Gate& gate) : inner_(std::move(inner)), gate_(gate) {}
  [[nodiscard]] bool already_stored() const override { return inner_->already_stored(); }
  Result<bool> take_in(const std::string& root) override {
    return gated(gate_, "deposit.take_in", [&] { return inner_->take_in(root); });
  }
  Result<void> put(const DepositFile& file, const ContentOpener& open) override {
    return gated(gate_, "deposit.put", [&] { return inner_->put(file, open); });
  }
  Result<void> seal() override {
    return gated(gate_, "deposit.seal", [&] { return inner_->seal(); });
  }
  Result<void> read_back(const std::string& name, ByteSink& sink) override {
    return gated(gate_, "deposit.read_back", [&] { return inner_->read_back(name, sink); });
  }
  Result<std::optional<ServerChecksum>> checksum_of(const std::string& name) override {
    return gated(gate_, "deposit.checksum_of", [&] { return inner_->checksum_of(name); });
  }
  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override {
    return gated(gate_, "deposit.list", [&] { return inner_->list(found); });
  }
  Result<void> commit() override {
    return gated(gate_, "deposit.commit", [&] { return inner_->commit(); });
  }
  Result<void> abandon() override {
    return gated(gate_, "deposit.abandon", [&] { return inner_->abandon(); });
  }

 private:
  std::unique_ptr<Deposit> inner_;
  Gate& gate_;
};

class GatedIntake final : public Intake {
 public:
  GatedIntake(std::unique_ptr<Intake> inner, Gate& gate) : inner_(std::move(inner)), gate_(gate) {}
  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) override;
  Result<void> create_directory(const std::string& name) override {
    return gated(gate_, "intake.create_directory", [&] { return inner_->create_directory(name); });
  }
  Result<void> finish() override {
    return gated(gate_, "intake.finish", [&] { return inner_->finish(); });
  }
  Result<void> clear() override {
    return gated(gate_, "intake.clear", [&] { return inner_->clear(); });
  }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) override {
    return gated(gate_, "intake.open_file", [&] { return inner_->open_file(root, name); });
  }

 private:
  std::unique_ptr<Intake> inner_;
  Gate& gate_;
};

class GatedDepository final : public Depository {
 public:
  GatedDepository(Depository& inner, Gate& gate) : inner_(inner), gate_(gate) {}
  Result<std::unique_ptr<Deposit>> open(const DepositTicket& ticket) override {
    return gated(gate_, "depository.open", [&]() -> Result<std::unique_ptr<Deposit>> {
      TRY(auto deposit, inner_.open(ticket));
      return std::unique_ptr<Deposit>(std::make_unique<GatedDeposit>(std::move(deposit), gate_));
    });
  }
  Result<std::unique_ptr<Intake>> intake(const StagingTicket& ticket) override {
    return gated(gate_, "depository.intake", [&]() -> Result<std::unique_ptr<Intake>> {
      TRY(auto intake, inner_.intake(ticket));
      if (intake == nullptr) return intake;
      return std::unique_ptr<Intake>(std::make_unique<GatedIntake>(std::move(intake), gate_));
    });
  }
  Result<void> sweep(const IngestId& ingest, Fence below) override {
    return gated(gate_, "depository.sweep", [&] { return inner_.sweep(ingest, below); });
  }

 private:
  Depository& inner_;
  Gate& gate_;
};

class GatedWorkFile final : public WorkFile {
 public:
  GatedWorkFile(std::unique_ptr<WorkFile> inner, Gate& gate) : inner_(std::move(inner)), gate_(gate) {}
  Result<void> write(ByteView bytes) override {
    return gated(gate_, "work_file.write", [&] { return inner_->write(bytes); });
  }
  Result<void> finish() override {
    return gated(gate_, "work_file.finish", [&] { return inner_->finish(); });
  }

 private:
  std::unique_ptr<WorkFile> inner_;
  Gate& gate_;
};

inline Result<std::unique_ptr<WorkFile>> GatedIntake::create_file(const std::string& name,
                                                                  std::uint64_t expected_size) {
  return gated(gate_, "intake.create_file", [&]() -> Result<std::unique_ptr<WorkFile>> {
    TRY(auto file, inner_->create_file(name, expected_size));
    return std::unique_ptr<WorkFile>(std::make_unique<GatedWorkFile>(std::move(file), gate_));
  });
}

class GatedArea final : public WorkArea {
 public:
  GatedArea(std::unique_ptr<WorkArea> inner, Gate& gate) : inner_(std::move(inner)), gate_(gate) {}
  Result<std::unique_ptr<Spill>> create() override { return inner_->create(); }
  [[nodiscard]] bool resumed() const override { return inner_->resumed(); }
  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) override {
    return wrap("area.create_file", [&] { return inner_->create_file(name, expected_size); });
  }
  Result<void> create_directory(const std::string& name) override {
    return gated(gate_, "area.create_directory", [&] { return inner_->create_directory(name); });
  }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& name) override {
    return gated(gate_, "area.open_file", [&] { return inner_->open_file(name); });
  }
  Result<void> clear_files() override {
    return gated(gate_, "area.clear_files", [&] { return inner_->clear_files(); });
  }
  Result<std::unique_ptr<WorkFile>> create_blob(const std::string& name) override {
    return wrap("area.create_blob", [&] { return inner_->create_blob(name); });
  }
  Result<std::unique_ptr<ByteSource>> open_blob(const std::string& name) override {
    return gated(gate_, "area.open_blob", [&] { return inner_->open_blob(name); });
  }

 private:
  template <class Call>
  Result<std::unique_ptr<WorkFile>> wrap(const char* event, Call&& call) {
    return gated(gate_, event, [&]() -> Result<std::unique_ptr<WorkFile>> {
      TRY(auto file, call());
      return std::unique_ptr<WorkFile>(std::make_unique<GatedWorkFile>(std::move(file), gate_));
    });
  }
  std::unique_ptr<WorkArea> inner_;
  Gate& gate_;
};

class GatedWorkingStorage final : public WorkingStorage {
 public:
  GatedWorkingStorage(WorkingStorage& inner, Gate& gate) : inner_(inner), gate_(gate) {}
  Result<std::unique_ptr<WorkArea>> open(const IngestId& ingest, Fence fence, std::optional<Fence> adopt) override {
    return gated(gate_, "working.open", [&]() -> Result<std::unique_ptr<WorkArea>> {
      TRY(auto area, inner_.open(ingest, fence, adopt));
      return std::unique_ptr<WorkArea>(std::make_unique<GatedArea>(std::move(area), gate_));
    });
  }
  Result<void> remove(const IngestId& ingest, Fence fence) override {
    return gated(gate_, "working.remove", [&] { return inner_.remove(ingest, fence); });
  }

 private:
  WorkingStorage& inner_;
  Gate& gate_;
};

class GatedPackage final : public PackageSource {
 public:
  GatedPackage(std::unique_ptr<PackageSource> inner, Gate& gate) : inner_(std::move(inner)), gate_(gate) {}
  Result<std::size_t> read(ByteSpan into) override {
    return gated(gate_, "package.read", [&] { return inner_->read(into); });
  }
  [[nodiscard]] const SourceIdentity& identity() const override { return inner_->identity(); }
  [[nodiscard]] RandomAccess& anywhere() override { return inner_->anywhere(); }
  Result<void> check_unchanged() override {
    return gated(gate_, "package.check_unchanged", [&] { return inner_->check_unchanged(); });
  }

 private:
  std::unique_ptr<PackageSource> inner_;
  Gate& gate_;
};

class GatedSources final : public Sources {
 public:
  GatedSources(Sources& inner, Gate& gate) : inner_(inner), gate_(gate) {}
  Result<std::unique_ptr<PackageSource>> open(const SourceLocation& location) override {
    return gated(gate_, "sources.open", [&]() -> Result<std::unique_ptr<PackageSource>> {
      TRY(auto package, inner_.open(location));
      return std::unique_ptr<PackageSource>(std::make_unique<GatedPackage>(std::move(package), gate_));
    });
  }

 private:
  Sources& inner_;
  Gate& gate_;
};

}  // namespace strongroom::simulation
