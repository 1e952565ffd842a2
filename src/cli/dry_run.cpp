#include "cli/dry_run.hpp"

#include <algorithm>

#include "cli/report.hpp"

namespace strongroom::cli {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr Duration kLongestPause = std::chrono::seconds(2);
constexpr Duration kPatience = std::chrono::seconds(20);
/// Larger than any answer that is not a report yet.
constexpr std::size_t kHeldMax = 64 << 10;

/// One answer: the report, or how far the dry run has come. As JSON it is passed on once it can only be a report.
class Answer final : public ByteSink {
 public:
  Answer(host::Console& console, const DryRunShow& show)
      : console_(console),
        show_(show),
        reader_(show.first),
        stream_(ReportReader::streamed(),
                [this](const std::string& array, const JsonTree& element) { reader_.take(array, element); }) {}

  Result<void> write(ByteView bytes) override {
    TRY_VOID(stream_.write(bytes));
    if (!show_.json) return ok();
    held_.append(as_text(bytes));
    if (held_.size() > kHeldMax) pass_on();
    return ok();
  }

  /// At the end: the document without its findings.
  Result<JsonTree> finish() {
    TRY(JsonTree document, stream_.finish());
    if (show_.json && is_report(document)) {
      held_.push_back('\n');
      pass_on();
    }
    return document;
  }

  [[nodiscard]] static bool is_report(const JsonTree& document) {
    return document.text("type") == "VerificationReport";
  }
  [[nodiscard]] bool has_passed_on() const { return passed_on_; }
  [[nodiscard]] std::string text(const JsonTree& document, const Paint& paint) const {
    return reader_.text(document, paint);
  }

 private:
  void pass_on() {
    console_.out(held_);
    held_.clear();
    passed_on_ = true;
  }

  host::Console& console_;
  const DryRunShow& show_;
  ReportReader reader_;
  JsonStream stream_;
  std::string held_;
  bool passed_on_ = false;
};

void show_progress(const JsonTree& document, Follower& follower, Duration now) {
  const std::vector<ProgressView> steps = read_progress(document);
  if (!steps.empty()) follower.line().show("trying: " + steps.front().step, steps.front().amount, now);
}

Exit conclude(const Answer& answer, const JsonTree& document, const Surroundings& surroundings, Follower& follower,
              const DryRunShow& show) {
  follower.line().clear();
  if (!show.json) surroundings.console.out(answer.text(document, Paint::for_out(surroundings)));
  return document.at("status").text("id") == "succeeded" ? Exit::success : Exit::failed;
}

}  // namespace

Exit follow_dry_run(ApiSession& session, const Surroundings& surroundings, Follower& follower, const DryRunShow& show,
                    const std::string& begun) {
  Clock& clock = surroundings.clock;
  Answer first(surroundings.console, show);
  const Result<void> taken = first.write(as_bytes(begun));
  const Result<JsonTree> start = taken ? first.finish() : Result<JsonTree>(taken.error());
  if (!start) return follower.refuse(start.error());
  if (Answer::is_report(*start)) return conclude(first, *start, surroundings, follower, show);
  const std::string id = start->text("id");
  if (start->text("type") != "DryRun" || id.empty()) {
    return follower.refuse(broken("the service's answer is not a dry run: it may be an older one that makes none"));
  }
  Duration pause = kFirstPause;
  Duration answered = clock.since_boot();
  while (true) {
    clock.wait_until(clock.since_boot() + pause, {});
    pause = std::min(pause * 3 / 2, kLongestPause);
    Answer answer(surroundings.console, show);
    const auto got = session.download("/dry-runs/" + id, answer);
    const Duration now = clock.since_boot();
    if (!got) {
      const bool again = got.error().act == Act::temporary && !answer.has_passed_on() && now - answered < kPatience;
      if (again) continue;
      return follower.refuse(got.error());
    }
    answered = now;
    const Result<JsonTree> document = answer.finish();
    if (!document) return follower.refuse(document.error());
    if (Answer::is_report(*document)) return conclude(answer, *document, surroundings, follower, show);
    show_progress(*document, follower, now);
  }
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace strongroom::cli
