// Faults: what can be wrong with a package as an archive, as data.
//
// The readers of this folder pass a fault up as an Error and keep the fault itself in a FaultSlot, so that an Error of
// the source or of the sink is never mistaken for a verdict on the package. Only refusal_for() turns a fault into the
// texts of domain-rules.md 4.3. Plain values; a slot belongs to one reader and its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/problem.hpp"

namespace strongroom::archive {

enum class FaultKind : std::uint8_t {
  bad_archive,         ///< not an archive, an unsupported format, a broken header, nothing in it
  truncated,           ///< the package ends too early, at whatever depth that shows
  bad_check_value,     ///< a check value of the compression is wrong
  bad_compression,     ///< the compressed data cannot be decoded
  trailing_data,       ///< something other than zero bytes after the end
  duplicate_entry,     ///< a name met before, or both a file and a directory
  forbidden_entry,     ///< neither a file nor a directory
  unsafe_name,         ///< not UTF-8, absolute, or leading out
  record_too_long,     ///< an extended header or sparse map longer than its bound
  too_many_entries,    ///< limits (pipeline.md 4.4)
  too_many_bytes,      ///<
  too_much_expansion,  ///<
  encrypted,           ///< some entry, or the directory
  unsupported_method,  ///< a compression that is not supported, or wants too much memory
};

struct Fault {
  FaultKind kind = FaultKind::bad_archive;
  std::string detail;       ///< one sentence for the report
  std::string name;         ///< of the entry, where there is one; any bytes
  std::string subject;      ///< "gzip" for a compression, "a symbolic link" for an entry
  std::uint64_t limit = 0;  ///< the limit that was exceeded
};

/// A package that was looked at and is refused: the depositor's to mend.
struct ArchiveRefusal {
  std::string text;  ///< detail of the event `Unpacking failed - …` (domain-rules.md 4.3), not yet cut to length
  std::vector<Problem> problems;  ///< for the report: rules P2, P3, P4 with the kinds of pipeline.md 5.1
};

/// `loc` as in domain-rules.md 2.6, already fit to be shown.
[[nodiscard]] ArchiveRefusal refusal_for(const Fault& fault, std::string_view loc);

class FaultSlot {
 public:
  /// Keeps the fault; the Error returned is to be passed up, and says no more than that there is one.
  [[nodiscard]] Error refuse(Fault fault);
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

 private:
  std::optional<Fault> fault_;
};

}  // namespace strongroom::archive
