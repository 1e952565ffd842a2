#include "transfers/submitting.hpp"

#include <algorithm>

#include "base/hex.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "transfers/checking.hpp"
#include "transfers/package_problems.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::string_view kZip = ".zip";

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// The body of the POST (transfers.md 10.3).
std::string body_of(const Transfer& transfer, const std::string& target, const std::string& configuration) {
  const std::string& key = transfer.submitted_key();
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().member("name", key.substr(key.rfind('/') + 1)).member("type", "zipfile");
  writer.member("path", to_base64(as_bytes(target))).member("processing_config", configuration);
  writer.member("auto_approve", true);
  if (!transfer.accession_number.empty()) writer.member("accession", transfer.accession_number);
  writer.end_object();
  return body;
}

}  // namespace

std::string first_segment(const std::string& key) { return key.substr(0, key.find('/')); }

std::string below_first_segment(const std::string& key) {
  const std::size_t slash = key.find('/');
  return slash == std::string::npos ? "/" : key.substr(slash);
}

const SourceArea* find_source(const std::vector<SourceArea>& sources, const AreaInUse& area, const std::string& key) {
  const std::string wanted = first_segment(key);
  for (const SourceArea& source : sources) {
    if (!source.enabled) continue;
    if (area.is_directory) {
      const std::string_view root = without_slashes(area.archivematica_path);
      if (without_slashes(source.path) == std::string(root) + "/" + wanted) return &source;
    } else if (source.bucket == area.bucket && without_slashes(source.relative_path) == wanted) {
      return &source;
    }
  }
  return nullptr;
}

bool is_nested(const SourceArea& source, const std::string& key) {
  return source.path.size() > 1 && below_first_segment(key).find(source.path) != std::string::npos;
}

bool Submitting::is_composed() const {
  const auto& submission = hand_.record().submission;
  return submission && submission->may_have_arrived;
}

/// A name that is missing is not one of an answer that was kept; nor is a location.
Result<std::vector<std::string>> Submitting::configurations(const std::string& wanted) {
  Archivematica& archivematica = *hand_.needs.archivematica;
  auto names = archivematica.processing_configurations();
  if (!names || std::ranges::find(*names, wanted) != names->end()) return names;
  archivematica.forget_answers();
  return archivematica.processing_configurations();
}

Result<std::optional<SourceArea>> Submitting::look_up_source() {
  Archivematica& archivematica = *hand_.needs.archivematica;
  for (const bool is_afresh : {false, true}) {
    if (is_afresh) archivematica.forget_answers();
    TRY(const auto sources, archivematica.source_areas(hand_.area.is_directory ? "FS" : "S3"));
    if (const SourceArea* found = find_source(sources, hand_.area, hand_.record().key)) return std::optional(*found);
  }
  return std::optional<SourceArea>();
}

Result<Next> Submitting::check_configuration(const std::string& name) {
  const auto names = configurations(name);
  if (!names) return hand_.trouble(names.error(), problem::kDashboard);
  const std::string missing = problem::configuration(name);
  if (std::ranges::find(*names, name) == names->end()) {
    const std::string cause = "Archivematica has no processing configuration of the name " + name;
    hand_.needs.alarm.raise(missing, problem::no_configuration(name, *names));
    return hand_.delay({.cause = cause, .operator_problem = true});
  }
  hand_.needs.alarm.over(missing);
  return Next::go_on;
}

Result<Next> Submitting::compose(const Prefix& prefix) {
  Transfer& transfer = hand_.record();
  const std::string configuration = processing_configuration_of(prefix);
  TRY(const Next configured, check_configuration(configuration));
  if (configured != Next::go_on) return configured;
  const auto found = look_up_source();
  if (!found) return hand_.trouble(found.error(), problem::kStorageService);
  hand_.needs.alarm.over(problem::kStorageService);
  const std::string folder = first_segment(transfer.key);
  const std::string missing = problem::location(hand_.area.name, folder);
  if (!*found) {
    const std::string cause =
        "Archivematica has no enabled transfer source for " + folder + " of the area " + hand_.area.name;
    hand_.needs.alarm.raise(missing, problem::no_location(hand_.area.name, folder));
    return hand_.fail(transfer_reason::kNoLocation, cause);
  }
  hand_.needs.alarm.over(missing);
  const SourceArea& source = **found;
  if (is_nested(source, transfer.submitted_key())) return reject(hand_, key_nested_finding(transfer.key, source.path));
  const std::string target = source.uuid + ":" + below_first_segment(transfer.submitted_key());
  transfer.submission = TransferSubmission{body_of(transfer, target, configuration), configuration};
  return Next::go_on;
}

/// Archivematica knows an archive by a lower-case extension only.
Result<Next> Submitting::make_twin() {
  Transfer& transfer = hand_.record();
  if (transfer.key.ends_with(kZip) || hand_.area.other_case != OtherCaseZip::twin) return Next::go_on;
  if (transfer.twin && transfer.twin->object) return Next::go_on;
  if (!transfer.twin) {
    // Whoever meets the twin from now on knows whose it is.
    transfer.twin = TransferTwin{twin_key(transfer.key)};
    TRY_VOID(hand_.keep());
  }
  return copy_twin();
}

Result<Next> Submitting::copy_twin() {
  Transfer& transfer = hand_.record();
  const std::string& key = transfer.twin->key;
  const auto there = hand_.store().stat(key);
  if (!there) return hand_.trouble(there.error(), hand_.area_problem());
  std::optional<AreaObject> over;
  if (*there && (*there)->size == transfer.bound->size && (*there)->etag == transfer.bound->etag) {
    // Copied before, and that was not kept; or somebody uploaded these very bytes.
    transfer.twin->object = **there;
  } else if (*there) {
    TRY(const auto others, hand_.needs.transfers.transfers_of_key(hand_.area.name, key));
    for (const Transfer& other : others) {
      const bool done = other.state == TransferState::processing || is_final(other.state);
      const bool is_its_twin = other.twin && other.twin->object && is_same_object(*other.twin->object, **there);
      if (other.id != transfer.id && other.key == transfer.key && done && is_its_twin) over = **there;
    }
    if (!over) return reject(hand_, key_case_finding(transfer.key, key));
  }
  if (!transfer.twin->object) {
    auto copied = hand_.store().copy(*transfer.bound, key, over);
    if (!copied && copied.error().reason == Reason::already_exists) {
      return reject(hand_, key_case_finding(transfer.key, key));
    }
    if (!copied) return hand_.trouble(copied.error(), hand_.area_problem());
    transfer.twin->object = std::move(*copied);
  }
  TRY_VOID(hand_.keep("A copy named " + key + " was made: Archivematica does not know the extension as it is"));
  return Next::go_on;
}

/// Archivematica copies by key and knows nothing of versions.
Result<Next> Submitting::still_current() {
  const Transfer& transfer = hand_.record();
  const auto now = hand_.store().stat(transfer.key);
  if (!now) return hand_.trouble(now.error(), hand_.area_problem());
  if (!*now) return hand_.trouble(rejected("gone", transfer.key, Reason::not_found), hand_.area_problem());
  if (!is_same_object(**now, *transfer.bound)) {
    return hand_.trouble(rejected("replaced", transfer.key, Reason::conflict), hand_.area_problem());
  }
  hand_.needs.alarm.over(hand_.area_problem());
  return Next::go_on;
}

Result<Next> Submitting::prepare() {
  if (hand_.needs.archivematica == nullptr) {
    const std::string cause = "Archivematica is not configured";
    hand_.needs.alarm.raise(problem::kDashboard, problem::kNotConfigured);
    return hand_.delay({.cause = cause, .operator_problem = true});
  }
  TRY(const Next twin, make_twin());
  if (twin != Next::go_on) return twin;
  if (!is_composed()) {
    // An attempt that reached nobody may have been composed of what is no longer true.
    if (hand_.record().submission) hand_.needs.archivematica->forget_answers();
    const Prefix* prefix = find_prefix(hand_.settings.prefixes, hand_.record().key);
    if (prefix == nullptr) return reject(hand_, key_prefix_finding(hand_.settings.prefixes, hand_.record().key));
    TRY(const Next composed, compose(*prefix));
    if (composed != Next::go_on) return composed;
  }
  return still_current();
}

Result<Next> Submitting::send() {
  Transfer& transfer = hand_.record();
  const bool had_arrived = transfer.submission->may_have_arrived;
  transfer.submission->may_have_arrived = true;
  if (!transfer.submission->first_sent) transfer.submission->first_sent = hand_.now();
  TRY_VOID(hand_.keep());
  return judge(hand_.needs.archivematica->submit(transfer.submission->body, transfer.idempotency_key), had_arrived);
}

Result<Next> Submitting::judge(const PackageAnswer& answer, bool had_arrived) {
  using Kind = PackageAnswer::Kind;
  Transfer& transfer = hand_.record();
  TransferSubmission& submission = *transfer.submission;
  submission.conflicts_only = answer.kind == Kind::busy ? submission.conflicts_only + 1 : 0;
  if (answer.kind == Kind::not_taken || answer.kind == Kind::barred) {
    submission.may_have_arrived = had_arrived;
    if (!had_arrived) submission.first_sent.reset();
  }
  Trouble trouble{.cause = answer.message};
  if (answer.retry_after) trouble.retry_after = std::chrono::seconds(*answer.retry_after);
  switch (answer.kind) {
    case Kind::accepted:
      hand_.needs.alarm.over(problem::kDashboard);
      transfer.archivematica = TransferAtArchivematica{answer.id};
      transfer.archivematica->processing_config = submission.processing_config;
      transfer.accepted = hand_.now();
      return hand_.become(TransferState::accepted, "Accepted by Archivematica as transfer " + answer.id);
    case Kind::refused:
      hand_.alert_once(package_problem::kRefusal, "Archivematica refused it: " + answer.message);
      return hand_.fail(transfer_reason::kRefused, "Archivematica refused it: " + answer.message);
    case Kind::barred:
      hand_.needs.alarm.raise(problem::kDashboard, answer.message);
      trouble.operator_problem = true;
      return hand_.delay(trouble);
    case Kind::busy:
    case Kind::transient:
    case Kind::not_taken:
      return hand_.delay(trouble);
  }
  return hand_.delay(trouble);
}

}  // namespace strongroom::transfers
