// Limits: every bound of the program in one place, each with its arithmetic. Those an operator may change are defaults
// of the configuration; ARCHITECTURE.md has the table.
#pragma once

#include <cstddef>
#include <cstdint>

namespace strongroom::limits {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;
inline constexpr std::uint64_t kTiB = 1024 * kGiB;

// Archives (pipeline.md 4.4).
inline constexpr std::uint64_t kArchiveEntriesMax = 10'000'000;
inline constexpr std::uint64_t kArchiveBytesMax = 16 * kTiB;
inline constexpr std::uint64_t kArchiveFileMax = 5 * kTiB;
inline constexpr std::uint64_t kArchiveRatioMax = 1000;
/// Below this much output the ratio is not looked at: a bag of empty pages compresses well.
inline constexpr std::uint64_t kArchiveRatioFrom = 1 * kGiB;
inline constexpr std::uint64_t kTarRecordMax = 1 * kMiB;
/// What a decoder may need: `xz -9` takes 65 MiB, `zstd --long` 128 MiB and a little; beyond that lie bombs.
inline constexpr std::uint64_t kDecoderMemoryMax = 144 * kMiB;

// Tag files (bag-acceptance.md 1.1).
inline constexpr std::uint64_t kDeclarationMax = 1000;
inline constexpr std::uint64_t kBagInfoMax = 16 * kMiB;
inline constexpr std::uint64_t kManifestLineMax = 64 * kKiB;

// Names (domain-rules.md 2).
inline constexpr std::size_t kSpaceMax = 128;
inline constexpr std::size_t kExternalIdentifierMax = 512;
inline constexpr std::size_t kSegmentMax = 255;
inline constexpr std::size_t kKeyMax = 1024;
inline constexpr std::size_t kKeyComponentsMax = 250;
inline constexpr std::size_t kSourcePathMax = 1024;
inline constexpr std::size_t kCallbackUrlMax = 2048;
/// Characters of an event text; a longer one is cut to 247 and "..." (domain-rules.md 4.1).
inline constexpr std::size_t kEventTextMax = 250;

// Memory. Sorting one bag's names and digests: 64 MiB (CORRECTNESS 4.1) over at most four sorters at a time.
inline constexpr std::size_t kSorterMemoryMax = 16 * kMiB;
inline constexpr std::size_t kStreamBuffer = 1 * kMiB;
/// A waypoint is facts and references, never a list of files.
inline constexpr std::size_t kWaypointMax = 16 * kKiB;
/// Problems kept in the catalogue row of a step; all of them are in its report object (CORRECTNESS 3.4).
inline constexpr std::size_t kProblemsInRow = 100;
/// Every so many names the description's sparse index has an entry (CORRECTNESS 3.2).
inline constexpr std::size_t kSparseIndexStep = 1000;

// Transfer packages (transfers.md 6.1, 6.3).
/// Read first: the directory of some 10,000 members, and small packages altogether.
inline constexpr std::uint64_t kPackageTail = 1 * kMiB;
/// The central directory is read in pieces of this size.
inline constexpr std::uint64_t kPackageDirectoryPiece = 8 * kMiB;
/// A CSV once inflated.
inline constexpr std::uint64_t kPackageCsvMax = 64 * kMiB;
/// A CSV as it lies in the package: no compression that is understood makes what it cannot shrink much longer.
inline constexpr std::uint64_t kPackageCsvPackedMax = 72 * kMiB;

// HTTP.
inline constexpr std::size_t kHttpUriMax = 8192;
inline constexpr std::uint64_t kHttpBodyMax = 1 * kMiB;

// Dry runs (http-api.md 9.2). Each that waits costs a thread of the HTTP handlers, of which there are eight: six are
// left to everybody else.
inline constexpr std::size_t kDryRunsPatient = 2;
/// Beyond this many that wait for their turn nobody would get an answer soon.
inline constexpr std::size_t kDryRunsQueued = 32;
/// Reports remembered: an hour, and this many; each holds a file open for every step with findings, four at most.
inline constexpr std::size_t kDryRunsKept = 64;
/// Bytes of all findings remembered: those of a few million files.
inline constexpr std::uint64_t kDryRunFindingsMax = 1 * kGiB;

// Long answers that are kept elsewhere (http-api.md 5.2): each costs one of those threads, too, while it is sent there.
inline constexpr std::size_t kLargeResponsesAtOnce = 2;
/// So much of each is held in memory on its way; more in one piece would be no faster.
inline constexpr std::uint64_t kLargeResponsePart = 8 * kMiB;

// Events. What all open streams share is kept once: some thousand events of about 2 KiB.
inline constexpr std::size_t kTailEventsMax = 2048;
inline constexpr std::size_t kTailBytesMax = 4 * kMiB;
/// A list looks at so many events, also when its filter leaves most of them out: some 100 ms of reading.
inline constexpr std::size_t kEventsLookedAtMax = 50'000;
/// Read at once, with their ingests' histories: 50 of some 10 KiB.
inline constexpr std::size_t kEventsAtOnce = 50;
/// An idle stream costs its connection and some 500 bytes; the rest of the connections stays for requests.
inline constexpr std::uint64_t kEventStreamsMax = 4096;
/// One transaction of reindexing: some 10 ms of the writer.
inline constexpr std::size_t kReindexBatch = 500;

// Disk: no worker writes while the catalogue's filesystem has less left (CORRECTNESS 1.11).
inline constexpr std::uint64_t kMinFree = 1 * kGiB;

}  // namespace strongroom::limits
