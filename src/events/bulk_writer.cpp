#include "events/bulk_writer.hpp"

#include <algorithm>
#include <iterator>

#include "base/check.hpp"

namespace strongroom::events {
namespace {

/// What an action's own line adds to its document, and a little more.
constexpr std::size_t kActionBytes = 160;

std::size_t bytes_of(const IndexDocument& document) {
  return document.text.size() + document.key.index.size() + document.key.id.size() + kActionBytes;
}

}  // namespace

Result<void> BulkWriter::add(IndexDocument document) {
  const std::size_t bytes = bytes_of(document);
  if (bytes_ + bytes > settings_.bytes_max || gathered_.size() >= settings_.documents_max) TRY_VOID(flush());
  bytes_ += bytes;
  gathered_.push_back(std::move(document));
  return {};
}

Result<void> BulkWriter::flush() {
  BulkOutcome outcome;
  bytes_ = 0;
  TRY_VOID(send(std::exchange(gathered_, {}), outcome));
  return settled_(outcome);
}

void BulkWriter::drop() {
  gathered_.clear();
  bytes_ = 0;
}

Result<void> BulkWriter::send(std::vector<IndexDocument> documents, BulkOutcome& outcome) {
  for (int failures = 0; !documents.empty();) {
    if (stop_.stop_requested()) return temporary("a stop was asked for", {}, Reason::stopped);
    Error trouble;
    const auto answers = needs_.server.write(documents);
    if (answers) {
      CHECK(answers->size() == documents.size());
      const std::size_t sent = documents.size();
      documents = sort_out(std::move(documents), *answers, outcome, trouble);
      if (documents.empty()) return {};
      if (documents.size() < sent) failures = 0;
    } else if (answers.error().act == Act::rejected) {
      if (documents.size() > 1) return send_halves(std::move(documents), outcome);
      refuse(documents.front(), answers.error().text(), outcome);
      return {};
    } else {
      trouble = answers.error();
    }
    failures += 1;
    if (settings_.attempts && failures >= *settings_.attempts) return trouble;
    TRY_VOID(pause(failures, trouble));
  }
  return {};
}

Result<void> BulkWriter::send_halves(std::vector<IndexDocument> documents, BulkOutcome& outcome) {
  const auto middle = documents.begin() + static_cast<std::ptrdiff_t>(documents.size() / 2);
  std::vector<IndexDocument> second(std::make_move_iterator(middle), std::make_move_iterator(documents.end()));
  documents.erase(middle, documents.end());
  TRY_VOID(send(std::move(documents), outcome));
  return send(std::move(second), outcome);
}

std::vector<IndexDocument> BulkWriter::sort_out(std::vector<IndexDocument> documents,
                                                const std::vector<DocumentAnswer>& answers, BulkOutcome& outcome,
                                                Error& trouble) {
  std::vector<IndexDocument> busy;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const DocumentAnswer& answer = answers[i];
    if (answer.outcome == DocumentOutcome::busy) {
      trouble = temporary(answer.reason, documents[i].key.index);
      busy.push_back(std::move(documents[i]));
    } else if (answer.outcome == DocumentOutcome::refused) {
      refuse(documents[i], answer.reason, outcome);
    } else {
      const bool older = answer.outcome == DocumentOutcome::older;
      needs_.metrics.count(metric::kIndexDocuments, {documents[i].key.index, older ? "older" : "taken"});
      outcome.taken.push_back(std::move(documents[i].key));
    }
  }
  return busy;
}

void BulkWriter::refuse(const IndexDocument& document, const std::string& reason, BulkOutcome& outcome) {
  needs_.metrics.count(metric::kIndexDocuments, {document.key.index, "refused"});
  needs_.journal.write(LogLevel::error, "index_document_refused",
                       {{"index", document.key.index}, {"document", document.key.id}, {"reason", reason}});
  outcome.refused.push_back({document.key, document.version, document.sequence, reason, needs_.clock.now()});
}

Result<void> BulkWriter::pause(int failures, const Error& trouble) {
  Duration pause = settings_.first_pause;
  for (int i = 1; i < failures && pause < settings_.longest_pause; ++i) pause *= 2;
  pause = std::min(pause, settings_.longest_pause);
  needs_.journal.write(trouble.act == Act::broken ? LogLevel::error : LogLevel::warning, "index_not_written",
                       {{"attempt", std::to_string(failures)}, {"error", trouble.text()}});
  if (needs_.clock.wait_until(needs_.clock.since_boot() + pause, stop_)) return {};
  return temporary("a stop was asked for", {}, Reason::stopped);
}

}  // namespace strongroom::events
