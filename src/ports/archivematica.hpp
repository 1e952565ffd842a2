// Archivematica: what the companions ask of its dashboard and of its own Storage Service (transfers.md 10, 11).
//
// Errors say who must act: temporary, time mends it (network, overload, 5xx); broken, an operator (credentials,
// addresses, configuration). Their texts hold no address, user or key. Blocks the caller; all calls may come from any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace strongroom {

/// A transfer-source location of Archivematica's Storage Service.
struct SourceArea {
  std::string uuid;
  std::string relative_path;  ///< as entered there, with or without slashes
  std::string path;           ///< full
  std::string bucket;         ///< of its space, for S3
  bool enabled = true;
};

/// What came of asking for a package to be taken.
struct PackageAnswer {
  enum class Kind : std::uint8_t {
    accepted,   ///< `id` is the transfer's
    refused,    ///< Archivematica does not take this one; `message` is its own
    busy,       ///< 409: a request with the same idempotency key is under way
    transient,  ///< no usable answer: it may have been taken
    not_taken,  ///< transient, and nothing can have reached it
    barred,     ///< credentials or address: an operator's affair, nothing was taken
  };
  Kind kind = Kind::transient;
  std::string id{};
  std::string message{};             ///< what happened, without addresses, users and keys
  std::optional<int> retry_after{};  ///< seconds
};

struct UnitStatus {
  /// Nothing: Archivematica cannot tell yet.
  std::optional<std::string> status{};  ///< `PROCESSING`, `COMPLETE`, `FAILED`, `REJECTED`, `USER_INPUT`
  std::string microservice{};
  std::string sip_uuid{};
};

class Archivematica {
 public:
  virtual ~Archivematica() = default;

  /// All transfer sources of that protocol (`S3`, `FS`), in list order, over all pages, each space looked up once.
  virtual Result<std::vector<SourceArea>> source_areas(const std::string& protocol) = 0;
  virtual Result<std::vector<std::string>> processing_configurations() = 0;
  /// One POST of these very bytes.
  virtual PackageAnswer submit(const std::string& body, const std::string& idempotency_key) = 0;
  virtual Result<UnitStatus> transfer_status(const std::string& id) = 0;
  virtual Result<UnitStatus> ingest_status(const std::string& id) = 0;
  /// As the dashboard's answers have it; empty when they do not tell.
  virtual Result<std::string> version() = 0;
  /// What was answered before did not serve: what is asked next is asked anew. For whoever looked for something in
  /// vain, so that no miss is one of an answer that was kept.
  virtual void forget_answers() {}
};

}  // namespace strongroom
