// The stored description: the JSON document every location holds about a version (pipeline.md 9.2).
//
// Written once, as a stream, deterministically: same inputs, same bytes. It is one JSON object laid out in lines (the
// head, one file a line, the tail), so that it can also be read as a stream; docs/formats/stored-description.md. One
// thread at a time for a writer or a reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/instant.hpp"
#include "base/lines.hpp"
#include "domain/identifiers.hpp"
#include "domain/ingest.hpp"
#include "domain/location.hpp"

namespace strongroom {

/// Metadata of bag-info.txt: every label and value in order, repeats kept.
struct BagInfo {
  std::vector<std::pair<std::string, std::string>> fields;
  /// The first value of a label, compared without regard to case; nothing when absent.
  [[nodiscard]] std::optional<std::string> find(std::string_view label) const;
};

/// BagInfo as JSON text and back: the member `info`, and the `bag-info` blob between two rooms. Reason::corrupt when it
/// is not what encode_bag_info wrote.
[[nodiscard]] std::string encode_bag_info(const BagInfo& info);
[[nodiscard]] Result<BagInfo> decode_bag_info(std::string_view json);

struct DescribedFile {
  std::string name;  ///< in the bag
  std::string path;  ///< `vK/…`: the version that physically holds it
  std::uint64_t size = 0;
  std::vector<Digest> checksums;

  [[nodiscard]] const Digest* checksum(Algorithm algorithm) const;
};

/// Everything before the files.
struct DescriptionHead {
  std::string context_url;  ///< `{base}/context.json` as fixed at first start
  BagId bag;
  Version version;
  Instant created;
  IngestId ingest;
  IngestType ingest_type = IngestType::create;
  Instant ingest_created;
  BagInfo info;
  std::string bagit_version;
  std::vector<Algorithm> payload_manifests;
  std::vector<Algorithm> tag_manifests;
};

/// The line of a file, without its comma; Reason::corrupt when it is none.
[[nodiscard]] Result<DescribedFile> decode_file_line(std::string_view line);
/// What the line of the file with this name, and of no other one, begins with.
[[nodiscard]] std::string file_line_beginning(std::string_view name);

/// Of which algorithm a file's checksum is shown (http-api.md 5.1): of payload sha512 where there is such a manifest,
/// else sha256; of tag files the strongest there is. Nothing when no tag manifest is named.
[[nodiscard]] Algorithm shown_payload_algorithm(const DescriptionHead& head);
[[nodiscard]] std::optional<Algorithm> shown_tag_algorithm(const DescriptionHead& head);

struct DescribedLocation {
  std::string label;
  Provider provider = Provider::filesystem;
  std::string bucket;
  std::string prefix;
  LocationRole role = LocationRole::replica;
  std::string uuid;
  std::string verify;  ///< `full`, `server-checksum`
  Instant verified;
};

/// Everything after the files.
struct DescriptionTail {
  std::vector<DescribedLocation> locations;
  std::uint64_t file_count = 0;
  std::uint64_t byte_count = 0;
  std::uint64_t own_file_count = 0;
  std::uint64_t own_byte_count = 0;
  SourceLocation source;
  std::uint64_t source_size = 0;
  ClientId requested_by;
  std::vector<IngestEvent> events;  ///< up to and with `Register started` (CORRECTNESS 1.2)
};

/// Calls in order: begin, payload files, begin_tag_files, tag files, finish. Both lists in strict byte order of name,
/// each file with a sha256 and no slip in its path: anything else is refused as broken.
class DescriptionWriter {
 public:
  explicit DescriptionWriter(ByteSink& sink);
  Result<void> begin(const DescriptionHead& head);
  Result<void> add(const DescribedFile& file);
  Result<void> begin_tag_files();
  Result<void> finish(const DescriptionTail& tail);
  /// Bytes written so far: the offset of the next file's line.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  void append_line(std::string_view line);
  Result<void> flush();
  void end_files();
  ByteSink& sink_;
  std::string held_;  ///< ends with the last line whole: its comma goes when no other file follows
  std::uint64_t offset_ = 0;
  std::string last_name_;  ///< in the current list; empty before its first file
};

/// Reads what a DescriptionWriter wrote; anything else is Reason::corrupt. The digest of the whole is the caller's
/// affair: check it on the source.
class DescriptionReader {
 public:
  explicit DescriptionReader(ByteSource& source);
  Result<DescriptionHead> head();
  /// The next payload file, or null when they are all read. Then next_tag_file, then tail.
  Result<const DescribedFile*> next_file();
  Result<const DescribedFile*> next_tag_file();
  Result<DescriptionTail> tail();
  /// After the last payload file: past the tag files to the tail, and with it to the last byte, where a source that
  /// hashes tells whether the whole was right.
  Result<DescriptionTail> skip_to_tail();
  /// Of a source that begins at the line of a file (as the sparse index has it), instead of all others: the next file
  /// of that list, or null at its end.
  Result<const DescribedFile*> next_of_list() { return next(); }
  /// Where the line read last begins: of a file, what the sparse index has.
  [[nodiscard]] std::uint64_t offset() const { return line_at_; }

 private:
  Result<const DescribedFile*> next();
  Result<std::string_view> line();
  LineReader lines_;
  std::uint64_t line_at_ = 0;
  std::uint64_t next_at_ = 0;
  DescribedFile file_;
  bool last_had_comma_ = true;  ///< the line before ended in a comma, or was the first of its list
};

}  // namespace strongroom
