#include "cli/self_check.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <span>

#include "base/text.hpp"
#include "cli/config_values.hpp"
#include "cli/readable.hpp"
#include "cli/secret_settings.hpp"
#include "events/mets_indexing.hpp"
#include "transfers/area_conditions.hpp"
#include "transfers/prefixes.hpp"
#include "transfers/problems.hpp"

namespace strongroom::cli {
namespace {

using transfers::CheckItem;
using transfers::doubtful;
using transfers::fine;
using transfers::known_as;
using transfers::missing;

namespace problem = transfers::problem;

constexpr Duration kClockPatience = std::chrono::seconds(10);
constexpr std::size_t kGlance = 2000;
const char* const kStorageService = "Archivematica's Storage Service";
const char* const kDashboard = "Archivematica's dashboard";

bool is_forbidden(const Error& error) { return error.reason == Reason::forbidden; }

class SelfCheck {
 public:
  SelfCheck(const SelfCheckNeeds& needs, bool write_probe)
      : needs_(needs),
        companions_(needs.companions),
        config_(companions_.config()),
        settings_(config_.transfers),
        write_probe_(write_probe) {}

  std::vector<CheckItem> run() {
    std::vector<std::function<void()>> steps = {[this] { check_configuration(); }, [this] { check_catalogue(); }};
    for (const transfers::AreaInUse& area : companions_.areas())
      steps.emplace_back([this, &area] { check_area(area); });
    if (Archivematica* const archivematica = companions_.archivematica()) {
      archivematica->forget_answers();
      steps.emplace_back([this, archivematica] { check_sources(*archivematica); });
      steps.emplace_back([this, archivematica] { check_dashboard(*archivematica); });
    } else {
      steps.emplace_back([this] { check_nothing_there(); });
    }
    steps.emplace_back([this] { check_addresses(); });
    steps.emplace_back([this] { items_.push_back(transfers::judge_clock(look_at_clocks())); });
    for (const auto& step : steps) {
      if (!needs_.stop.stop_requested()) step();
    }
    mask();
    std::ranges::stable_sort(items_, {}, &CheckItem::number);
    return std::move(items_);
  }

 private:
  // ---- 1: configuration and secrets

  void check_configuration() {
    const std::string& prefix = settings_.walk.feedback_prefix;
    items_.push_back(fine(
        1, "configuration",
        "readable; logs lie " + (prefix.empty() ? std::string("beside the packages") : "below " + one_line(prefix))));
    for (const NamedSecret& secret : secrets_of(config_)) {
      const Result<std::string> value = secret_value(secret, companions_.needs().environment);
      if (!value) {
        CheckItem item = missing(1, secret.name, value.error(), advice_for(secret));
        std::vector<std::string> problems = problems_without(secret);
        const std::string told = problems.empty() ? std::string() : value.error().what;
        items_.push_back(known_as(std::move(item), std::move(problems), told));
        continue;
      }
      secrets_.push_back(*value);
      if (is_open_to_others(secret.place.file)) {
        items_.push_back(doubtful(1, secret.name, "everybody on this machine may read or change its file",
                                  "take that right away: chmod o-rwx " + one_line(secret.place.file)));
      } else {
        items_.push_back(fine(1, secret.name, "there"));
      }
    }
  }

  /// Under which names others tell of what does not work without it; none when nobody does.
  static std::vector<std::string> problems_without(const NamedSecret& secret) {
    constexpr std::string_view kArea = "credentials of area ";
    if (secret.name.starts_with("archivematica.dashboard.")) return {problem::kDashboard};
    if (secret.name.starts_with("archivematica.storageService.")) return {problem::kStorageService};
    if (secret.name.starts_with(kArea)) return {problem::area(secret.name.substr(kArea.size()))};
    return {};
  }

  static std::string advice_for(const NamedSecret& secret) {
    if (!secret.place.variable.empty()) {
      return "set the variable " + secret.place.variable + " in the environment of the service";
    }
    return "write it into " + one_line(secret.place.file) + ", which the service must be able to read";
  }

  // ---- 2: the catalogue

  void check_catalogue() {
    const std::string advice = "look at the data directory " + one_line(config_.data) + ": its disk and permissions";
    Transfers& transfers = companions_.needs().transfers;
    const auto written = transfers.set_transfer_fact("self-check", format_instant(companions_.needs().clock.now()));
    items_.push_back(written ? fine(2, "catalogue", "it can be written")
                             : missing(2, "catalogue", written.error(), advice));
    const auto state = needs_.sinks.sink_state(events::kMetsIndexing);
    const auto page = state ? needs_.log.events_after(state->position, {.kinds = {"registered-bag"}}, 1, kGlance)
                            : Result<EventPage>(state.error());
    if (!page) {
      items_.push_back(missing(2, "event stream", page.error(), advice));
      return;
    }
    items_.push_back(fine(2, "event stream", "it can be read"));
    if (page->events.empty() && !page->more) {
      items_.push_back(fine(2, "transfer index", "complete"));
    } else {
      items_.push_back(doubtful(2, "transfer index", "bags have been registered that it does not know yet",
                                "watch brings it up to date; if this stays, look at its log for mets_names_unknown"));
    }
  }

  // ---- 3: the areas

  void check_area(const transfers::AreaInUse& area) {
    const std::string what = problem::area(area.name);
    const std::string sweep = problem::sweep(area.name);
    const auto page = area.store->list("", 1);
    const auto found = page ? look_at(*area.store, *page) : Result<std::string>(page.error());
    if (!found) {
      items_.push_back(
          known_as(missing(3, what, found.error(), advice_for(area)), {page ? what : sweep}, found.error().what));
      return;
    }
    items_.push_back(known_as(fine(3, what, *found), {what, sweep}));
    if (write_probe_) {
      probe(area);
    } else {
      recall_conditions(area);
    }
  }

  static std::string advice_for(const transfers::AreaInUse& area) {
    if (area.is_directory) return "make the directory, or correct areas[].root; the service must be able to write it";
    return "look at areas[].bucket, its endpoint and region, and what the credentials allow: listing the bucket, and "
           "reading, writing, tagging and removing its objects";
  }

  /// What is there, in a sentence; `page` is the beginning of its list.
  static Result<std::string> look_at(TransferArea& store, const std::vector<AreaObject>& page) {
    // Whoever may not ask for this may do all else.
    const Result<bool> versions = store.keeps_versions();
    const std::string text = !versions   ? "whether it keeps versions cannot be told"
                             : *versions ? "keeps versions"
                                         : "keeps no versions";
    if (page.empty()) return "can be listed, and is empty; " + text;
    // Listings do not tell of versions.
    TRY(const auto object, store.stat(page.front().key));
    if (!object) return "can be listed; " + text;
    TRY(const auto open, store.open(*object));
    std::byte first{};
    if (object->size > 0) TRY_VOID(open->read_at(0, std::span(&first, 1)));
    if (!store.keeps_tags()) return "can be listed and read; " + text + ", keeps no tags";
    TRY_VOID(store.tags(*object));
    return "can be listed and read, tags too; " + text;
  }

  /// Where nobody else puts anything: beside the logs.
  [[nodiscard]] std::string probe_key(const transfers::AreaInUse& area) const {
    std::string prefix = settings_.walk.feedback_prefix;
    if (prefix.empty()) prefix = area.is_directory ? settings_.walk.prefixes.front().prefix : "feedback/";
    return prefix + "strongroom-check-" + random_uuid(companions_.needs().entropy) + ".tmp";
  }

  static std::string writing_into(const transfers::AreaInUse& area) { return "writing into area " + area.name; }

  static CheckItem ignores_conditions(const transfers::AreaInUse& area) {
    return doubtful(3, writing_into(area), "the store removes an object whatever condition is given",
                    "the monitor looks just before it removes something; nothing has to be done");
  }

  /// Without trying it, what the monitor found.
  void recall_conditions(const transfers::AreaInUse& area) {
    const auto known = transfers::known_conditions(companions_.needs().transfers, area.name);
    if (known && *known && !**known) items_.push_back(ignores_conditions(area));
  }

  void probe(const transfers::AreaInUse& area) {
    const std::string what = writing_into(area);
    const auto put = write_and_remove(*area.store, probe_key(area));
    if (!put) {
      items_.push_back(missing(3, what, put.error(), advice_for(area)));
      return;
    }
    const auto conditions = area.store->keeps_conditions(probe_key(area));
    if (!conditions) {
      items_.push_back(missing(3, what, conditions.error(), advice_for(area)));
      return;
    }
    // Trouble of the catalogue has an item of its own.
    [[maybe_unused]] const auto noted =
        transfers::note_conditions(companions_.needs().transfers, area.name, *conditions);
    if (!*conditions) {
      items_.push_back(ignores_conditions(area));
    } else {
      items_.push_back(fine(
          3, what,
          area.store->keeps_tags() ? "put, tag and conditional removal work" : "put and conditional removal work"));
    }
  }

  static Result<void> write_and_remove(TransferArea& store, const std::string& key) {
    TRY(AreaObject object, store.put_log(key, "strongroom transfers check\n", {}));
    Result<void> tagged = ok();
    if (store.keeps_tags()) {
      auto after = store.set_tags(object, {{"strongroom-check", "1"}});
      if (after)
        object = std::move(*after);
      else
        tagged = after.error();
    }
    TRY_VOID(store.erase(object, false));
    return tagged;
  }

  // ---- 4 to 7: Archivematica

  void check_nothing_there() {
    const std::string found = "not configured: packages are checked, and those that pass wait";
    const auto add = [&](CheckItem item) {
      items_.push_back(known_as(std::move(item), {problem::kDashboard}, problem::kNotConfigured));
    };
    add(missing(4, kStorageService, found,
                "set url, user and apiKeyFile of archivematica.storageService in the configuration"));
    pass_over(5, "transfer sources", kStorageService);
    add(missing(6, kDashboard, found, "set url, user and apiKeyFile of archivematica.dashboard in the configuration"));
    pass_over(7, "processing configurations", kDashboard);
  }

  /// Nobody can tell before something else is put right.
  void pass_over(int number, const std::string& what, const std::string& service) {
    items_.push_back(doubtful(number, what, "not looked at, since " + service + " gives no answer",
                              "do first what is said of " + service));
  }

  void check_sources(Archivematica& archivematica) {
    for (const bool is_directory : {false, true}) {
      const auto of_kind = [&](const transfers::AreaInUse& area) { return area.is_directory == is_directory; };
      if (std::ranges::none_of(companions_.areas(), of_kind)) continue;
      const std::string protocol = is_directory ? "FS" : "S3";
      const auto sources = archivematica.source_areas(protocol);
      if (!sources) {
        items_.push_back(
            known_as(missing(4, kStorageService, sources.error(),
                             service_advice("archivematica.storageService", is_forbidden(sources.error()))),
                     {problem::kStorageService}, sources.error().what));
        pass_over(5, "transfer sources", kStorageService);
        return;
      }
      items_.push_back(known_as(fine(4, kStorageService,
                                     "answers and accepts the key; " + counted(sources->size(), "transfer source") +
                                         " of the kind " + protocol),
                                {problem::kStorageService}));
      for (const transfers::AreaInUse& area : companions_.areas()) {
        if (!of_kind(area)) continue;
        for (const transfers::Prefix& prefix : settings_.walk.prefixes) {
          items_.push_back(transfers::judge_source(area, prefix, *sources));
        }
      }
    }
  }

  void check_dashboard(Archivematica& archivematica) {
    const auto names = archivematica.processing_configurations();
    if (!names) {
      items_.push_back(known_as(
          missing(6, kDashboard, names.error(), service_advice("archivematica.dashboard", is_forbidden(names.error()))),
          {problem::kDashboard}, names.error().what));
      pass_over(7, "processing configurations", kDashboard);
      return;
    }
    items_.push_back(known_as(fine(6, kDashboard, "answers and accepts the key"), {problem::kDashboard}));
    const auto version = archivematica.version();
    items_.push_back(transfers::judge_version(version ? *version : std::string()));
    for (CheckItem& item : transfers::judge_configurations(settings_.walk.prefixes, *names)) {
      items_.push_back(std::move(item));
    }
  }

  static std::string service_advice(const std::string& setting, bool forbidden) {
    if (forbidden) {
      return "look at " + setting +
             ".user and .apiKeyFile: they must be a user of that service and its API key, and the "
             "service must allow this machine";
    }
    return "look at " + setting + ".url, and whether the service runs there and can be reached from this machine";
  }

  // ---- 8: where is told

  void check_addresses() {
    const MonitorSetting& monitor = settings_.monitor;
    if (monitor.sink == ReportSink::slack) {
      const std::string channel = monitor.channel_name.empty() ? "" : " (" + one_line(monitor.channel_name) + ")";
      check_address("monitor.webhook", "reports" + channel, {"monitor.webhook", monitor.webhook});
    } else {
      items_.push_back(fine(8, "monitor.sink",
                            "reports go to " + (monitor.sink == ReportSink::file ? one_line(config_.reports_directory())
                                                                                 : std::string("standard output"))));
    }
    const cloud::SecretPlace& alerts = settings_.alerts_webhook;
    if (!alerts.file.empty() || !alerts.variable.empty()) {
      check_address("alerts.webhook", "alerts", {"alerts.webhook", alerts});
    }
    check_notifications();
  }

  void check_address(const std::string& what, const std::string& about, const NamedSecret& place) {
    const auto value = secret_value(place, companions_.needs().environment);
    if (value && is_web_address(*value)) {
      items_.push_back(fine(8, what, "the address for " + about + " is well formed; nothing was posted"));
      return;
    }
    items_.push_back(missing(8, what,
                             value ? "the address for " + about + " is no http or https URL" : value.error().what,
                             "write the whole URL of the webhook where " + what + "File or " + what + "Env leads to"));
  }

  void check_notifications() {
    const NotifySetting& notify = config_.notify;
    const std::string what = "notify.sink";
    switch (notify.sink) {
      case NotifySink::file:
        items_.push_back(fine(8, what, "notifications go to " + one_line(config_.notify_directory())));
        return;
      case NotifySink::none:
        items_.push_back(fine(8, what, "nobody is notified"));
        return;
      case NotifySink::webhook:
        check_address("notify.url", "notifications", {"notify.url", {notify.url_file, {}}});
        return;
      case NotifySink::sns:
        break;
    }
    const auto readable = companions_.needs().providers.look_at_topic(notify.topic, notify.cloud);
    items_.push_back(readable ? fine(8, what, "the attributes of the topic can be read; nothing was published")
                              : missing(8, what, readable.error(),
                                        "look at notify.topic, and what the credentials allow: "
                                        "sns:GetTopicAttributes and sns:Publish"));
  }

  // ---- 9: clocks

  std::vector<transfers::ClockSeen> look_at_clocks() {
    std::vector<transfers::ClockSeen> seen;
    Providers& providers = companions_.needs().providers;
    const auto look = [&](const std::string& name, const std::string& url, WebClient& web) {
      if (url.empty()) return;
      WebRequest request;
      request.method = "GET";
      request.url = url;
      request.timeout = kClockPatience;
      const auto answer = web.exchange(request);
      const auto date = answer ? parse_http_date(answer->header("Date")) : std::nullopt;
      if (date) seen.push_back({name, *date, companions_.needs().clock.now()});
    };
    look(kDashboard, settings_.dashboard.url, providers.web());
    look(kStorageService, settings_.storage_service.url, providers.web());
    for (const TransferAreaSetting& area : settings_.areas) {
      if (area.is_directory()) continue;
      // By the authorities that it is reached by otherwise.
      look("the store of area " + area.name, area.cloud.url_of(Provider::amazon_s3, area.bucket),
           providers.web(area.cloud));
    }
    return seen;
  }

  void mask() {
    for (CheckItem& item : items_) {
      item.found = cloud::without_secrets(std::move(item.found), secrets_);
      item.advice = cloud::without_secrets(std::move(item.advice), secrets_);
      item.told = cloud::without_secrets(std::move(item.told), secrets_);
    }
  }

  const SelfCheckNeeds& needs_;
  const Companions& companions_;
  const Config& config_;
  const TransferSettings& settings_;
  const bool write_probe_;
  std::vector<std::string> secrets_;
  std::vector<CheckItem> items_;
};

}  // namespace

std::vector<CheckItem> check_companions(const SelfCheckNeeds& needs, bool write_probe) {
  std::vector<CheckItem> items = SelfCheck(needs, write_probe).run();
  // Packages are not to live with what was answered here.
  if (Archivematica* archivematica = needs.companions.archivematica()) archivematica->forget_answers();
  return items;
}

void check_at_start(const SelfCheckNeeds& needs) {
  const auto items = check_companions(needs);
  if (needs.stop.stop_requested()) return;
  transfers::tell_findings(items, needs.companions.alarm(), needs.companions.needs().journal);
}

}  // namespace strongroom::cli
