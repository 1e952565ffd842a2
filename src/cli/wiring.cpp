#include "cli/wiring.hpp"

#include <algorithm>

#include "adapters/catalogue/sqlite/catalogue.hpp"
#include "adapters/catalogue/sqlite/search_index.hpp"
#include "adapters/host/crew.hpp"
#include "adapters/host/open_files.hpp"
#include "adapters/host/thread_dry_runs.hpp"
#include "adapters/host/thread_workers.hpp"
#include "adapters/host/worker_lock.hpp"
#include "adapters/metrics/prometheus_metrics.hpp"
#include "adapters/objects/filesystem/scratch.hpp"
#include "adapters/web/client/callback_client.hpp"
#include "adapters/web/server/http_server.hpp"
#include "api/api.hpp"
#include "care/restoring.hpp"
#include "cli/alerts.hpp"
#include "cli/companion_services.hpp"
#include "cli/damage_watch.hpp"
#include "cli/management_server.hpp"
#include "cli/package_watch.hpp"
#include "cli/profiles.hpp"
#include "cli/storage.hpp"
#include "cli/upkeep.hpp"
#include "events/dispatch.hpp"
#include "events/index_sink.hpp"
#include "events/indexing.hpp"
#include "events/mets_indexing.hpp"
#include "events/reindex.hpp"
#include "events/tail.hpp"
#include "events/tiering.hpp"
#include "events/topic_sink.hpp"
#include "ingest/dry_run.hpp"
#include "ingest/heartbeat.hpp"
#include "ingest/notify.hpp"
#include "ingest/walker.hpp"
#include "ports/restoration.hpp"

namespace strongroom::cli {
namespace {

/// One dead host takes a thread for up to a minute: the others must not wait for it.
constexpr int kCallbacksAtOnce = 4;
/// The same of subscribers; each of them is served by one thread at a time.
constexpr int kSubscriptionsAtOnce = 4;
/// Copies are read back past the cache, file by file: a disk gives its best only when it is asked for many at once.
constexpr std::size_t kThreadsAtLeast = 16;
/// Open files besides connections: the catalogue's, and those of the bags at work.
constexpr std::uint64_t kFilesForWork = 1024;

CallbackPolicy callback_policy(const Config& config) {
  return {config.callback_networks, is_loopback(config.listen.host)};
}

api::ApiConfig api_config(const Config& config, const Storage& storage, std::string json_ld_namespace) {
  api::ApiConfig api;
  api.base_path = config.base_path;
  api.public_base_url = config.public_base_url;
  api.json_ld_namespace = std::move(json_ld_namespace);
  const bool has_buckets = std::ranges::any_of(
      config.sources, [](const SourceSetting& source) { return source.provider == Provider::amazon_s3; });
  for (const SourceSetting& source : config.sources) api.sources[source.provider].push_back(source.bucket);
  for (const AreaSetting& area : config.areas) {
    api.sources[Provider::filesystem].push_back(area.name.str());
    // Requests made for S3 work on one machine too (http-api.md 4.1).
    if (!has_buckets) api.sources[Provider::amazon_s3].push_back(area.name.str());
    if (area.writable) api.upload_areas.push_back(area.name);
  }
  api.callbacks = callback_policy(config);
  api.allowed_spaces = config.allowed_spaces;
  api.reserved_spaces.clear();
  for (const auto& [prefix, space] : config.reserved_spaces) api.reserved_spaces.push_back({prefix, space});
  api.token_life = config.token_life;
  api.require_version = config.updates_require_version;
  api.audit_reads = config.audit_reads;
  api.uri_max = config.uri_max;
  api.body_max = config.body_max;
  for (const ingest::Place& place : storage.places) api.locations.push_back(place.facts);
  if (config.large_responses) api.redirect_above = config.large_responses->redirect_above;
  api.transfers = intake_settings(config);
  api.transfers_overdue_after = config.transfers.overdue_after;
  return api;
}

archive::ArchiveLimits archive_limits(const Config& config) {
  archive::ArchiveLimits limits;
  limits.entries = config.unpack_entries;
  limits.bytes = config.unpack_bytes;
  limits.file = config.unpack_file;
  limits.ratio = config.unpack_ratio;
  return limits;
}

ingest::WalkerSettings walker_settings(const Config& config, std::string context_url) {
  ingest::WalkerSettings settings;
  settings.doors.archive = archive_limits(config);
  settings.doors.min_free = config.min_free;
  settings.doors.context_url = std::move(context_url);
  settings.retry.time_limit = config.retry_time_limit;
  settings.retry.event_interval = config.retry_event_interval;
  return settings;
}

ingest::NotifySettings notify_settings(const Config& config) {
  ingest::NotifySettings settings;
  settings.policy = callback_policy(config);
  settings.pauses = config.callback_pauses;
  settings.signing_secret = config.callback_secret;
  settings.public_base_url = config.public_base_url;
  settings.user_agent = std::string("Strongroom/") + STRONGROOM_VERSION;
  return settings;
}

/// Most of them wait: for the disk, or for as many requests as a provider is to be asked at once.
std::size_t threads_for(const Config& config) {
  std::size_t threads = std::max(kThreadsAtLeast, host::core_count());
  for (const LocationSetting& location : config.locations) {
    if (!location.is_directory()) threads = std::max(threads, location.facts.requests_at_once);
  }
  return threads;
}

events::DispatchSettings dispatch_settings(const Config& config) {
  events::DispatchSettings settings;
  settings.policy = callback_policy(config);
  settings.first_pause = config.subscription_first_pause;
  settings.longest_pause = config.subscription_longest_pause;
  settings.give_up_after = config.subscription_give_up_after;
  settings.signing_secret = config.callback_secret;
  settings.context_url = config.public_base_url + "/context.json";
  settings.user_agent = std::string("Strongroom/") + STRONGROOM_VERSION;
  return settings;
}

UpkeepSettings upkeep_settings(const Config& config) {
  UpkeepSettings settings{config.keys_kept, config.stuck_after, config.updates_kept, {}};
  for (const AreaSetting& area : config.areas) {
    if (area.writable) settings.areas.emplace_back(area.name.str(), area.keep);
  }
  return settings;
}

std::optional<web::TlsFiles> tls_files(const Config& config) {
  if (config.tls_certificate.empty()) return std::nullopt;
  return web::TlsFiles{config.tls_certificate, config.tls_key};
}

web::HttpServerOptions server_options(const Config& config, std::uint64_t open_files) {
  web::HttpServerOptions options;
  options.address = config.listen.host;
  options.port = config.listen.port;
  options.tls = tls_files(config);
  options.uri_max = config.uri_max;
  // Connections must not take the files that work needs.
  const std::uint64_t spare = open_files > 2 * kFilesForWork ? open_files - kFilesForWork : open_files / 2;
  options.connections_max = std::min(config.connections_max, spare);
  return options;
}

/// Streams stay open: half of the connections at least is for requests.
std::size_t streams_max(const Config& config, std::size_t connections_max) {
  return std::max<std::size_t>(1, std::min<std::size_t>(config.event_streams_max, connections_max / 2));
}

/// Tells what TLS there is; a certificate out of date is what nobody finds in time.
void tell_tls(Log& log, const web::TlsContext* context, std::string_view event) {
  if (context == nullptr) return;
  log.write(context->out_of_date() ? LogLevel::warning : LogLevel::info, event,
            {{"validUntil", context->valid_until()}, {"outOfDate", context->out_of_date() ? "true" : "false"}});
}

/// A catalogue that is only half there would give numbers that are taken.
Result<void> refuse_half_rebuilt(Catalogue& catalogue) {
  TRY(const auto from, catalogue.recall(std::string(kRestorationFrom)));
  TRY(const auto ended, catalogue.recall(std::string(kRestorationEnded)));
  if (!from || ended) return ok();
  return broken("The catalogue is only half rebuilt: run `strongroom rebuild` again, to its end");
}

/// Unfinished runs keep the locations they began with (CORRECTNESS 1.10).
Result<void> refuse_missing_locations(Catalogue& catalogue, const Storage& storage) {
  std::vector<std::string> uuids;
  for (const ingest::Place& place : storage.places) uuids.push_back(place.facts.uuid);
  TRY(const std::vector<Ingest> stranded, catalogue.unfinished_needing_others(uuids));
  if (stranded.empty()) return ok();
  return broken("The ingest " + stranded.front().id.str() + " of " + stranded.front().request.bag.str() +
                " is unfinished and needs a location that is not configured (such ingests: " +
                std::to_string(stranded.size()) + ")");
}

}  // namespace

/// Everything there is, in the order in which it is made; destroyed in the opposite one.
class Service::House {
 public:
  House(Config config, const Machine& machine)
      : config_(std::move(config)),
        machine_(machine),
        workers_(config_.threads > 0 ? config_.threads : threads_for(config_)) {}
  ~House() { stop(); }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  Result<void> open() {
    if (const auto files = tls_files(config_)) {
      // Before anything is touched: this is the operator's to mend.
      TRY(const std::shared_ptr<const web::TlsContext> tls, web::TlsContext::load(*files));
      tell_tls(machine_.log, tls.get(), "tls_loaded");
    }
    TRY(profiles_, load_profiles(config_));
    TRY_VOID(make_directories(config_));
    TRY(lock_, host::WorkerLock::take(config_.data, machine_.entropy));
    lease_times_ = {config_.lease_heartbeat, config_.lease_expiry};
    TRY(catalogue_, sqlite::open_sqlite_catalogue(config_.catalogue_file(), machine_.clock, *lock_, lease_times_));
    TRY_VOID(refuse_half_rebuilt(*catalogue_));
    damage_ = std::make_unique<DamageNotes>(*catalogue_, machine_.clock, machine_.log);
    TRY(search_, sqlite::open_search_index(config_.search_file()));
    TRY(storage_, open_storage(config_,
                               {*catalogue_, machine_.clock, machine_.entropy, machine_.environment, machine_.log,
                                metrics_, workers_},
                               lock_->owner().boot));
    for (const auto& location : storage_->locations) {
      if (location->directory() != nullptr) location->directory()->write_out_beside(workers_);
    }
    TRY_VOID(refuse_missing_locations(*catalogue_, *storage_));
    for (const ingest::Place& place : storage_->places) facts_.push_back(place.facts);
    companion_providers_ = std::make_unique<Providers>(machine_.clock, machine_.entropy, machine_.environment);
    alerts_ = std::make_unique<Alerts>(
        config_, AlertsNeeds{*catalogue_,
                             *catalogue_,
                             {*companion_providers_, machine_.environment, machine_.clock, metrics_},
                             machine_.entropy,
                             machine_.log});
    TRY(companions_,
        CompanionServices::make(config_, {*catalogue_,
                                          *catalogue_,
                                          *catalogue_,
                                          *catalogue_,
                                          {*catalogue_, *alerts_, *companion_providers_, machine_.environment,
                                           machine_.clock, machine_.entropy, metrics_, machine_.log},
                                          facts_,
                                          *lock_,
                                          lock_->owner(),
                                          machine_.console}));
    TRY(scratch_, filesystem::Scratch::open(config_.dry_runs_directory(), lock_->owner(), *lock_));
    return ok();
  }

  /// Listening comes before work: a port that is taken is found out before a bag is claimed.
  Result<void> run() {
    // Fixed for ever at first start: stored descriptions refer to them (CORRECTNESS 1.2).
    TRY(const std::string context_url, catalogue_->remember("context.url", config_.public_base_url + "/context.json"));
    TRY(const std::string terms, catalogue_->remember("json-ld.namespace", config_.public_base_url + "/ontology.ttl#"));
    TRY_VOID(open_doors(terms));
    begin_work(context_url);
    machine_.log.write(LogLevel::info, "started",
                       {{"version", STRONGROOM_VERSION},
                        {"listen", config_.listen.text()},
                        {"base", config_.public_base_url},
                        {"data", config_.data},
                        {"owner", lock_->owner().id}});
    return ok();
  }

  [[nodiscard]] std::string url() const {
    return (config_.tls_certificate.empty() ? "http://" : "https://") + config_.listen.text() + config_.base_path;
  }

  void reload() {
    const Result<std::shared_ptr<const web::TlsContext>> reloaded = server_->reload_tls();
    if (reloaded) return tell_tls(machine_.log, reloaded->get(), "tls_reloaded");
    machine_.log.write(LogLevel::error, "tls_not_reloaded",
                       {{"error", reloaded.error().text()}, {"consequence", "the certificate before stays in force"}});
  }

  /// A failure is no sign of death: starting anew mends no disk, and health tells of it.
  void look() { [[maybe_unused]] const auto seen = catalogue_->recall("health"); }

  void stop() {
    // Before the server: requests that wait for their dry run are then answered.
    if (dry_runs_) dry_runs_->stop();
    // Open streams would have the server wait for as long as it waits for anybody.
    if (tail_) tail_->close();
    if (server_) server_->stop();
    if (management_) management_->stop();
    crew_.stop();
    if (!working_) return;
    working_ = false;
    const Result<void> given = catalogue_->hand_back(lock_->owner());
    if (!given) machine_.log.write(LogLevel::warning, "leases_not_given_back", {{"error", given.error().text()}});
  }

 private:
  /// What is tried uses what ingests use, but for a scratch of its own instead of working storage.
  void begin_dry_runs() {
    dry_run_needs_ = std::make_unique<ingest::DryRunNeeds>(
        ingest::DryRunNeeds{*catalogue_, *storage_->sources, machine_.clock, *storage_->gauge, scratch_->storage(),
                            storage_->places, *storage_->records, machine_.log, damage_.get()});
    const ingest::DryRunSettings settings{archive_limits(config_), config_.min_free, profiles_};
    host::DryRunBounds bounds;
    bounds.at_once = config_.dry_runs_at_once;
    dry_runs_ = std::make_unique<host::ThreadDryRuns>(
        [this, settings](const DryRunOrder& order, const DryRunTold& tell, const std::stop_token& stop) {
          return ingest::dry_run(*dry_run_needs_, settings, order, tell, stop);
        },
        bounds, machine_.clock, machine_.log, metrics_);
  }

  Result<void> open_doors(const std::string& json_ld_namespace) {
    begin_dry_runs();
    for (const ingest::Place& place : storage_->places) stores_.push_back(&place.store);
    const web::HttpServerOptions options = server_options(config_, host::raise_open_files());
    tail_ = std::make_unique<events::Tail>(
        events::TailNeeds{*catalogue_, *catalogue_, machine_.clock, metrics_, machine_.log},
        events::TailSettings{config_.public_base_url + "/context.json", streams_max(config_, options.connections_max)});
    if (config_.large_responses) {
      large_responses_ = storage_->providers->large_responses(*config_.large_responses);
    }
    api::ApiNeeds needs{*catalogue_,
                        *catalogue_,
                        *catalogue_,
                        *catalogue_,
                        *storage_->areas,
                        *dry_runs_,
                        *storage_->records,
                        stores_,
                        machine_.clock,
                        machine_.entropy,
                        machine_.log,
                        metrics_,
                        *catalogue_,
                        *tail_,
                        *catalogue_,
                        *catalogue_,
                        *search_,
                        *catalogue_,
                        alerts_->dead_letters(),
                        *catalogue_};
    needs.large_responses = large_responses_.get();
    needs.damage = damage_.get();
    handler_ = api::make_api(api_config(config_, *storage_, json_ld_namespace), std::move(needs));
    server_ = std::make_unique<web::HttpServer>(options, *handler_);
    TRY_VOID(server_->start());
    return open_management();
  }

  /// The management address tells metrics and health, and nothing else.
  Result<void> open_management() {
    if (!config_.metrics_address) return ok();
    management_ = std::make_unique<ManagementServer>(
        *config_.metrics_address,
        api::ManagementNeeds{*catalogue_, *catalogue_, *catalogue_, metrics_, machine_.clock, machine_.log});
    return management_->start();
  }

  /// The walkers, the callbacks, the heartbeat, the upkeep and the events, each on a thread of its own.
  void begin_work(const std::string& context_url) {
    const OwnerId& owner = lock_->owner();
    const LeaseTimes times = lease_times_;
    horizon_ = ingest::first_horizon(machine_.clock, times);
    walker_settings_ = walker_settings(config_, context_url);
    walker_settings_.doors.profiles = profiles_;
    walker_needs_ = std::make_unique<ingest::WalkerNeeds>(ingest::WalkerNeeds{
        {*catalogue_, *storage_->sources, *storage_->records, workers_, machine_.clock, *storage_->gauge,
         *storage_->working, machine_.log, storage_->versions.get(), damage_.get()},
        machine_.entropy,
        machine_.log,
        storage_->places,
        horizon_,
        metrics_});
    notify_settings_ = notify_settings(config_);
    notify_needs_ = std::make_unique<ingest::NotifyNeeds>(
        ingest::NotifyNeeds{*catalogue_, callback_client_, machine_.clock, machine_.entropy, machine_.log, metrics_});
    dispatch_settings_ = dispatch_settings(config_);
    dispatch_needs_ = std::make_unique<events::DispatchNeeds>(
        events::DispatchNeeds{*catalogue_, *catalogue_, *catalogue_, callback_client_, machine_.clock, machine_.entropy,
                              machine_.log, metrics_});
    working_ = true;
    crew_.add([this, owner, times](const std::stop_token& stop) {
      ingest::run_heartbeat(*catalogue_, machine_.clock, machine_.log, owner, times, horizon_, stop);
    });
    crew_.add([this](const std::stop_token& stop) {
      run_upkeep({*catalogue_, *storage_->areas, machine_.clock, machine_.log}, upkeep_settings(config_), stop);
    });
    crew_.add([this](const std::stop_token& stop) { tail_->run(stop); });
    crew_.add([this](const std::stop_token& stop) {
      events::run_reindexing({*catalogue_, *catalogue_, machine_.clock, machine_.entropy, machine_.log}, stop);
    });
    for (std::size_t i = 0; i < config_.bags_at_once; ++i) {
      crew_.add([this, owner, hand = static_cast<int>(i)](const std::stop_token& stop) {
        ingest::Walker(*walker_needs_, walker_settings_, owner, hand).run(stop);
      });
    }
    crew_.add([this](const std::stop_token& stop) {
      events::run_indexing(
          {*search_, *catalogue_, *catalogue_, *storage_->records, stores_, machine_.clock, machine_.log}, stop);
    });
    if (config_.index) begin_index_sink(*config_.index);
    begin_archiving();
    begin_topic_sinks();
    mets_needs_ = std::make_unique<events::MetsIndexingNeeds>(
        events::MetsIndexingNeeds{*catalogue_,
                                  *catalogue_,
                                  *catalogue_,
                                  {*catalogue_, *storage_->records, stores_, machine_.log},
                                  machine_.clock});
    crew_.add([this](const std::stop_token& stop) { events::MetsIndexing(*mets_needs_, stop).run(); });
    companions_->join(crew_);
    crew_.add([this](const std::stop_token& stop) {
      transfers::keep_telling(alerts_->dead_letters(), machine_.clock, machine_.log, stop);
    });
    crew_.add([this](const std::stop_token& stop) {
      watch_damage({{*catalogue_, *damage_, facts_, stores_}, alerts_->alarm(), machine_.clock, metrics_, machine_.log},
                   stop);
    });
    for (int hand = 0; hand < kSubscriptionsAtOnce; ++hand) {
      crew_.add([this, owner, hand](const std::stop_token& stop) {
        events::Dispatcher(*dispatch_needs_, dispatch_settings_, owner, hand).run(stop);
      });
    }
    for (int hand = 0; hand < kCallbacksAtOnce; ++hand) {
      crew_.add([this, owner, hand](const std::stop_token& stop) {
        ingest::Notifier(*notify_needs_, notify_settings_, owner, hand).run(stop);
      });
    }
  }

  void begin_index_sink(const IndexSetting& index) {
    index_server_ = std::make_unique<web::BulkApi>(index.access);
    sink_settings_ = {events::index_sink_name(index.access.url, index.prefix), index.prefix, {}};
    sink_needs_ = std::make_unique<events::IndexSinkNeeds>(
        events::IndexSinkNeeds{*index_server_,
                               *catalogue_,
                               *catalogue_,
                               {*catalogue_, *storage_->records, stores_, machine_.log},
                               facts_,
                               machine_.clock,
                               metrics_});
    crew_.add([this](const std::stop_token& stop) { events::IndexSink(*sink_needs_, sink_settings_, stop).run(); });
  }

  /// For each location that moves versions to an archive tier, one thread that does so, and one for restores.
  void begin_archiving() {
    for (std::size_t i = 0; i < config_.locations.size(); ++i) {
      auto archiver = storage_->providers->archiver(config_.locations[i]);
      if (!archiver) continue;
      tiering_needs_.push_back(std::make_unique<events::TieringNeeds>(events::TieringNeeds{
          *catalogue_, *catalogue_, *catalogue_, *archiver, machine_.clock, metrics_, machine_.log}));
      restoring_needs_.push_back(std::make_unique<care::RestoringNeeds>(care::RestoringNeeds{
          *catalogue_, *catalogue_, *archiver, *storage_->records, stores_, workers_, machine_.clock, machine_.log}));
      archivers_.push_back(std::move(archiver));
      const int days = static_cast<int>(config_.locations[i].cloud.restore_days);
      crew_.add([needs = restoring_needs_.back().get(), facts = &facts_[i], days](const std::stop_token& stop) {
        care::Restoring(*needs, *facts, days, stop).run();
      });
      crew_.add([needs = tiering_needs_.back().get(), facts = &facts_[i]](const std::stop_token& stop) {
        events::Tiering(*needs, *facts, stop).run();
      });
    }
  }

  void begin_topic_sinks() {
    for (const SinkSetting& setting : config_.sinks) {
      auto sink = std::make_unique<PublishedTo>(
          PublishedTo{storage_->providers->topic(setting), {setting.name, setting.topic, {setting.kinds}}, nullptr});
      if (!setting.spaces.empty()) sink->settings.filter.allowed_spaces = setting.spaces;
      sink->needs = std::make_unique<events::TopicSinkNeeds>(events::TopicSinkNeeds{
          *sink->topic, *catalogue_, *catalogue_, *catalogue_, machine_.clock, metrics_, machine_.log});
      crew_.add([published = sink.get()](const std::stop_token& stop) {
        events::TopicSink(*published->needs, published->settings, stop).run();
      });
      topic_sinks_.push_back(std::move(sink));
    }
  }

  /// A topic with what its sink needs.
  struct PublishedTo {
    std::unique_ptr<Topic> topic;
    events::TopicSinkSettings settings;
    std::unique_ptr<events::TopicSinkNeeds> needs;
  };

  const Config config_;
  const Machine machine_;
  ingest::SpaceProfiles profiles_;
  host::ThreadWorkers workers_;
  metrics::PrometheusMetrics metrics_;
  std::unique_ptr<host::WorkerLock> lock_;
  LeaseTimes lease_times_;
  std::unique_ptr<sqlite::SqliteCatalogue> catalogue_;
  std::unique_ptr<DamageNotes> damage_;
  std::unique_ptr<SearchIndex> search_;
  std::unique_ptr<Storage> storage_;
  /// Of the companions: their calls are cut off at a stop, while those of ingests come to their end.
  std::unique_ptr<Providers> companion_providers_;
  std::unique_ptr<Alerts> alerts_;
  std::vector<ObjectStore*> stores_;  ///< the locations', in configured order
  std::unique_ptr<filesystem::Scratch> scratch_;
  std::unique_ptr<ingest::DryRunNeeds> dry_run_needs_;
  std::unique_ptr<host::ThreadDryRuns> dry_runs_;
  std::unique_ptr<events::Tail> tail_;               ///< before the server, whose connections may have seats of it
  std::unique_ptr<LargeResponses> large_responses_;  ///< null without a setting
  std::unique_ptr<HttpHandler> handler_;
  std::unique_ptr<web::HttpServer> server_;
  std::unique_ptr<ManagementServer> management_;
  ingest::LeaseHorizon horizon_{0};
  ingest::WalkerSettings walker_settings_;
  std::unique_ptr<ingest::WalkerNeeds> walker_needs_;
  web::CallbackClient callback_client_;
  ingest::NotifySettings notify_settings_;
  events::DispatchSettings dispatch_settings_;
  std::unique_ptr<events::DispatchNeeds> dispatch_needs_;
  std::unique_ptr<ingest::NotifyNeeds> notify_needs_;
  std::vector<LocationFacts> facts_;  ///< of the locations, in configured order
  std::unique_ptr<IndexServer> index_server_;
  events::IndexSinkSettings sink_settings_;
  std::unique_ptr<events::IndexSinkNeeds> sink_needs_;
  std::vector<std::unique_ptr<Archiver>> archivers_;
  std::vector<std::unique_ptr<events::TieringNeeds>> tiering_needs_;    ///< one for each of them
  std::vector<std::unique_ptr<care::RestoringNeeds>> restoring_needs_;  ///< one for each of them
  std::vector<std::unique_ptr<PublishedTo>> topic_sinks_;
  std::unique_ptr<events::MetsIndexingNeeds> mets_needs_;
  std::unique_ptr<CompanionServices> companions_;
  bool working_ = false;
  host::Crew crew_;
};

Service::Service(std::unique_ptr<House> house) : house_(std::move(house)) {}

Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::start(const Config& config, const Machine& machine) {
  auto house = std::make_unique<House>(config, machine);
  TRY_VOID(house->open());
  TRY_VOID(house->run());
  return std::unique_ptr<Service>(new Service(std::move(house)));
}

std::string Service::url() const { return house_->url(); }

void Service::look() { house_->look(); }

void Service::reload() { house_->reload(); }

void Service::stop() { house_->stop(); }

}  // namespace strongroom::cli
