#include "adapters/objects/remote/direct_depository.hpp"

#include "adapters/objects/remote/identity.hpp"
#include "domain/layout.hpp"

namespace strongroom::remote {
namespace {

constexpr std::size_t kPage = 1000;

class DirectDeposit final : public Deposit {
 public:
  DirectDeposit(RemoteStore& store, std::string prefix, bool already_stored)
      : store_(store), prefix_(std::move(prefix)), already_stored_(already_stored) {}

  Result<bool> take_in(const std::string&) override { return false; }
  [[nodiscard]] bool already_stored() const override { return already_stored_; }

  Result<void> put(const DepositFile& file, const ContentOpener& open) override {
    std::uint64_t largest = largest_;
    while (largest < file.size && !largest_.compare_exchange_weak(largest, file.size)) {
    }
    return store_.put(prefix_ + file.name, {file.size, file.sha256}, open);
  }

  /// Objects are durable once they are answered for. Of this attempt none is on its way any more.
  Result<void> seal() override { return store_.clean_up(prefix_, largest_); }

  Result<void> read_back(const std::string& name, ByteSink& sink) override {
    auto stored = store_.get(prefix_ + name, {});
    if (!stored && stored.error().reason == Reason::not_found) {
      return rejected("the file is missing", prefix_ + name, Reason::not_found);
    }
    if (!stored) return std::move(stored).error();
    TRY_VOID(copy_bytes(**stored, sink, 256U << 10U));
    return {};
  }

  Result<std::optional<ServerChecksum>> checksum_of(const std::string& name) override {
    return store_.checksum_of(prefix_ + name);
  }

  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override {
    std::string after;
    for (;;) {
      TRY(const std::vector<ObjectInfo> page, store_.list(prefix_, after, kPage));
      for (const ObjectInfo& info : page) TRY_VOID(found({info.key.substr(prefix_.size()), info.size}));
      if (page.size() < kPage) return {};
      after = page.back().key;
    }
  }

  Result<void> commit() override { return {}; }
  Result<void> abandon() override { return {}; }

 private:
  RemoteStore& store_;
  const std::string prefix_;
  const bool already_stored_;
  std::atomic<std::uint64_t> largest_ = 0;
};

}  // namespace

Result<std::unique_ptr<Deposit>> DirectDepository::open(const DepositTicket& ticket) {
  TRY_VOID(require_marker(store_, uuid_));
  if (!proven_) TRY_VOID(probe_create_only(store_));
  proven_ = true;
  std::string prefix = layout::version_prefix(ticket.bag, ticket.version);
  TRY(const std::vector<ObjectInfo> first, store_.list(prefix, "", 1));
  return std::unique_ptr<Deposit>(std::make_unique<DirectDeposit>(store_, std::move(prefix), !first.empty()));
}

Result<std::unique_ptr<Intake>> DirectDepository::intake(const StagingTicket&) { return std::unique_ptr<Intake>(); }

Result<void> DirectDepository::sweep(const IngestId&, Fence) { return {}; }

}  // namespace strongroom::remote
