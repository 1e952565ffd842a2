// Manifests and inventories: what every file of a bag costs before a byte of it is looked at.
#include <benchmark/benchmark.h>

#include "bagit/manifest.hpp"
#include "content.hpp"
#include "domain/inventory.hpp"

namespace strongroom::bench {
namespace {

constexpr std::size_t kFiles = 100'000;

std::string name(std::size_t i) {
  return "data/" + std::to_string(i / 100) + "/record_" + std::to_string(1'000'000 + i) + ".json";
}

class NoProblems final : public ProblemSink {
 public:
  Result<void> add(Problem /*problem*/) override { return broken("there is a problem"); }
};

class Nowhere final : public ByteSink {
 public:
  Result<void> write(ByteView bytes) override {
    benchmark::DoNotOptimize(bytes.data());
    return {};
  }
};

void manifest_parse(benchmark::State& state) {
  const std::string digest = digest_of(Algorithm::sha256, "").hex();
  std::string manifest;
  for (std::size_t i = 0; i < kFiles; ++i) manifest += digest + "  " + name(i) + "\n";
  for (auto _ : state) {
    NoProblems problems;
    bagit::Findings findings(problems);
    TextSource source(manifest);
    bagit::ManifestReader reader(source, "manifest-sha256.txt", Algorithm::sha256, {}, findings);
    std::size_t lines = 0;
    for (auto line = reader.next(); line && *line != nullptr; line = reader.next()) ++lines;
    if (lines != kFiles) return state.SkipWithError("lines are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kFiles));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * manifest.size()));
}
BENCHMARK(manifest_parse)->Unit(benchmark::kMillisecond);

InventoryEntry entry(std::size_t i, const Digest& digest) { return {name(i), 1000 + i % 500, {digest}, {}}; }

void inventory_write(benchmark::State& state) {
  const Digest digest = digest_of(Algorithm::sha256, "");
  for (auto _ : state) {
    Nowhere sink;
    InventoryWriter writer(sink);
    for (std::size_t i = 0; i < kFiles; ++i) {
      if (!writer.add(entry(i, digest))) return state.SkipWithError("cannot be written");
    }
    benchmark::DoNotOptimize(writer.finish());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kFiles));
}
BENCHMARK(inventory_write)->Unit(benchmark::kMillisecond);

void inventory_read(benchmark::State& state) {
  const Digest digest = digest_of(Algorithm::sha256, "");
  std::string lines;
  InventoryRef ref;
  {
    TextSink sink;
    InventoryWriter writer(sink);
    for (std::size_t i = 0; i < kFiles; ++i) (void)writer.add(entry(i, digest)).has_value();
    ref = writer.finish().value();
    lines = sink.text();
  }
  for (auto _ : state) {
    TextSource source(lines);
    InventoryReader reader(source, ref);
    for (auto next = reader.next();; next = reader.next()) {
      if (!next) return state.SkipWithError("cannot be read");
      if (*next == nullptr) break;
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kFiles));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * lines.size()));
}
BENCHMARK(inventory_read)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strongroom::bench
