// The bench of the catalogue's checks: a commanded clock, commanded owners, and short ways to say what a check does.
// Private to the catalogue's contract.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contracts/catalogue_contract.hpp"

/// Ends the check with an Error that names the condition and its place.
#define HOLDS(condition)                                                                   \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      return ::strongroom::broken("does not hold: " #condition,                            \
                                  std::string(__FILE__) + ":" + std::to_string(__LINE__)); \
    }                                                                                      \
  } while (false)

/// The call is refused with that Reason.
#define REFUSES(kind, ...)                                                                           \
  do {                                                                                               \
    const auto refused_result = (__VA_ARGS__);                                                       \
    if (refused_result || refused_result.error().reason != (kind)) {                                 \
      return ::strongroom::broken("is not refused with " #kind ": " #__VA_ARGS__,                    \
                                  std::string(__FILE__) + ":" + std::to_string(__LINE__) +           \
                                      (refused_result ? "" : ": " + refused_result.error().text())); \
    }                                                                                                \
  } while (false)

namespace strongroom::contracts {

/// Stands still until it is moved; a wait moves it to the end. Any thread.
class CommandedClock final : public Clock {
 public:
  Instant now() override { return Instant(Duration(now_.load())); }
  Duration since_boot() override { return Duration(boot_.load()); }
  bool wait_until(Duration until, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    const Duration left = until - since_boot();
    if (left > Duration::zero()) pass(left);
    return true;
  }

  void pass(Duration time) {
    now_ += time.count();
    boot_ += time.count();
  }
  /// The wall clock alone is set anew.
  void step_wall(Duration by) { now_ += by.count(); }
  /// The machine starts again.
  void reboot() { boot_ = 0; }

 private:
  std::atomic<std::int64_t> now_{1'714'555'800'000'000};
  std::atomic<std::int64_t> boot_{5'000'000'000};
};

/// Owners are alive until they are killed. Any thread.
class CommandedOwners final : public Owners {
 public:
  bool proven_dead(const OwnerId& owner) override {
    const std::lock_guard lock(mutex_);
    return dead_.contains(owner);
  }
  void kill(const OwnerId& owner) {
    const std::lock_guard lock(mutex_);
    dead_.insert(owner);
  }

 private:
  std::mutex mutex_;
  std::set<OwnerId> dead_;
};

class CatalogueBench {
 public:
  explicit CatalogueBench(Workers& workers_given) : workers(workers_given) {}

  CommandedClock clock;
  CommandedOwners owners;
  LeaseTimes times;
  Workers& workers;
  std::unique_ptr<Catalogue> catalogue;

  const OwnerId ann{"boot-1", "ann"};
  const OwnerId bob{"boot-1", "bob"};
  const OwnerId later{"boot-2", "later"};  ///< a worker after a reboot

  /// A new UUID each time.
  std::string uuid();
  static BagId bag(const std::string& name);
  NewIngest request(const std::string& bag_name, bool with_callback = false);
  Result<Ingest> accept(const NewIngest& asked);
  /// Accepts one, and lets a millisecond pass.
  Result<Ingest> accept(const std::string& bag_name, bool with_callback = false);
  /// The claim that must be there.
  Result<Claim> claim(const OwnerId& owner);
  Result<bool> finds_nothing(const OwnerId& owner);
  Result<Ingest> stored(const IngestId& id);
  /// An empty settle of the ingest as it is stored.
  Settle settle(const Lease& lease, const Ingest& ingest);
  Result<void> park(const Claim& claim, Duration pause);
  Result<void> release(const Claim& claim);
  /// SaveIngest with one event more and, if given, another status.
  Result<SaveIngest> change(const IngestId& id, const std::string& event, std::optional<Status> status = {});
  /// Ends the claimed ingest as `status` and releases the bag.
  Result<void> end(const Claim& claim, Status status);
  /// What a reader sees who looks again and again while three writers accept `each` ingests: `look` appends the
  /// sequences it found and says whether there were none; it is asked once more when the writers have ended.
  Result<std::vector<std::int64_t>> read_beside_writers(
      int each, const std::function<Result<bool>(std::vector<std::int64_t>& seen)>& look);
  static constexpr std::size_t kWriters = 3;
  Result<std::vector<OutgoingEvent>> outgoing() { return catalogue->outgoing_after(0, 100'000); }

  static StepRecord step(Step name, std::optional<std::string> location = {});
  VersionRow version(int number, VersionState state, const IngestId& ingest);

 private:
  std::atomic<int> uuids_ = 0;
};

// The parts of the suite, each in a file of its own.
void add_queue_checks(std::vector<CatalogueCheck>& checks);
void add_desk_checks(std::vector<CatalogueCheck>& checks);
void add_lease_checks(std::vector<CatalogueCheck>& checks);
void add_settle_checks(std::vector<CatalogueCheck>& checks);
void add_version_checks(std::vector<CatalogueCheck>& checks);
void add_outgoing_checks(std::vector<CatalogueCheck>& checks);
void add_delivery_checks(std::vector<CatalogueCheck>& checks);

}  // namespace strongroom::contracts
