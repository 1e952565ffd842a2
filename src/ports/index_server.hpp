// The search server outside: documents written in bulk into strict indexes (search-index.md).
//
// What is newest stays: a document whose version is lower than that of the stored one changes nothing. Blocks the
// caller up to its time-outs. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/sinks.hpp"

namespace strongroom {

struct IndexDocument {
  DocumentKey key;
  std::int64_t version = 0;
  std::string text;           ///< one JSON object on one line
  std::int64_t sequence = 0;  ///< of the event it is made for; not sent
};

enum class DocumentOutcome : std::uint8_t {
  taken,
  older,    ///< a newer one is there: not an error
  refused,  ///< for good, as it is
  busy,     ///< not this time
};

struct DocumentAnswer {
  DocumentOutcome outcome = DocumentOutcome::taken;
  std::string reason;  ///< of what was refused, and of what has to wait
};

class IndexServer {
 public:
  virtual ~IndexServer() = default;

  virtual Result<bool> has_index(const std::string& index) = 0;
  /// Creates the index as `definition` has it (JSON: `mappings`, perhaps `settings`), or adds to the mapping of one
  /// that is there what it has not. True when it was created. Rejected when it cannot be made so.
  virtual Result<bool> put_index(const std::string& index, const std::string& definition) = 0;

  /// What became of each, in order. Rejected: these cannot be taken together, fewer perhaps. Temporary and broken: none
  /// was taken, or nobody knows; sending them again is right.
  virtual Result<std::vector<DocumentAnswer>> write(const std::vector<IndexDocument>& documents) = 0;
};

}  // namespace strongroom
