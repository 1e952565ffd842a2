// The audit log: append-only, kept for ever (pipeline.md 14).
//
// Most deeds are recorded in the transaction that does them, by the catalogue and the accounts; record() is for those
// that change nothing else. All calls may come from any thread.
#pragma once

#include <vector>

#include "domain/audit.hpp"

namespace strongroom {

class AuditLog {
 public:
  virtual ~AuditLog() = default;
  /// Appends a deed by itself, such as an access that was denied.
  virtual Result<void> record(const Deed& deed) = 0;
  /// Up to `limit` records behind `number`, in order.
  virtual Result<std::vector<AuditRecord>> audit_after(std::int64_t number, std::size_t limit) = 0;
};

}  // namespace strongroom
