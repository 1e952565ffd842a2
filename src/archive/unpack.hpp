// Unpacking: a package as one stream in, its files out to a sink (pipeline.md 4).
//
// unpack_archive() reads the package to its last byte and either delivers every file, or says why the package is
// refused; in between there are only Errors of the source and of the sink, passed on unchanged. It never touches a
// file system. Memory is a few buffers, whatever the package holds. Blocking; one thread at a time per call.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "archive/decompressor.hpp"
#include "archive/fault.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/random_access.hpp"
#include "base/result.hpp"
#include "base/spill.hpp"
#include "domain/problem.hpp"

namespace strongroom::archive {

/// pipeline.md 4.4. Counted on what comes out, not on what headers announce.
struct ArchiveLimits {
  /// Files; directories are counted apart, against the same number.
  std::uint64_t entries = limits::kArchiveEntriesMax;
  std::uint64_t bytes = limits::kArchiveBytesMax;  ///< of all files
  std::uint64_t file = limits::kArchiveFileMax;    ///< of one file
  std::uint64_t ratio = limits::kArchiveRatioMax;  ///< bytes out per byte of the package
  std::uint64_t ratio_from = limits::kArchiveRatioFrom;
};

/// Takes the entries of a package in their order. Names are normalised, relative, UTF-8, without `.` and `..`
/// components; the path rules of bags (domain-rules.md 2.8) have not been applied to them.
///
/// The sink is where duplicates show (CORRECTNESS.md 4.1): it makes each file exclusively, with its parents, and
/// answers with Reason::already_exists when the name or one of its parents is taken by a file, or the name by a
/// directory. `where` of that Error may give the name that was in the way (`a` when `a/b` meets the file `a`).
/// Whatever else it returns ends the unpacking and is passed on.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  /// A file begins. `size` is what its header announces: not to be relied upon for anything that costs.
  virtual Result<void> begin(const std::string& name, std::uint64_t size) = 0;
  /// The next bytes of the file; the view is valid during the call.
  virtual Result<void> data(ByteView bytes) = 0;
  virtual Result<void> end() = 0;
  /// A directory is named on its own, perhaps again. It is not part of the package; but a file of that name, before
  /// or after, is a duplicate.
  virtual Result<void> directory(const std::string& name) = 0;
};

/// The package to be read, by `side_by_side` on several processors where it can be taken apart. A zip package is read
/// by way of its directory: it needs `anywhere`, and `spills` for sorting that.
struct PackageInput {
  // NOLINTNEXTLINE(google-explicit-constructor): a stream is a package
  PackageInput(ByteSource& bytes, RandomAccess* random = nullptr, SpillSpace* space = nullptr, SideBySide workers = {})
      : stream(bytes), anywhere(random), spills(space), side_by_side(std::move(workers)) {}
  ByteSource& stream;
  RandomAccess* anywhere;
  SpillSpace* spills;
  SideBySide side_by_side;
};

struct UnpackedArchive {
  std::string_view media_type;  ///< `application/gzip` …: what the package is, by its content
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;          ///< of all files, holes included
  std::uint64_t archive_bytes = 0;  ///< of the package as it was read
  std::vector<Problem> warnings;    ///< W14
};

struct UnpackProgress {
  std::uint64_t archive_bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
/// Called from within unpack_archive(), about once a megabyte.
using UnpackWatcher = std::function<void(const UnpackProgress&)>;

using UnpackOutcome = std::variant<UnpackedArchive, ArchiveRefusal>;

/// `loc` is the location for event texts (domain-rules.md 2.6). Errors: those of source and sink; temporary with
/// Reason::stopped when `stop` was requested, noticed within a buffer's time; broken with Reason::unsupported for a zip
/// package that cannot be read anywhere.
Result<UnpackOutcome> unpack_archive(PackageInput package, std::string_view loc, EntrySink& sink,
                                     const ArchiveLimits& limits = {}, const std::stop_token& stop = {},
                                     const UnpackWatcher& watcher = {});

}  // namespace strongroom::archive
