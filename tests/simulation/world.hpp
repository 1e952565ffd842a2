// World: the whole house on memory adapters, with a simulated clock, chance, processes and network.
//
// A world is set up with packages and requests, run to its end by simulated processes that may die, stall or meet
// faults at every port event, and then held against what must be true of every world (CORRECTNESS, DESIGN 2). The same
// seed gives the same world, event by event.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "adapters/catalogue/memory/catalogue.hpp"
#include "adapters/catalogue/memory/damage.hpp"
#include "adapters/objects/memory/disk_gauge.hpp"
#include "adapters/objects/memory/location.hpp"
#include "adapters/objects/memory/sources.hpp"
#include "adapters/objects/memory/working_storage.hpp"
#include "adapters/objects/remote/direct_depository.hpp"
#include "adapters/version_index/memory/index.hpp"
#include "gated_ports.hpp"
#include "ingest/heartbeat.hpp"
#include "ingest/notify.hpp"
#include "ingest/walker.hpp"
#include "support/quiet_ports.hpp"

namespace strongroom::simulation {

/// Who may run next, and time: in one thread waiting simply moves the clock; with several, see scheduler.hpp.
class SimClock : public Clock {
 public:
  Instant now() override { return kBegin + elapsed_.load(); }
  Duration since_boot() override { return elapsed_.load() - booted_.load(); }
  bool wait_until(Duration until, std::stop_token stop) override {
    advance_to(until + booted_.load());
    return !stop.stop_requested();
  }
  void advance(Duration by) { elapsed_ = elapsed_.load() + by; }
  void advance_to(Duration elapsed) { elapsed_ = std::max(elapsed_.load(), elapsed); }
  /// The machine starts anew: time since boot begins at nothing.
  void reboot() { booted_ = elapsed_.load(); }

 private:
  static constexpr Instant kBegin{std::chrono::seconds(1'700'000'000)};
  std::atomic<Duration> elapsed_{Duration(0)};
  std::atomic<Duration> booted_{Duration(0)};
};

class SimEntropy final : public Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : random_(seed) {}
  void fill(ByteSpan bytes) override {
    for (std::byte& b : bytes) b = static_cast<std::byte>(random_() & 0xFFU);
  }

 private:
  std::mt19937_64 random_;
};

/// A location in memory as if it lay at a provider. Its marker is no object of the location, so that all of them can be
/// compared.
class SimRemote final : public remote::RemoteStore {
 public:
  SimRemote(ObjectStore& inner, std::string uuid) : inner_(inner), uuid_(std::move(uuid)) {}
  Result<std::unique_ptr<ByteSource>> get(const std::string& key, ByteRange range) override;
  Result<std::optional<ObjectInfo>> stat(const std::string& key) override { return inner_.stat(key); }
  Result<std::vector<ObjectInfo>> list(const std::string& prefix, const std::string& after,
                                       std::size_t limit) override {
    return inner_.list(prefix, after, limit);
  }
  Result<void> put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) override {
    return inner_.put(key, spec, open);
  }
  Result<void> clean_up(const std::string&, std::uint64_t) override { return {}; }
  Result<remote::StoredFacts> examine(const std::string&) override { return remote::StoredFacts{}; }
  /// Of keys of odd length, as a provider has it that has not always computed them; of parts of eight bytes.
  Result<std::optional<ServerChecksum>> checksum_of(const std::string& key) override;

 private:
  ObjectStore& inner_;
  const std::string uuid_;
};

/// Processes that are gone.
class SimOwners final : public Owners {
 public:
  bool proven_dead(const OwnerId& owner) override { return dead_.count(owner.id) > 0; }
  void bury(const OwnerId& owner) { dead_.insert(owner.id); }

 private:
  std::set<std::string> dead_;
};

/// Keeps nothing, but can show lines while a seed is studied.
class SimLog final : public Log {
 public:
  explicit SimLog(bool show) : show_(show) {}
  void write(LogLevel level, std::string_view event, LogFields fields) override;

 private:
  bool show_;
};

/// The depositors' side of callbacks: answers as programmed, remembers what came.
class SimReceiver final : public HttpClient {
 public:
  explicit SimReceiver(Gate& gate) : gate_(gate) {}
  CallbackOutcome post(const CallbackRequest& request, const std::function<bool(const std::string&)>& allowed) override;
  /// Posts by delivery id.
  [[nodiscard]] const std::map<std::string, std::vector<CallbackRequest>>& posts() const { return posts_; }
  /// The first `count` posts to a URL are answered 503.
  void fail_first(const std::string& url, int count) { failures_[url] = count; }
  /// Every name resolves to an address that is never allowed.
  void refuse_address() { address_ = "169.254.169.254"; }

 private:
  Gate& gate_;
  std::map<std::string, std::vector<CallbackRequest>> posts_;
  std::map<std::string, int> failures_;
  std::string address_ = "127.0.0.1";
};

/// What a depositor sends, and what must come of it.
struct Submission {
  IngestType type = IngestType::create;
  std::string identifier;
  std::map<std::string, std::string> files;  ///< of the bag, tag files included
  bool accepted = true;                      ///< the bag is right
  bool callback = false;
  std::string root;                              ///< the directory of the package that is the bag, ending in a slash
  std::map<std::string, std::string> fetched{};  ///< name in the bag -> content, of what earlier versions hold
};

struct WorldSettings {
  std::uint64_t seed = 1;
  std::size_t locations = 3;
  bool show_log = false;
  /// Processes notice by themselves that their leases are in danger. Off: only the fence protects.
  bool horizons = true;
  /// The last location is an object store: every file goes to its final key at once; and versions are indexed beside
  /// the catalogue.
  bool direct_last = false;
  /// How copies there are verified: the provider has computed the digests of about half of the objects.
  CopyCheck verify_last = CopyCheck::full;
  /// How files that an update fetches are checked in every location.
  FetchedCheck verify_fetched = FetchedCheck::presence;
};

/// A payload file that an update takes from an earlier version.
struct Fetched {
  std::string path;     ///< `v1/data/a.txt`
  std::string content;  ///< as the update's manifest says
};

/// An update that brings some payload files and fetches others, all named below data/.
std::map<std::string, std::string> make_delta(const std::string& identifier,
                                              const std::map<std::string, std::string>& payload,
                                              const std::map<std::string, Fetched>& fetched);

/// A whole bag around some payload files, named below data/.
std::map<std::string, std::string> make_bag(const std::string& identifier,
                                            const std::map<std::string, std::string>& payload);

/// A number from an environment variable.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise);

class World {
 public:
  World(const WorldSettings& settings, Gate& gate, std::unique_ptr<SimClock> clock = std::make_unique<SimClock>());
  ~World();

  /// Places the package and posts the request.
  void post(const Submission& submission);
  void sign_callbacks_with(const std::string& secret) { notify_settings_.signing_secret = secret; }
  /// Puts another package where that of the `index`-th submission lies.
  void replace_package(std::size_t index, const std::map<std::string, std::string>& files);
  /// A handful of deposits with nasty names: v1 beside v10, b1 beside b10, updates, a broken bag, callbacks.
  void post_the_usual();

  /// A process: a walker and a notifier under one owner.
  struct Process {
    OwnerId owner;
    std::unique_ptr<ingest::LeaseHorizon> horizon;
    std::unique_ptr<ingest::WalkerNeeds> walker_needs;
    std::unique_ptr<ingest::Walker> walker;
    std::unique_ptr<ingest::Notifier> notifier;
  };
  std::unique_ptr<Process> start_process();
  /// The process is gone: its leases are free for others at once.
  void bury(const Process& process);
  /// The machine starts anew: every process is gone, working storage is not to be trusted.
  void reboot();
  /// Heartbeat of one process.
  void renew(Process& process);

  /// Everything posted has ended, and every callback.
  [[nodiscard]] bool at_rest();
  /// Runs in one thread with one process at a time, starting a new one after each death; fails the test when it does
  /// not come to rest. `reboot_after_death` decides whether a death takes the machine with it.
  void run_to_rest(const std::function<bool()>& reboot_after_death);

  /// What must be true of every world at rest; adds test failures.
  void check();

  SimClock& clock() { return *clock_; }
  memory::MemoryLocation& location(std::size_t i) { return *locations_[i]; }
  memory::MemoryCatalogue& catalogue() { return *catalogue_; }
  memory::MemoryWorkingStorage& working() { return *working_; }
  memory::MemoryGauge& gauge() { return gauge_; }
  memory::MemoryDamage& damage() { return damage_; }
  SimReceiver& receiver() { return receiver_; }
  [[nodiscard]] const std::vector<IngestId>& ingests() const { return ingests_; }

 private:
  struct Posted {
    Submission submission;
    IngestId id;
  };
  void check_ingest(const Posted& posted);
  void check_events(const Posted& posted, const Ingest& ingest);
  void check_locations();
  /// Every file of the description lies in every location where it says, with the bytes the depositor meant.
  void check_description(const Posted& posted, const std::string& description);
  void check_callbacks(const Ingest& ingest);
  void check_outgoing();
  /// The version index has a row for every registered version, as the catalogue has it.
  void check_index(const BagId& bag, const VersionRow& row);
  /// Objects every location must hold, without descriptions, from what was registered.
  std::map<std::string, std::string> expected_objects();

  WorldSettings settings_;
  std::unique_ptr<SimClock> clock_;
  SimEntropy entropy_;
  SimOwners owners_;
  SimLog log_;
  NoMetrics metrics_;
  memory::MemoryDamage damage_;
  DamageNotes damage_notes_{damage_, *clock_, log_};
  test::InlineWorkers workers_;
  memory::MemoryGauge gauge_;
  SimReceiver receiver_;
  std::unique_ptr<memory::MemoryCatalogue> catalogue_;
  std::unique_ptr<memory::MemoryWorkingStorage> working_;
  std::unique_ptr<memory::MemorySources> sources_;
  std::unique_ptr<memory::MemoryLocation> records_;
  std::vector<std::unique_ptr<memory::MemoryLocation>> locations_;

  memory::MemoryVersionIndex versions_;

  GatedCatalogue gated_catalogue_;
  GatedWorkingStorage gated_working_;
  GatedSources gated_sources_;
  GatedStore gated_records_;
  GatedVersionIndex gated_versions_;
  std::vector<std::unique_ptr<GatedStore>> gated_stores_;
  std::unique_ptr<SimRemote> remote_;
  std::unique_ptr<remote::DirectDepository> direct_;  ///< of `remote_`
  std::vector<std::unique_ptr<GatedDepository>> gated_depositories_;
  std::vector<ingest::Place> places_;
  ingest::WalkerSettings walker_settings_;
  ingest::NotifyNeeds notify_needs_;
  ingest::NotifySettings notify_settings_;

  std::vector<Posted> posted_;
  std::vector<IngestId> ingests_;
  int processes_ = 0;
  int boots_ = 1;
};

}  // namespace strongroom::simulation
