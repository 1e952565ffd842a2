// The outgoing log, the locations of unfinished ingests, and the small durable facts.
#include <algorithm>

#include "contracts/catalogue_contract_bench.hpp"

namespace strongroom::contracts {
namespace {

Result<void> log_is_read_in_pages(CatalogueBench& bench) {
  TRY(const Ingest accepted, bench.accept("a"));
  TRY(const Claim claim, bench.claim(bench.ann));
  Settle settle = bench.settle(claim.lease, accepted);
  const std::string body = R"({"space":"testing","version":"v1"})";
  const std::string id = bench.uuid();
  settle.writes = {AppendOutgoing{id, "registered-bag", "testing", body},
                   AppendOutgoing{bench.uuid(), "bag-update", "testing", "{}"}};
  TRY_VOID(bench.catalogue->settle(settle));

  TRY(const auto all, bench.outgoing());
  HOLDS(all.size() == 3 && all[0].kind == "ingest-update" && all[2].kind == "bag-update");
  HOLDS(all[0].sequence < all[1].sequence && all[1].sequence < all[2].sequence);
  HOLDS(all[1].kind == "registered-bag" && all[1].body == body && all[1].space == "testing" && all[1].id == id);
  HOLDS(all[1].time == settle.now && !all[1].ingest);

  TRY(const auto first, bench.catalogue->outgoing_after(0, 2));
  HOLDS(first.size() == 2 && first[1].sequence == all[1].sequence);
  TRY(const auto rest, bench.catalogue->outgoing_after(first[1].sequence, 2));
  HOLDS(rest.size() == 1 && rest[0].sequence == all[2].sequence);
  TRY(const auto none, bench.catalogue->outgoing_after(rest[0].sequence, 2));
  HOLDS(none.empty());
  return {};
}

Result<void> reader_loses_nothing(CatalogueBench& bench) {
  constexpr int kEach = 40;
  // The reader goes on from what it saw last, as a client of the event stream does.
  TRY(const auto seen, bench.read_beside_writers(kEach, [&](std::vector<std::int64_t>& found) -> Result<bool> {
    TRY(const auto page, bench.catalogue->outgoing_after(found.empty() ? 0 : found.back(), 7));
    for (const OutgoingEvent& event : page) found.push_back(event.sequence);
    return page.empty();
  }));
  TRY(const auto all, bench.outgoing());
  HOLDS(all.size() == CatalogueBench::kWriters * kEach && seen.size() == all.size());
  HOLDS(std::ranges::equal(seen, all, {}, {}, &OutgoingEvent::sequence));
  return {};
}

Result<void> needed_locations_are_found(CatalogueBench& bench) {
  std::vector<IngestId> ids;
  for (const std::string name : {"a", "b", "c", "d"}) {
    TRY(const Ingest ingest, bench.accept(name));
    ids.push_back(ingest.id);
  }
  // a needs 1 and 2, b needs 2, c needs 1 and 2 but has ended, d has no version yet.
  const std::vector<std::vector<std::string>> needs = {{"uuid-1", "uuid-2"}, {"uuid-2"}, {"uuid-1", "uuid-2"}};
  for (std::size_t i = 0; i < needs.size(); ++i) {
    TRY(const Claim claim, bench.claim(bench.ann));
    HOLDS(claim.ingest == ids[i]);
    TRY(SaveIngest save, bench.change(ids[i], "Assigned", i == 2 ? std::optional(Status::failed) : std::nullopt));
    save.ingest.location_uuids = needs[i];
    Settle settle = bench.settle(claim.lease, save.ingest);
    settle.writes = {save};
    TRY_VOID(bench.catalogue->settle(settle));
  }
  TRY(const auto satisfied, bench.catalogue->unfinished_needing_others({"uuid-1", "uuid-2", "uuid-3"}));
  HOLDS(satisfied.empty());
  TRY(const auto without_first, bench.catalogue->unfinished_needing_others({"uuid-2"}));
  HOLDS(without_first.size() == 1 && without_first[0].id == ids[0]);
  TRY(const auto without_any, bench.catalogue->unfinished_needing_others({}));
  HOLDS(without_any.size() == 2 && without_any[0].id == ids[0] && without_any[1].id == ids[1]);
  return {};
}

Result<void> first_fact_is_kept(CatalogueBench& bench) {
  TRY(const auto nothing, bench.catalogue->recall("namespace"));
  HOLDS(!nothing);
  TRY(const auto first, bench.catalogue->remember("namespace", "https://one.example/"));
  HOLDS(first == "https://one.example/");
  TRY(const auto second, bench.catalogue->remember("namespace", "https://two.example/"));
  HOLDS(second == "https://one.example/");
  TRY(const auto kept, bench.catalogue->recall("namespace"));
  HOLDS(kept == "https://one.example/");
  TRY(const auto empty, bench.catalogue->remember("empty", ""));
  TRY(const auto still_empty, bench.catalogue->remember("empty", "no"));
  HOLDS(empty.empty() && still_empty.empty());
  return {};
}

}  // namespace

void add_outgoing_checks(std::vector<CatalogueCheck>& checks) {
  checks.insert(checks.end(), {
                                  {"LogIsReadInPages", log_is_read_in_pages},
                                  {"ReaderLosesNothing", reader_loses_nothing},
                                  {"NeededLocationsAreFound", needed_locations_are_found},
                                  {"FirstFactIsKept", first_fact_is_kept},
                              });
}

}  // namespace strongroom::contracts
