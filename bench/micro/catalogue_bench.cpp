// Transactions of the catalogue, each durable, below the directory of temporary files (TMPDIR): an ingest accepted,
// claimed and settled, by one thread and by several whose commits come together.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/host/system_clock.hpp"

namespace strongroom::bench {
namespace {

/// A catalogue in a new directory, which goes with it.
struct Fixture {
  Fixture() {
    std::string name = (std::filesystem::temp_directory_path() / "strongroom-bench-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    auto opened = sqlite::open_sqlite_catalogue(directory / "catalogue.sqlite", clock, owners);
    if (opened) catalogue = std::move(*opened);
  }
  ~Fixture() {
    catalogue.reset();
    std::filesystem::remove_all(directory);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  std::string uuid() {
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012d", ++uuids);
    return text.data();
  }
  NewIngest request() {
    const std::string id = uuid();
    return {
        *IngestId::parse(id),
        IngestRequest{IngestType::create, BagId{Space::parse("bench").value(), ExternalIdentifier::parse(id).value()},
                      SourceLocation{Provider::filesystem, "uploads", id + ".tar.gz"}, std::nullopt, std::nullopt,
                      *ClientId::parse("bench")},
        *RequestId::parse(id), clock.now(), uuid()};
  }

  std::filesystem::path directory;
  host::SystemClock clock;
  NobodyIsDead owners;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue;
  std::atomic<int> uuids = 0;
};

std::unique_ptr<Fixture> shared;
void begin(const benchmark::State& /*state*/) { shared = std::make_unique<Fixture>(); }
void end(const benchmark::State& /*state*/) { shared.reset(); }

void accept(benchmark::State& state) {
  for (auto _ : state) {
    if (!shared->catalogue->accept(shared->request())) return state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(accept)->Setup(begin)->Teardown(end)->Threads(1)->Threads(8)->Threads(32)->UseRealTime();

/// Accepted, claimed, one step recorded with an event: three transactions.
void settle(benchmark::State& state) {
  const OwnerId owner{"boot", "worker-" + std::to_string(state.thread_index())};
  sqlite::SqliteCatalogue& catalogue = *shared->catalogue;
  for (auto _ : state) {
    if (!catalogue.accept(shared->request())) return state.SkipWithError("refused");
    const auto claim = catalogue.claim(owner);
    if (!claim || !*claim) return state.SkipWithError("nothing to claim");
    const auto view = catalogue.look((*claim)->lease, (*claim)->ingest);
    if (!view) return state.SkipWithError("cannot look");
    IngestChange change(view->ingest);
    change.add_event("Unpacking failed", shared->clock.now());
    if (!change.set_status(Status::failed)) return state.SkipWithError("cannot end");
    Settle settle{(*claim)->lease, (*claim)->ingest, 1, shared->clock.now(), {}, Afterwards::release, {}};
    settle.writes.emplace_back(SaveIngest{change.ingest(), change.events(), shared->uuid()});
    if (!catalogue.settle(settle)) return state.SkipWithError("not settled");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(settle)->Setup(begin)->Teardown(end)->Threads(1)->Threads(8)->Threads(32)->UseRealTime();

}  // namespace
}  // namespace strongroom::bench
