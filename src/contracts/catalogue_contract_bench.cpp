#include "contracts/catalogue_contract_bench.hpp"

#include <array>
#include <cstdio>

namespace strongroom::contracts {

std::vector<CatalogueCheck> catalogue_checks() {
  std::vector<CatalogueCheck> checks;
  add_queue_checks(checks);
  add_desk_checks(checks);
  add_lease_checks(checks);
  add_settle_checks(checks);
  add_version_checks(checks);
  add_outgoing_checks(checks);
  add_delivery_checks(checks);
  return checks;
}

Result<void> run_catalogue_check(const CatalogueCheck& check, const MakeCatalogue& make, Workers& workers) {
  CatalogueBench bench(workers);
  TRY(bench.catalogue, make(bench.clock, bench.owners, bench.times));
  return check.run(bench);
}

std::string CatalogueBench::uuid() {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012d", ++uuids_);
  return text.data();
}

BagId CatalogueBench::bag(const std::string& name) {
  return {Space::parse("testing").value(), ExternalIdentifier::parse(name).value()};
}

NewIngest CatalogueBench::request(const std::string& bag_name, bool with_callback) {
  IngestRequest asked{IngestType::update,
                      bag(bag_name),
                      SourceLocation{Provider::amazon_s3, "drop", "a/bag.tar.gz"},
                      with_callback ? std::optional<std::string>("https://example.org/done?id={id}") : std::nullopt,
                      Version(7),
                      *ClientId::parse("workflow")};
  return {*IngestId::parse(uuid()), std::move(asked), *RequestId::parse("request-1"), clock.now(), uuid()};
}

Result<Ingest> CatalogueBench::accept(const NewIngest& asked) {
  TRY(Accepted accepted, catalogue->accept(asked));
  if (accepted.replayed) return broken("was replayed: " + asked.id.str());
  return std::move(accepted.ingest);
}

Result<Ingest> CatalogueBench::accept(const std::string& bag_name, bool with_callback) {
  auto accepted = accept(request(bag_name, with_callback));
  clock.pass(std::chrono::milliseconds(1));
  return accepted;
}

Result<Claim> CatalogueBench::claim(const OwnerId& owner) {
  TRY(auto claimed, catalogue->claim(owner));
  if (!claimed) return broken("there is nothing to claim for " + owner.id);
  return std::move(*claimed);
}

Result<bool> CatalogueBench::finds_nothing(const OwnerId& owner) {
  TRY(const auto claimed, catalogue->claim(owner));
  return !claimed.has_value();
}

Result<Ingest> CatalogueBench::stored(const IngestId& id) {
  TRY(auto found, catalogue->find_ingest(id));
  if (!found) return broken("the ingest is not there", id.str());
  return std::move(*found);
}

Settle CatalogueBench::settle(const Lease& lease, const Ingest& ingest) {
  return {lease, ingest.id, ingest.run, clock.now(), {}, Afterwards::keep, std::nullopt};
}

Result<void> CatalogueBench::park(const Claim& claimed, Duration pause) {
  TRY(const Ingest ingest, stored(claimed.ingest));
  Settle parked = settle(claimed.lease, ingest);
  parked.afterwards = Afterwards::park;
  parked.due = clock.since_boot() + pause;
  return catalogue->settle(parked);
}

Result<void> CatalogueBench::release(const Claim& claimed) {
  TRY(const Ingest ingest, stored(claimed.ingest));
  Settle released = settle(claimed.lease, ingest);
  released.afterwards = Afterwards::release;
  return catalogue->settle(released);
}

Result<SaveIngest> CatalogueBench::change(const IngestId& id, const std::string& event, std::optional<Status> status) {
  TRY(Ingest ingest, stored(id));
  IngestChange next(std::move(ingest));
  next.add_event(event, clock.now());
  if (status) TRY_VOID(next.set_status(*status));
  return SaveIngest{next.ingest(), next.events(), uuid()};
}

Result<void> CatalogueBench::end(const Claim& claimed, Status status) {
  TRY(SaveIngest ended, change(claimed.ingest, "Ended", status));
  ended.ingest.retrying = false;
  Settle last = settle(claimed.lease, ended.ingest);
  last.writes.emplace_back(std::move(ended));
  last.afterwards = Afterwards::release;
  return catalogue->settle(last);
}

StepRecord CatalogueBench::step(Step name, std::optional<std::string> location) {
  StepRecord record;
  record.key.step = name;
  if (location) record.key.location = LocationName::parse(*location);
  return record;
}

VersionRow CatalogueBench::version(int number, VersionState state, const IngestId& ingest) {
  VersionRow row{Version(number), state, ingest, false, std::nullopt};
  if (state == VersionState::registered) {
    row.final_write_attempted = true;
    row.registration = Registration{clock.now(),
                                    clock.now() - std::chrono::seconds(5),
                                    std::string(64, 'a'),
                                    4321,
                                    3,
                                    1'000'000'000'000,
                                    R"([["data/a",0]])",
                                    {"uuid-1", "uuid-2"}};
  }
  return row;
}

Result<std::vector<std::int64_t>> CatalogueBench::read_beside_writers(
    int each, const std::function<Result<bool>(std::vector<std::int64_t>& seen)>& look) {
  std::vector<std::string> faults(kWriters + 1);
  std::vector<std::int64_t> seen;
  std::atomic<std::size_t> finished = 0;
  workers.for_each(kWriters + 1, kWriters + 1, [&](std::size_t side) {
    if (side < kWriters) {
      for (int i = 0; i < each; ++i) {
        const auto accepted = accept("bag-" + std::to_string(side));
        if (!accepted) faults[side] = accepted.error().text();
      }
      ++finished;
      return;
    }
    bool last_round = false;
    while (true) {
      const auto nothing = look(seen);
      if (!nothing) faults[side] = nothing.error().text();
      if (!nothing || (last_round && *nothing)) return;
      last_round = finished == kWriters;
    }
  });
  for (const std::string& fault : faults) {
    if (!fault.empty()) return broken(fault);
  }
  return seen;
}

}  // namespace strongroom::contracts
