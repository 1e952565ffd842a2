// Inflating, taking a tar apart, digests: what every byte of a package goes through.
#include <benchmark/benchmark.h>

#include <vector>

#include "adapters/host/thread_workers.hpp"
#include "archive/decompressor.hpp"
#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/digest.hpp"
#include "content.hpp"
#include "support/gzip.hpp"

namespace strongroom::bench {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;

void gunzip(benchmark::State& state, const std::string& content) {
  const std::string packed = testing_support::gzip(content);
  std::vector<std::byte> buffer(kMebibyte);
  for (auto _ : state) {
    TextSource source(packed);
    auto opened = archive::open_decompressor(as_bytes(packed).first(archive::kSniffSize), source);
    for (;;) {
      const auto read = opened->read(buffer);
      if (!read) return state.SkipWithError("does not inflate");
      if (*read == 0) break;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}
BENCHMARK_CAPTURE(gunzip, stored, stored(64 * kMebibyte))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gunzip, photograph, photograph(64 * kMebibyte))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gunzip, text, text(64 * kMebibyte))->Unit(benchmark::kMillisecond);

/// As bgzip packs: many members, here of 64 KiB each. On one thread, and with one helper.
void gunzip_members(benchmark::State& state, const std::string& content) {
  std::string packed;
  for (std::size_t at = 0; at < content.size(); at += kMebibyte / 16) {
    packed += testing_support::gzip(std::string_view(content).substr(at, kMebibyte / 16));
  }
  std::vector<std::byte> buffer(kMebibyte);
  host::ThreadWorkers workers(1);
  archive::SideBySide side_by_side;
  if (state.range(0) > 1) {
    side_by_side = [&](std::size_t count, const auto& work) { workers.for_each(count, count, work); };
  }
  for (auto _ : state) {
    TextSource source(packed);
    auto opened = archive::open_decompressor(as_bytes(packed).first(archive::kSniffSize), source, side_by_side);
    for (;;) {
      const auto read = opened->read(buffer);
      if (!read) return state.SkipWithError("does not inflate");
      if (*read == 0) break;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}
BENCHMARK_CAPTURE(gunzip_members, text, text(64 * kMebibyte))
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void untar(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::size_t files = std::max<std::size_t>(8, 16 * kMebibyte / size);
  const std::string content = text(size);
  std::string tar;
  for (std::size_t i = 0; i < files; ++i) {
    tar += archive::tar_file_header("bag/data/" + std::to_string(i / 100) + "/file-" + std::to_string(i), size, {});
    tar += content;
    tar += archive::tar_file_padding(size);
  }
  tar += archive::tar_end(tar.size());
  for (auto _ : state) {
    TextSource source(tar);
    archive::TarReader reader(source);
    for (;;) {
      const auto member = reader.next();
      if (!member) return state.SkipWithError("cannot be read");
      if (!*member) break;
      for (auto body = reader.body(); body && !body->empty(); body = reader.body()) {
        benchmark::DoNotOptimize(body->data());
      }
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * tar.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * files));
}
BENCHMARK(untar)->Arg(1000)->Arg(100'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

void digest(benchmark::State& state, Algorithm algorithm) {
  const std::string content = stored(static_cast<std::size_t>(state.range(0)));
  Hasher hasher(algorithm);
  for (auto _ : state) {
    hasher.update(as_bytes(content));
    benchmark::DoNotOptimize(hasher.finish());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * content.size()));
}
BENCHMARK_CAPTURE(digest, md5, Algorithm::md5)->Arg(1000)->Arg(1'000'000);
BENCHMARK_CAPTURE(digest, sha256, Algorithm::sha256)->Arg(1000)->Arg(1'000'000);
BENCHMARK_CAPTURE(digest, sha512, Algorithm::sha512)->Arg(1000)->Arg(1'000'000);

}  // namespace
}  // namespace strongroom::bench
