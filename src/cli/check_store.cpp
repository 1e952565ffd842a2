#include "cli/check_store.hpp"

#include <algorithm>
#include <memory>

#include "adapters/host/thread_workers.hpp"
#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/remote/identity.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_options.hpp"
#include "cli/paint.hpp"
#include "cli/providers.hpp"
#include "cli/readable.hpp"
#include "contracts/object_store_contract.hpp"
#include "domain/layout.hpp"

namespace strongroom::cli {
namespace {

/// As many as it takes to see who comes first.
constexpr std::size_t kThreads = 8;
/// One page of a listing, to see whether files lie in an archive tier.
constexpr std::size_t kFilesLookedAt = 1000;
/// Signatures are refused when clocks are apart by a quarter of an hour; this is far enough to be told.
constexpr Duration kSkew = std::chrono::minutes(1);

struct CheckStoreOptions {
  ConfigArguments arguments;
  std::optional<std::string> location;
  bool json = false;
};

enum class Outcome : std::uint8_t { good, note, problem };

std::string_view word_of(Outcome outcome) {
  if (outcome == Outcome::good) return "ok";
  return outcome == Outcome::note ? "note" : "problem";
}

struct Told {
  std::string location;
  Outcome outcome = Outcome::good;
  std::string what;
};

/// Looks at one location after the other and tells what it finds as it finds it.
class StoreChecker {
 public:
  StoreChecker(const Surroundings& surroundings, bool json)
      : surroundings_(surroundings),
        json_(json),
        providers_(surroundings.clock, surroundings.entropy, surroundings.environment()) {}

  void check(const LocationSetting& setting) {
    location_ = setting.facts.name.str();
    if (setting.is_directory()) {
      auto opened =
          filesystem::FilesystemLocation::open_location({setting.path, setting.facts.prefix, "", std::nullopt});
      if (!opened) return problem("it cannot be used", opened.error());
      tell(Outcome::good, "it is itself: " + (*opened)->uuid());
      check_contract(**opened, false);
      if (setting.facts.tier == AccessTier::archive) {
        tell(Outcome::note, "its tier is \"archive\": copies are read back when they are stored, and never after");
      }
      return;
    }
    const std::unique_ptr<remote::RemoteStore> store = providers_.store(setting);
    const auto listed = store->list("", "", 1);
    if (!listed) return problem("it cannot be listed", listed.error());
    tell(Outcome::good, "it can be reached and listed, with the keys there are");
    check_marker(*store, setting);
    const std::string key = check_contract(*store, setting.cloud.looks_before_writing);
    if (!key.empty()) check_facts(*store, setting, key);
    if (const auto archiver = providers_.archiver(setting)) check_archive(*archiver, setting);
  }

  /// Whether long answers come out as they are put there, for a reader without keys. What is put there goes by the
  /// bucket's own rule.
  void check(const LargeResponsesSetting& setting) {
    location_ = "largeResponses";
    const std::string text = "{\"checked\":\"" + random_uuid(surroundings_.entropy) + "\"}";
    const auto url = providers_.large_responses(setting)->keep({contracts::spec_of(text), "application/json"},
                                                               contracts::opener_of(text));
    if (!url) return problem("long answers cannot be put there", url.error());
    web::ProviderClient reader(setting.cloud.ca_file);
    const auto answer = reader.exchange({"GET", *url, {}, {}});
    if (!answer) return problem("a reader cannot get long answers there", answer.error());
    if (answer->status != 200 || answer->body != text) {
      return tell(Outcome::problem,
                  "a reader does not get what was put there, but status " + std::to_string(answer->status));
    }
    tell(Outcome::good, "long answers can be put there, and readers get them without keys");
  }

  [[nodiscard]] std::size_t problems() const { return problems_; }

 private:
  void check_marker(remote::RemoteStore& store, const LocationSetting& setting) {
    const Result<LocationMarker> marker = remote::read_marker(store);
    if (marker) return tell(Outcome::good, "it is itself: " + marker->uuid);
    if (marker.error().reason != Reason::not_found) return problem("its marker cannot be read", marker.error());
    tell(Outcome::note,
         "it is no location yet: `strongroom location init --location " + setting.facts.name.str() + "` makes it one");
  }

  /// Every promise of a store, one by one; what is written stays. A key that holds something, or none.
  std::string check_contract(ObjectStore& store, bool looks_before_writing) {
    host::ThreadWorkers workers(kThreads);
    const std::string prefix = "_strongroom/check/" + random_uuid(surroundings_.entropy) + "/";
    const std::string key = prefix + "first";
    const Result<void> first = store.put(key, contracts::spec_of("first"), contracts::opener_of("first"));
    if (!first) {
      problem("it cannot be written to", first.error());
      return {};
    }
    std::size_t kept = 0;
    std::vector<contracts::NamedCheck> checks = contracts::object_store_checks({store, workers, prefix});
    if (looks_before_writing) {
      std::erase_if(checks, [](const contracts::NamedCheck& check) { return check.name == contracts::kRaceCheck; });
      tell(Outcome::note,
           "two writers at one key are not kept apart, for createOnly is \"look\": nobody else may write here");
    }
    for (const contracts::NamedCheck& check : checks) {
      std::string name = check.name;
      std::replace(name.begin(), name.end(), '_', ' ');
      const Result<void> held = check.run();
      if (held) ++kept;
      if (!held) problem(name, held.error());
    }
    tell(kept == checks.size() ? Outcome::good : Outcome::note,
         std::to_string(kept) + " of " + std::to_string(checks.size()) +
             " promises of a store are kept; what was written to see that stays below " + prefix);
    return key;
  }

  void check_facts(remote::RemoteStore& store, const LocationSetting& setting, const std::string& key) {
    const Result<remote::StoredFacts> facts = store.examine(key);
    if (!facts) return problem("an object that was stored cannot be looked at", facts.error());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(facts->clock_ahead);
    const bool apart = facts->clock_ahead > kSkew || facts->clock_ahead < -kSkew;
    tell(apart ? Outcome::problem : Outcome::good, "its clock is " + std::to_string(seconds.count()) +
                                                       " s ahead of this machine's" +
                                                       (apart ? ": set this machine's clock" : ""));
    const std::string& wanted = setting.cloud.storage_class;
    if (!wanted.empty() && facts->storage_class != wanted) {
      tell(Outcome::problem, "objects are stored as " + one_line(facts->storage_class) + ", not as " + wanted);
    } else if (!facts->storage_class.empty()) {
      tell(Outcome::good, "objects are stored as " + one_line(facts->storage_class));
    }
    if (facts->has_sha256) return tell(Outcome::good, "it computes the SHA-256 of what it stores");
    tell(Outcome::note, std::string("it does not tell the SHA-256 of what it stores: ") +
                            (setting.facts.verify == CopyCheck::full
                                 ? "copies are compared by reading them"
                                 : "verify = \"server-checksum\" saves nothing, every file is read back"));
  }

  /// What nobody reads is attested, not checked: an operator must not take the one for the other.
  void check_archive(Archiver& archiver, const LocationSetting& setting) {
    const std::string name = setting.facts.name.str();
    tell(Outcome::note,
         "registered versions are moved to " + setting.cloud.archive_to +
             ": their copies here were read back and verified before that, and since then they are "
             "attested by the provider, not checked; `strongroom bag restore SPACE/IDENTIFIER --location " +
             name + "` makes them readable");
    const Result<Archived> now = count_archived(archiver);
    if (!now) return problem("what is in its archive tier cannot be listed", now.error());
    if (now->files == 0) return;
    tell(Outcome::note, std::to_string(now->archived) + " of the first " + counted(now->files, "stored file") +
                            " cannot be read without a restore: attested, not checked");
  }

  /// Among the files of bags that are listed first.
  struct Archived {
    std::size_t files = 0;
    std::size_t archived = 0;
  };
  static Result<Archived> count_archived(Archiver& archiver) {
    Archived count;
    // What is the service's own is never moved, and would fill the first page of a large location.
    for (const char* const after : {"", "_strongroom0"}) {
      TRY(const std::vector<TieredObject> page, archiver.list("", after, kFilesLookedAt));
      for (const TieredObject& object : page) {
        if (!layout::parse_file_key(object.key)) continue;
        count.files += 1;
        if (object.is_archived) count.archived += 1;
      }
      if (count.files > 0) break;
    }
    return count;
  }

  void problem(const std::string& what, const Error& error) { tell(Outcome::problem, what + ": " + error.text()); }
  void tell(Outcome outcome, const std::string& what) {
    if (outcome == Outcome::problem) ++problems_;
    std::string text;
    if (json_) {
      JsonWriter json(text);
      json.begin_object().member("location", location_).member("outcome", word_of(outcome)).member("what", what);
      json.end_object();
    } else {
      const Paint paint = Paint::for_out(surroundings_);
      const std::string_view word = word_of(outcome);
      text = (outcome == Outcome::good   ? paint.green(word)
              : outcome == Outcome::note ? paint.yellow(word)
                                         : paint.red(word)) +
             std::string(9 - word.size(), ' ') + location_ + ": " + one_line(what);
    }
    surroundings_.console.out(text + "\n");
  }

  const Surroundings& surroundings_;
  const bool json_;
  Providers providers_;
  std::string location_;
  std::size_t problems_ = 0;
};

Exit check_store(const CheckStoreOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<Config> config = config_or_complain(options.arguments, console);
  if (!config) return Exit::usage;
  std::vector<LocationSetting> wanted = config->locations;
  if (options.location) {
    const LocationSetting* setting = find_location(*config, *options.location);
    if (setting == nullptr) {
      return complain(console, Exit::usage, no_such_location(*config, "--location", *options.location));
    }
    wanted = {*setting};
  }
  StoreChecker checker(surroundings, options.json);
  for (const LocationSetting& setting : wanted) checker.check(setting);
  if (config->large_responses && !options.location) checker.check(*config->large_responses);
  if (checker.problems() == 0) return Exit::success;
  return complain(console, Exit::failed,
                  "bags are not safe there: " + std::to_string(checker.problems()) +
                      (checker.problems() == 1 ? " problem" : " problems"));
}

}  // namespace

Command check_store_command() {
  const auto options = std::make_shared<CheckStoreOptions>();
  Command command("store", "check that storage locations keep what they are given");
  command.description =
      "Asks every location of the configuration, or the one that is named, for what the service relies on: that it can "
      "be reached with the keys there are, that it is the location it was, that nothing stored can be overwritten, not "
      "even by two writers at once, that wrong or broken content is not stored, that ranges and lists are exact and "
      "complete, that clocks agree, and how objects are stored; what lies in an archive tier is told to be "
      "attested by the provider, not checked. The bucket of long answers is asked for one, too.\n\n"
      "About a hundred and fifty small objects are written below `_strongroom/check/` and stay there: the service has "
      "no way to delete, and should not have one.";
  command.examples = {
      {"Before a location is used", "strongroom check store --config /etc/strongroom.toml"},
      {"One of them, for a program", "strongroom check store --location cold --json --config /etc/strongroom.toml"}};
  command.exits = {{Exit::success, "every location keeps what it is given"}, {Exit::failed, "one of them does not"}};
  command.option("--location", "LOCATION", options->location, "name of the only location to look at");
  command.flag("--json", options->json, "print JSON, a line for each finding");
  add_data_options(command, options->arguments);
  command.run = [options](const Surroundings& surroundings) { return check_store(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
