#include "transfers/run_right.hpp"

#include <utility>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "domain/json_members.hpp"

namespace strongroom::transfers {
namespace {

constexpr const char* kLastRun = "monitor.run";
constexpr const char* kOver = "over";

std::string run_name(std::uint64_t number) { return "monitor.run." + std::to_string(number); }

/// Who has a number: `token` tells two claims of one owner apart.
std::string claim_of(const RunRightNeeds& needs, Instant until) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("boot", needs.owner.boot).member("owner", needs.owner.id);
  writer.member("token", random_uuid(needs.entropy)).member("until", format_instant(until)).end_object();
  return json;
}

/// The highest number that is taken, with its claim; 0 without any.
struct LastRun {
  std::uint64_t number = 0;
  std::string claim;
};

Result<LastRun> find_last(const RunRightNeeds& needs) {
  // Only where to begin: who wrote it may have been overtaken since.
  TRY(const std::string hint, needs.transfers.transfer_fact(kLastRun));
  LastRun last{parse_number(hint).value_or(0), ""};
  if (last.number > 0) {
    TRY(auto claim, needs.catalogue.recall(run_name(last.number)));
    last.claim = claim.value_or("");
  }
  for (;;) {
    TRY(auto next, needs.catalogue.recall(run_name(last.number + 1)));
    if (!next) return last;
    last = {last.number + 1, std::move(*next)};
  }
}

Result<bool> is_over(const RunRightNeeds& needs, const LastRun& last) {
  if (last.claim.empty()) return true;
  TRY(const JsonMembers claim, JsonMembers::parse(last.claim));
  TRY(const std::string renewed, needs.transfers.transfer_fact(run_name(last.number)));
  if (renewed == kOver) return true;
  TRY(OwnerId owner, [&]() -> Result<OwnerId> {
    TRY(std::string boot, claim.text("boot"));
    TRY(std::string id, claim.text("owner"));
    return OwnerId{std::move(boot), std::move(id)};
  }());
  if (needs.owners != nullptr && !owner.id.empty() && needs.owners->proven_dead(owner)) return true;
  TRY(const Instant first, claim.instant("until"));
  const Instant until = parse_instant(renewed).value_or(first);
  const Instant now = needs.clock.now();
  // A clock that was wrong then must not keep all runs from coming.
  return until <= now || until - now > 2 * RunRight::kHold;
}

}  // namespace

Result<std::optional<RunRight>> RunRight::take(const RunRightNeeds& needs) {
  TRY(const LastRun last, find_last(needs));
  TRY(const bool over, is_over(needs, last));
  if (!over) return std::optional<RunRight>();
  const Instant until = needs.clock.now() + kHold;
  const std::string mine = claim_of(needs, until);
  const std::uint64_t number = last.number + 1;
  TRY(const std::string kept, needs.catalogue.remember(run_name(number), mine));
  if (kept != mine) return std::optional<RunRight>();
  RunRight right(needs, number, until);
  TRY_VOID(needs.transfers.set_transfer_fact(kLastRun, std::to_string(number)));
  return std::optional<RunRight>(std::move(right));
}

RunRight::RunRight(RunRight&& other) noexcept
    : needs_(std::exchange(other.needs_, nullptr)), number_(other.number_), until_(other.until_) {}

RunRight::~RunRight() { static_cast<void>(give_back()); }

Result<void> RunRight::renew() {
  CHECK(needs_ != nullptr);
  const Instant now = needs_->clock.now();
  TRY(const auto next, needs_->catalogue.recall(run_name(number_ + 1)));
  if (next || now >= until_) {
    return temporary("another run of the monitor may have begun", {}, Reason::stale_lease);
  }
  const Instant until = now + kHold;
  TRY_VOID(needs_->transfers.set_transfer_fact(run_name(number_), format_instant(until)));
  until_ = until;
  return {};
}

Result<void> RunRight::give_back() {
  const RunRightNeeds* needs = std::exchange(needs_, nullptr);
  if (needs == nullptr) return {};
  return needs->transfers.set_transfer_fact(run_name(number_), kOver);
}

}  // namespace strongroom::transfers
