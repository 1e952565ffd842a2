// Manifests: their names and their lines (bag-acceptance.md 2.4; rules C3 to C5).
//
// Streamed: a ManifestReader holds one line. What lines mean together is the check's affair. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bagit/declaration.hpp"
#include "bagit/findings.hpp"
#include "bagit/tag_lines.hpp"
#include "base/digest.hpp"

namespace strongroom::bagit {

/// What the name of a root file says: `manifest-{alg}.txt` or `tagmanifest-{alg}.txt`, exact and lower-case.
struct ManifestName {
  bool payload = false;
  std::string algorithm_text;          ///< as in the name
  std::optional<Algorithm> algorithm;  ///< nothing when it is not supported
  bool odd_spelling = false;           ///< `sha3-256`, `sha3-512` (W10)
};

/// Nothing when `name` is not of that shape, or not at the root.
[[nodiscard]] std::optional<ManifestName> parse_manifest_name(std::string_view name);

/// `tagmanifest-{alg}.txt` at the root.
[[nodiscard]] bool is_tag_manifest(std::string_view name);

/// `%0A`, `%0D` and, with `percent`, `%25` decoded, hex digits in either case; every other byte is kept.
[[nodiscard]] std::string decode_path(std::string_view path, bool percent);

struct ManifestLine {
  std::uint64_t number = 0;
  Digest digest;
  std::string path;     ///< decoded, without `*` and `./`
  std::string literal;  ///< the path without decoding, when that differs; else empty
};

class ManifestReader {
 public:
  /// `source` and `findings` outlive the reader. `file` is the manifest's name; `encoding` is told where a line is not
  /// in it, `source` gives UTF-8 already.
  ManifestReader(ByteSource& source, std::string file, Algorithm algorithm, VersionRules rules, Findings& findings,
                 std::string_view encoding = "UTF-8");

  /// The next well-formed line, valid until the next call, or null at the end. What is wrong with the others, and
  /// what was overlooked (W1, W2, W5, W6), has been reported by then, the texts of C4 and C5 at the end.
  Result<const ManifestLine*> next();
  /// False when a line could not be read: the set of paths is not known (after the end).
  [[nodiscard]] bool whole() const { return whole_; }

 private:
  Result<bool> take(const TagLine& line);
  Result<std::string_view> without_prefixes(std::string_view path, std::uint64_t number);
  Result<void> warn(std::string_view rule, std::string_view kind, std::uint64_t number, std::string_view description);
  Result<void> malformed(const TagLine& line, std::string_view description);

  TagLineReader lines_;
  const std::string file_;
  Algorithm algorithm_;
  VersionRules rules_;
  Findings& findings_;
  const std::string encoding_;
  NameList malformed_;
  ManifestLine line_;
  bool whole_ = true;
};

}  // namespace strongroom::bagit
