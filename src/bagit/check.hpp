// The check of a bag: every rule of bag-acceptance.md on one unpacked bag, in one call.
//
// Memory does not grow with the number of files: manifests are streamed, sorted through the SpillSpace and joined with
// the bag's files in byte order of name, so the cost is that of sorting. Problems about the bag go to the ProblemSink;
// an Error means that the check itself could not be made. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bagit/metadata.hpp"
#include "bagit/profile.hpp"
#include "bagit/rulebook.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/spill.hpp"
#include "domain/identifiers.hpp"
#include "domain/inventory.hpp"
#include "domain/problem.hpp"

namespace strongroom::bagit {

class EntryReader {
 public:
  virtual ~EntryReader() = default;
  /// The next file, valid until the next call, or null at the end.
  virtual Result<const InventoryEntry*> next() = 0;
};

/// The unpacked bag, as its owner shows it.
class BagView {
 public:
  virtual ~BagView() = default;
  /// All files under the root in strict byte order of name, names relative to the root, with sha256 and whatever other
  /// digests were computed while unpacking. Called several times; each reader starts anew, one lives at a time.
  virtual Result<std::unique_ptr<EntryReader>> entries() = 0;
  /// The bytes of one of these files. An Error with Act::rejected, here or while reading, means that the bag is to
  /// blame: the file is reported by rule K3. Any other ends the check.
  virtual Result<std::unique_ptr<ByteSource>> open(const std::string& name) = 0;
};

/// The latest registered version of the very bag that is checked: what its fetch.txt may refer to (section 7).
class HeldVersion {
 public:
  virtual ~HeldVersion() = default;
  /// All payload files in strict byte order of name, each with its path. One reader lives at a time.
  virtual Result<std::unique_ptr<EntryReader>> payload() = 0;
  /// What a URL names below this bag, `vK/name`, when it lies in one of the archive's own locations (7.1); nothing
  /// when it lies elsewhere. Whether there is such a file is not looked at.
  [[nodiscard]] virtual std::optional<std::string> path_of(std::string_view url) const = 0;
  /// The bytes of a file of the payload, from the location that `url` names first, then from the others (7.3).
  virtual Result<std::unique_ptr<ByteSource>> open(const InventoryEntry& file, std::string_view url) = 0;
};

struct CheckRequest {
  std::optional<ExternalIdentifier> expected;  ///< as the request has it (F1); not looked at without one
  bool update = false;                         ///< the ingest type: `fetch.txt` is only allowed in an update (I1)
  Rulebook rulebook = Rulebook::archive;
  std::optional<BagId> bag{};   ///< which bag it is meant to be, for I2
  HeldVersion* held = nullptr;  ///< nothing when no version of the bag is stored
  /// Of `{location prefix}{space}/{externalIdentifier}/vN/` for the longest location prefix, vN counted as 11 bytes
  /// (domain-rules.md 2.5); for H5.
  std::size_t key_prefix_bytes = 0;
  std::size_t key_prefix_components = 0;
  const Profile* profile = nullptr;  ///< what is asked of the bag beyond the rulebook (rules N); may be none
  std::optional<std::string>
      media_type{};  ///< of the package the bag came in: nothing for a directory, empty when not known
  /// For each of the sorters, of which at most four live at a time.
  std::size_t sorter_memory = limits::kSorterMemoryMax;
};

/// What an accepted bag is.
struct BagFacts {
  std::string bagit_version;
  Metadata metadata;
  ExternalIdentifier external_identifier;
  Oxum oxum;
  std::vector<Algorithm> payload_algorithms;  ///< in the order of the enumeration, each once
  std::vector<Algorithm> tag_algorithms;
  std::uint64_t payload_files = 0;  ///< fetched ones included
  std::uint64_t payload_bytes = 0;
  std::uint64_t tag_files = 0;  ///< all that are no payload, listed or not
  std::uint64_t tag_bytes = 0;
};

struct CheckOutcome {
  /// The detail of the `failed` event: the text of the first failing rule in table order, uncut and with control
  /// characters as they are. Nothing: the bag is accepted.
  std::optional<std::string> failure;
  std::uint64_t problems = 0;  ///< errors only
  std::uint64_t warnings = 0;
  std::uint64_t files_checked = 0;  ///< files present
  std::uint64_t bytes_checked = 0;  ///< their sizes
  std::optional<BagFacts> facts;    ///< of a bag that the archive accepts
};

/// Takes the verified inventory: each file present, in byte order of name, with sha256 first and then the digest of
/// every algorithm whose manifests list it; a tag manifest has those of all tag manifests' algorithms. Of a bag that
/// fails, what it took is worthless.
using VerifiedSink = std::function<Result<void>(const InventoryEntry&)>;

/// Takes the files that fetch.txt takes from the held version, in byte order of name: the name in this bag, the
/// recorded size, sha256 first and then the digest of every algorithm whose manifests list it, and the physical path.
using FetchedSink = std::function<Result<void>(const InventoryEntry&)>;

Result<CheckOutcome> check_bag(BagView& bag, const CheckRequest& request, SpillSpace& spills, ProblemSink& problems,
                               const VerifiedSink& verified, const FetchedSink& fetched = {});

}  // namespace strongroom::bagit
