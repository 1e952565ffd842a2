// The audit log's records and the chain that joins them (pipeline.md 14).
//
// A record is one line of JSON; each line carries the SHA-256 of the line before it, so that a record that was removed
// or altered shows to anybody who has a later one. Pure: the catalogue keeps the lines, `audit verify` reads them.
// Plain values; an AuditChain belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace strongroom {

/// Something that somebody did, to be recorded for ever.
struct Deed {
  std::string agent;       ///< client id, or `operator` at the command line, or `service`
  std::string action;      ///< one of audit_action
  std::string object;      ///< what was acted on: a bag version, an ingest, a client
  std::string outcome;     ///< `done`, `succeeded`, `failed`, `denied`, or what changed
  std::string request_id;  ///< empty where no request was
  Instant time;
};

/// What can be recorded: one word per thing, for those who search.
namespace audit_action {
inline constexpr std::string_view kIngestRequested = "ingest.requested";
inline constexpr std::string_view kIngestRetried = "ingest.retried";
inline constexpr std::string_view kIngestEnded = "ingest.ended";
inline constexpr std::string_view kVersionRegistered = "version.registered";
inline constexpr std::string_view kVersionArchived = "version.archived";
inline constexpr std::string_view kContentRead = "content.read";
inline constexpr std::string_view kReindexRequested = "reindex.requested";
inline constexpr std::string_view kSubscriptionAdded = "subscription.added";
inline constexpr std::string_view kSubscriptionRemoved = "subscription.removed";
inline constexpr std::string_view kSubscriptionRetried = "subscription.retried";
inline constexpr std::string_view kRestoreRequested = "restore.requested";
inline constexpr std::string_view kTransferRetried = "transfer.retried";
inline constexpr std::string_view kTransferDismissed = "transfer.dismissed";
inline constexpr std::string_view kClientAdded = "client.added";
inline constexpr std::string_view kClientChanged = "client.changed";
inline constexpr std::string_view kTokensRevoked = "client.tokens-revoked";
inline constexpr std::string_view kCatalogueRebuilt = "catalogue.rebuilt";
inline constexpr std::string_view kAccessDenied = "access.denied";
}  // namespace audit_action

/// A deed as the log holds it: its place in the chain and its line.
struct AuditRecord {
  std::int64_t number = 0;  ///< from 1, without gaps
  std::string line;         ///< JSON without a line feed
  std::string sha256;       ///< of the line, hex: what the next line carries
};

/// What the first record carries as the digest of the one before it.
[[nodiscard]] const std::string& audit_chain_start();

/// The record of `deed` behind the one with `previous` as digest.
[[nodiscard]] AuditRecord audit_record(std::int64_t number, const Deed& deed, const std::string& previous);

/// Follows a chain line by line from its start, or from a record whose number and digest are known from elsewhere.
class AuditChain {
 public:
  AuditChain() : AuditChain(0, audit_chain_start()) {}
  AuditChain(std::int64_t number, std::string sha256) : number_(number), sha256_(std::move(sha256)) {}

  /// The next line, without its line feed. Reason::corrupt when it is no record, does not carry the digest of the line
  /// before it, or leaves a number out; the chain stays where it was.
  Result<void> follow(std::string_view line);

  [[nodiscard]] std::int64_t number() const { return number_; }        ///< of the last line; 0 before the first
  [[nodiscard]] const std::string& sha256() const { return sha256_; }  ///< of the last line

 private:
  std::int64_t number_;
  std::string sha256_;
};

}  // namespace strongroom
