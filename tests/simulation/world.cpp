#include "world.hpp"

#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "domain/description.hpp"
#include "domain/layout.hpp"
#include "domain/location_marker.hpp"
#include "support/tar_builder.hpp"

namespace strongroom::simulation {
namespace {

using std::chrono::seconds;

constexpr const char* kArea = "uploads";
const char* const kLabels[] = {"primary location", "replica-1", "replica-2"};

std::string sha256(const std::string& text) { return digest_of(Algorithm::sha256, text).hex(); }

std::string pack(const std::string& root, const std::map<std::string, std::string>& files) {
  testing_support::TarBuilder tar;
  if (!root.empty()) tar.directory(root);
  for (const auto& [name, content] : files) tar.file(root + name, content);
  return tar.end();
}

BagId bag_id(const std::string& identifier) {
  return {Space::parse("maps").value(), ExternalIdentifier::parse(identifier).value()};
}

/// Names only what differs: whole locations would fill the screen.
std::string difference(const memory::Objects& found, const memory::Objects& expected) {
  std::string text;
  for (const auto& [key, bytes] : expected) {
    const auto other = found.find(key);
    if (other == found.end()) text += "missing " + key + "\n";
    if (other != found.end() && other->second != bytes) text += "other bytes " + key + "\n";
  }
  for (const auto& [key, bytes] : found) text += expected.contains(key) ? "" : "unexpected " + key + "\n";
  return text;
}

bool begins(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

std::string all_bytes(ObjectStore& store, const std::string& key) {
  auto source = store.get(key, {});
  if (!source) return {};
  auto text = read_all(**source, 1 << 20);
  return text ? *text : std::string();
}

}  // namespace

std::map<std::string, std::string> make_delta(const std::string& identifier,
                                              const std::map<std::string, std::string>& payload,
                                              const std::map<std::string, Fetched>& fetched) {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> whole;
  for (const auto& [name, content] : payload) files["data/" + name] = whole["data/" + name] = content;
  std::string fetch;
  for (const auto& [name, from] : fetched) {
    whole["data/" + name] = from.content;
    const std::string url = "s3://location-1/maps/" + identifier + "/" + percent_encode(from.path, "/");
    fetch += url + " " + std::to_string(from.content.size()) + " data/" + name + "\n";
  }
  std::string manifest;
  std::size_t octets = 0;
  for (const auto& [name, content] : whole) {
    manifest += sha256(content) + "  " + name + "\n";
    octets += content.size();
  }
  files["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
  files["bag-info.txt"] = "External-Identifier: " + identifier +
                          "\nBagging-Date: 2024-05-01\nPayload-Oxum: " + std::to_string(octets) + "." +
                          std::to_string(whole.size()) + "\n";
  files["manifest-sha256.txt"] = manifest;
  if (!fetch.empty()) files["fetch.txt"] = fetch;
  std::string tags;
  for (const auto& [name, content] : files) {
    if (!name.starts_with("data/")) tags += sha256(content) + "  " + name + "\n";
  }
  files["tagmanifest-sha256.txt"] = tags;
  return files;
}

std::map<std::string, std::string> make_bag(const std::string& identifier,
                                            const std::map<std::string, std::string>& payload) {
  return make_delta(identifier, payload, {});
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void SimLog::write(LogLevel /*level*/, std::string_view event, LogFields fields) {
  if (!show_) return;
  std::fprintf(stderr, "  %.*s", static_cast<int>(event.size()), event.data());
  for (const auto& [name, value] : fields) {
    std::fprintf(stderr, " %.*s=%s", static_cast<int>(name.size()), name.data(), value.c_str());
  }
  std::fprintf(stderr, "\n");
}

CallbackOutcome SimReceiver::post(const CallbackRequest& request,
                                  const std::function<bool(const std::string&)>& allowed) {
  CallbackOutcome outcome;
  if (!allowed(address_)) {
    outcome.reason = "address not allowed";
    return outcome;
  }
  if (auto before = gate_.at("http.post", Moment::before); !before) {
    outcome.reason = "connection refused";
    return outcome;
  }
  std::string delivery;
  for (const auto& [name, value] : request.headers) {
    if (name == "Strongroom-Delivery") delivery = value;
  }
  posts_[delivery].push_back(request);
  int& failures = failures_[request.url];
  outcome.status = failures > 0 ? 503 : 200;
  if (failures > 0) failures -= 1;
  if (auto after = gate_.at("http.post", Moment::after); !after) {
    outcome.status.reset();
    outcome.reason = "timed out";
  }
  return outcome;
}

World::World(const WorldSettings& settings, Gate& gate, std::unique_ptr<SimClock> clock)
    : settings_(settings),
      clock_(std::move(clock)),
      entropy_(settings.seed),
      log_(settings.show_log),
      gauge_(100 * limits::kGiB),
      receiver_(gate),
      catalogue_(std::make_unique<memory::MemoryCatalogue>(*clock_, owners_)),
      working_(std::make_unique<memory::MemoryWorkingStorage>()),
      sources_(std::make_unique<memory::MemorySources>()),
      records_(std::make_unique<memory::MemoryLocation>()),
      gated_catalogue_(*catalogue_, gate),
      gated_working_(*working_, gate),
      gated_sources_(*sources_, gate),
      gated_records_(*records_, gate),
      gated_versions_(versions_, gate),
      notify_needs_{gated_catalogue_, receiver_, *clock_, entropy_, log_, metrics_} {
  sources_->add_bucket(kArea);
  for (std::size_t i = 0; i < settings.locations; ++i) {
    locations_.push_back(std::make_unique<memory::MemoryLocation>());
    gated_stores_.push_back(std::make_unique<GatedStore>(*locations_[i], gate));
    const std::string name = "location-" + std::to_string(i);
    const std::string uuid = "uuid-" + std::to_string(i);
    const bool is_direct = settings.direct_last && i + 1 == settings.locations;
    if (is_direct) {
      remote_ = std::make_unique<SimRemote>(*gated_stores_[i], uuid);
      direct_ = std::make_unique<remote::DirectDepository>(*remote_, uuid, true);
    }
    Depository& depository = is_direct ? static_cast<Depository&>(*direct_) : *locations_[i];
    gated_depositories_.push_back(std::make_unique<GatedDepository>(depository, gate));
    LocationFacts facts{*LocationName::parse(name),
                        kLabels[i],
                        uuid,
                        Provider::filesystem,
                        i == 0 ? LocationRole::primary : LocationRole::replica,
                        name,
                        "",
                        "file:///" + name,
                        AccessTier::hot,
                        !is_direct};
    if (is_direct) facts.verify = settings_.verify_last;
    facts.verify_fetched = settings_.verify_fetched;
    places_.push_back(ingest::Place{facts, *gated_stores_[i], *gated_depositories_[i]});
  }
  walker_settings_.doors.context_url = "http://sr.test/storage/v1/context.json";
  notify_settings_.public_base_url = "http://sr.test/storage/v1";
  notify_settings_.user_agent = "Strongroom/test";
  notify_settings_.policy.loopback_allowed = true;
}

World::~World() = default;

Result<std::unique_ptr<ByteSource>> SimRemote::get(const std::string& key, ByteRange range) {
  if (key != layout::location_marker_key()) return inner_.get(key, range);
  return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(marker_text({uuid_, "simulated"})));
}

Result<std::optional<ServerChecksum>> SimRemote::checksum_of(const std::string& key) {
  constexpr std::uint64_t kPartSize = 8;
  TRY(const auto stored, inner_.get(key, {}));
  if (key.size() % 2 == 0) return std::optional<ServerChecksum>();
  TRY(const std::string bytes, read_all(*stored, limits::kGiB));
  if (bytes.size() <= kPartSize) {
    return std::optional<ServerChecksum>({bytes.size(), digest_of(Algorithm::sha256, bytes), {}});
  }
  Hasher whole(Algorithm::sha256);
  for (std::size_t at = 0; at < bytes.size(); at += kPartSize) {
    whole.update(digest_of(Algorithm::sha256, bytes.substr(at, kPartSize)).bytes());
  }
  return std::optional<ServerChecksum>({bytes.size(), whole.finish(), kPartSize});
}

void World::post(const Submission& submission) {
  const std::string path = "package-" + std::to_string(posted_.size()) + ".tar";
  sources_->place(kArea, path, pack(submission.root, submission.files));
  std::optional<std::string> callback;
  if (submission.callback) callback = "http://127.0.0.1/done?job=" + std::to_string(posted_.size());
  IngestRequest request{submission.type, bag_id(submission.identifier), {Provider::filesystem, kArea, path}, callback,
                        std::nullopt,    *ClientId::parse("client")};
  const auto id = IngestId::parse(random_uuid(entropy_));
  auto accepted =
      catalogue_->accept(NewIngest{*id, request, *RequestId::parse("request-" + std::to_string(posted_.size())),
                                   clock_->now(), random_uuid(entropy_)});
  ASSERT_TRUE(accepted) << accepted.error().text();
  posted_.push_back({submission, *id});
  ingests_.push_back(*id);
}

void World::replace_package(std::size_t index, const std::map<std::string, std::string>& files) {
  sources_->place(kArea, "package-" + std::to_string(index) + ".tar", pack("", files));
}

void World::post_the_usual() {
  const std::map<std::string, std::string> payload = {
      {"a.txt", "hello\n"}, {"b é.bin", std::string(3000, 'x')}, {"empty", ""}};
  post({IngestType::create, "b1", make_bag("b1", payload), true, true, ""});
  // Only one file is new; one is renamed.
  const std::map<std::string, Fetched> kept = {{"b é.bin", {"v1/data/b é.bin", payload.at("b é.bin")}},
                                               {"was empty", {"v1/data/empty", ""}}};
  post({IngestType::update,
        "b1",
        make_delta("b1", {{"a.txt", "hello again\n"}}, kept),
        true,
        false,
        "",
        {{"data/b é.bin", payload.at("b é.bin")}, {"data/was empty", ""}}});
  post({IngestType::create, "b10", make_bag("b10", {{"v10", "v10"}}), true, false, "v1/"});
  auto broken = make_bag("b2", {{"v1", "v1"}});
  broken["data/v1"] = "flipped";
  post({IngestType::create, "b2", broken, false, true, ""});
}

std::unique_ptr<World::Process> World::start_process() {
  auto process = std::make_unique<Process>();
  process->owner = OwnerId{"boot-" + std::to_string(boots_), "process-" + std::to_string(++processes_)};
  process->horizon = std::make_unique<ingest::LeaseHorizon>(std::numeric_limits<std::int64_t>::max());
  if (settings_.horizons) *process->horizon = ingest::first_horizon(*clock_, {});
  process->walker_needs = std::make_unique<ingest::WalkerNeeds>(ingest::WalkerNeeds{
      ingest::DoorNeeds{gated_catalogue_, gated_sources_, gated_records_, workers_, *clock_, gauge_, gated_working_,
                        log_, settings_.direct_last ? &gated_versions_ : nullptr, &damage_notes_},
      entropy_, log_, places_, *process->horizon, metrics_});
  process->walker = std::make_unique<ingest::Walker>(*process->walker_needs, walker_settings_, process->owner, 0);
  process->notifier = std::make_unique<ingest::Notifier>(notify_needs_, notify_settings_, process->owner, 0);
  return process;
}

void World::bury(const Process& process) { owners_.bury(process.owner); }

void World::reboot() {
  boots_ += 1;
  working_->reboot();
  clock_->reboot();
}

void World::renew(Process& process) {
  const Duration before = clock_->since_boot();
  if (!catalogue_->renew(process.owner)) return;
  if (settings_.horizons) *process.horizon = (before + LeaseTimes{}.expiry - ingest::stop_margin({})).count();
}

bool World::at_rest() {
  for (const Posted& posted : posted_) {
    const auto ingest = catalogue_->find_ingest(posted.id);
    if (!ingest || !*ingest || (*ingest)->has_work()) return false;
    if ((*ingest)->callback && (*ingest)->callback->status == CallbackStatus::processing) return false;
  }
  return true;
}

void World::run_to_rest(const std::function<bool()>& reboot_after_death) {
  auto process = start_process();
  for (int turns = 0; !at_rest(); ++turns) {
    ASSERT_LT(turns, 20'000) << "the world does not come to rest";
    try {
      renew(*process);
      auto walked = process->walker->walk_one({});
      auto delivered = process->notifier->deliver_one();
      const bool busy = (walked && *walked) || (delivered && *delivered);
      if (!busy) clock_->advance(seconds(5));
    } catch (const Death&) {
      if (reboot_after_death()) {
        bury(*process);
        reboot();
      } else {
        bury(*process);
      }
      process = start_process();
    }
  }
}

void World::check() {
  for (const Posted& posted : posted_) check_ingest(posted);
  check_locations();
  check_outgoing();
}

void World::check_ingest(const Posted& posted) {
  const auto ingest = catalogue_->find_ingest(posted.id).value().value();
  const Status expected = posted.submission.accepted ? Status::succeeded : Status::failed;
  EXPECT_EQ(ingest.status, expected) << posted.submission.identifier;
  EXPECT_EQ(ingest.version.has_value(), posted.submission.accepted);
  check_events(posted, ingest);
  check_callbacks(ingest);
}

void World::check_events(const Posted& posted, const Ingest& ingest) {
  const auto events = catalogue_->events_of(posted.id).value();
  std::map<std::string, int> counts;
  std::optional<Instant> last;
  for (const IngestEvent& event : events) {
    if (event.description.find("retrying") == std::string::npos) counts[event.description] += 1;
    EXPECT_LE(last.value_or(event.created), event.created) << event.description;
    last = event.created;
  }
  for (const auto& [text, count] : counts) EXPECT_EQ(count, 1) << text << " in " << posted.submission.identifier;
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front().description, "Unpacking started");
  // Every started step has ended.
  for (const auto& [text, count] : counts) {
    const std::string ending = " started";
    if (!text.ends_with(ending)) continue;
    const std::string name = text.substr(0, text.size() - ending.size());
    int ended = 0;
    for (const auto& [other, n] : counts)
      ended += begins(other, name + " succeeded") || begins(other, name + " failed");
    EXPECT_EQ(ended, 1) << name << " of " << posted.submission.identifier;
  }
  if (!posted.submission.accepted) {
    EXPECT_EQ(counts["Verification (pre-replicating to archive storage) failed - Unable to verify one file in the bag: "
                     "data/v1"],
              1);
    return;
  }
  EXPECT_EQ(counts["Register succeeded (completed)"], 1);
  EXPECT_EQ(counts["Aggregating replicas succeeded - all replicas complete"], 1);
  (void)ingest;
}

void World::check_callbacks(const Ingest& ingest) {
  if (!ingest.callback) return;
  EXPECT_EQ(ingest.callback->status, CallbackStatus::succeeded);
  int deliveries = 0;
  for (const auto& [id, requests] : receiver_.posts()) {
    if (requests.front().url != ingest.callback->url) continue;
    deliveries += 1;
    for (const CallbackRequest& request : requests) EXPECT_EQ(request.body, requests.front().body);
  }
  EXPECT_EQ(deliveries, 1) << "one delivery of one run";
}

std::map<std::string, std::string> World::expected_objects() {
  std::map<std::string, std::string> expected;
  std::map<std::string, int> versions;
  for (const Posted& posted : posted_) {
    if (!posted.submission.accepted) continue;
    const Version version(++versions[posted.submission.identifier]);
    for (const auto& [name, content] : posted.submission.files) {
      expected[layout::file_key(bag_id(posted.submission.identifier), version, name)] = content;
    }
    const auto row = catalogue_->find_registered(bag_id(posted.submission.identifier), version).value();
    EXPECT_TRUE(row.has_value()) << posted.submission.identifier << " " << version.str();
    if (!row) continue;
    EXPECT_EQ(row->ingest, posted.id);
    const std::string kept = all_bytes(*records_, layout::kept_description_key(row->registration->description_sha256));
    EXPECT_EQ(sha256(kept), row->registration->description_sha256);
    check_description(posted, kept);
    expected[layout::description_key(bag_id(posted.submission.identifier), version)] = kept;
    if (settings_.direct_last) check_index(bag_id(posted.submission.identifier), *row);
  }
  return expected;
}

void World::check_index(const BagId& bag, const VersionRow& row) {
  EXPECT_EQ(versions_.find(bag, row.version).value(), version_entry(row)) << bag.str() << " " << row.version.str();
  const auto latest = catalogue_->find_registered(bag, std::nullopt).value();
  const auto listed = versions_.list(bag, std::nullopt, 1).value();
  ASSERT_FALSE(listed.empty());
  EXPECT_EQ(listed.front().version, latest->version) << "nothing is indexed that is not registered";
}

void World::check_description(const Posted& posted, const std::string& description) {
  const Submission& submission = posted.submission;
  TextSource source(description);
  DescriptionReader reader(source);
  ASSERT_TRUE(reader.head());
  std::map<std::string, std::string> meant = submission.files;
  meant.insert(submission.fetched.begin(), submission.fetched.end());
  const std::size_t all = meant.size();
  for (const bool payload : {true, false}) {
    for (;;) {
      const auto file = payload ? reader.next_file() : reader.next_tag_file();
      ASSERT_TRUE(file);
      if (*file == nullptr) break;
      const std::string key = layout::bag_prefix(bag_id(submission.identifier)) + (*file)->path;
      for (const auto& location : locations_) {
        EXPECT_EQ(all_bytes(*location, key), meant.at((*file)->name)) << key;
      }
      EXPECT_EQ((*file)->size, meant.at((*file)->name).size());
      meant.erase((*file)->name);
    }
  }
  EXPECT_TRUE(meant.empty()) << meant.begin()->first;
  const auto tail = reader.tail();
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->file_count, all);
  EXPECT_EQ(tail->own_file_count, submission.files.size());
}

void World::check_locations() {
  const auto expected = expected_objects();
  for (std::size_t i = 0; i < locations_.size(); ++i) {
    EXPECT_EQ(difference(locations_[i]->objects(), expected), "") << "location " << i;
    EXPECT_EQ(difference(locations_[i]->staged(), {}), "") << "location " << i;
  }
  EXPECT_EQ(difference(working_->contents(), {}), "");
}

void World::check_outgoing() {
  std::map<std::string, int> registered;
  std::int64_t last = 0;
  for (const OutgoingEvent& event : catalogue_->outgoing_after(0, 100'000).value()) {
    EXPECT_GT(event.sequence, last);
    last = event.sequence;
    if (event.kind == "registered-bag") registered[event.body] += 1;
  }
  std::size_t accepted = 0;
  for (const Posted& posted : posted_) accepted += posted.submission.accepted ? 1 : 0;
  EXPECT_EQ(registered.size(), accepted);
  for (const auto& [body, count] : registered) EXPECT_EQ(count, 1) << body;
}

}  // namespace strongroom::simulation
