// The bulk writer: documents on their way to the search server, in batches bounded by bytes and by number
// (search-index.md).
//
// What the server cannot take now is sent again after a pause that grows; what it will not take is set aside and holds
// up nobody; a batch that it will not take as a whole is cut in two until it is known which document is to blame. One
// thread.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "ports/clock.hpp"
#include "ports/index_server.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"

namespace strongroom::events {

struct BulkSettings {
  std::size_t bytes_max = 5 << 20;  ///< of a batch; a larger document goes alone
  std::size_t documents_max = 1000;
  Duration first_pause = std::chrono::seconds(1);  ///< doubled after each failure
  Duration longest_pause = std::chrono::minutes(2);
  std::optional<int> attempts{};  ///< of a batch in a row without getting on; for ever when absent
};

/// Everything outlives the writer.
struct BulkNeeds {
  IndexServer& server;
  Clock& clock;
  Log& journal;
  Metrics& metrics;
};

/// What came of a batch.
struct BulkOutcome {
  std::vector<DocumentKey> taken;  ///< older ones, too: a newer one is there
  std::vector<RefusedDocument> refused;
};

class BulkWriter {
 public:
  /// `settled` is called after each batch, when every document of it has been taken or refused; its Error ends the call
  /// that sent the batch.
  BulkWriter(const BulkNeeds& needs, const BulkSettings& settings, std::stop_token stop,
             std::function<Result<void>(const BulkOutcome&)> settled)
      : needs_(needs), settings_(settings), stop_(std::move(stop)), settled_(std::move(settled)) {}

  /// Sends what has gathered when the document does not fit beside it. Reason::stopped when a stop was asked for; the
  /// last trouble when all attempts were in vain. What was not settled then is to be added again.
  Result<void> add(IndexDocument document);
  /// Sends what has gathered, and settles, even when that is nothing.
  Result<void> flush();
  /// Forgets what has gathered.
  void drop();

 private:
  Result<void> send(std::vector<IndexDocument> documents, BulkOutcome& outcome);
  Result<void> send_halves(std::vector<IndexDocument> documents, BulkOutcome& outcome);
  /// What is left over: it is busy.
  std::vector<IndexDocument> sort_out(std::vector<IndexDocument> documents, const std::vector<DocumentAnswer>& answers,
                                      BulkOutcome& outcome, Error& trouble);
  void refuse(const IndexDocument& document, const std::string& reason, BulkOutcome& outcome);
  Result<void> pause(int failures, const Error& trouble);

  const BulkNeeds needs_;
  const BulkSettings settings_;
  const std::stop_token stop_;
  const std::function<Result<void>(const BulkOutcome&)> settled_;
  std::vector<IndexDocument> gathered_;
  std::size_t bytes_ = 0;  ///< of what has gathered
};

}  // namespace strongroom::events
