// Goal: what fetch.txt means in an update is judged as bag-acceptance.md 7 has it (cases I1 to I7): the right file of
// the latest version, by its digests and its size, under any name. Method: a held version in memory, and updates built
// around it; every digest expected is computed by the test.
#include <map>

#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

constexpr const char* kBag = "s3://primary/maps/x/";

/// A stored version: name -> where it lies and its bytes.
class MemoryHeld final : public HeldVersion {
 public:
  struct File {
    std::string path;
    std::string content;
  };
  std::map<std::string, File> files;
  std::vector<Algorithm> recorded = {Algorithm::sha256};
  std::vector<std::string> opened;
  int lists = 0;

  Result<std::unique_ptr<EntryReader>> payload() override {
    ++lists;
    return std::unique_ptr<EntryReader>(std::make_unique<Reader>(*this));
  }
  [[nodiscard]] std::optional<std::string> path_of(std::string_view url) const override {
    const std::string_view bag = kBag;
    return url.starts_with(bag) ? std::optional(std::string(url.substr(bag.size()))) : std::nullopt;
  }
  Result<std::unique_ptr<ByteSource>> open(const InventoryEntry& wanted, std::string_view url) override {
    opened.push_back(std::string(url));
    for (const auto& [name, file] : files) {
      if (file.path == wanted.path) return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(file.content));
    }
    return broken("no such file", wanted.path, Reason::not_found);
  }

 private:
  class Reader final : public EntryReader {
   public:
    explicit Reader(const MemoryHeld& held) : held_(held), at_(held.files.begin()) {}
    Result<const InventoryEntry*> next() override {
      if (at_ == held_.files.end()) return static_cast<const InventoryEntry*>(nullptr);
      entry_ = InventoryEntry{at_->first, at_->second.content.size(), {}, at_->second.path};
      for (Algorithm algorithm : held_.recorded) entry_.digests.push_back(digest_of(algorithm, at_->second.content));
      ++at_;
      return static_cast<const InventoryEntry*>(&entry_);
    }

   private:
    const MemoryHeld& held_;
    std::map<std::string, File>::const_iterator at_;
    InventoryEntry entry_;
  };
};

/// An update: its own files, and what it fetches.
struct Update {
  std::map<std::string, std::string> own = {{"data/n.txt", "new\n"}};
  struct Entry {
    std::string url;
    std::string length;
    std::string name;
    std::string content;  ///< as the manifests say
  };
  std::vector<Entry> fetched;
  std::vector<Algorithm> algorithms = {Algorithm::sha256};
  std::string oxum;

  [[nodiscard]] BagFiles build() const {
    std::uint64_t bytes = 0;
    std::map<std::string, std::string> payload = own;
    for (const Entry& entry : fetched) payload[entry.name] = entry.content;
    for (const auto& [name, content] : payload) bytes += content.size();
    BagFiles files = BagBuilder().without_payload().payload_algorithms(algorithms).build();
    std::string lines;
    for (const Entry& entry : fetched) lines += entry.url + " " + entry.length + "\t" + entry.name + "\n";
    files["fetch.txt"] = lines;
    replace(files["bag-info.txt"], "0.0",
            oxum.empty() ? std::to_string(bytes) + "." + std::to_string(payload.size()) : oxum);
    BagFiles all = files;
    for (const auto& [name, content] : payload) all[name] = content;
    testing_support::remanifest(all);
    for (const auto& [name, content] : all) {
      if (!name.starts_with("data/") || own.contains(name)) files[name] = content;
    }
    return files;
  }
};

/// A check of an update, and what it took from the version before.
struct CheckedUpdate {
  Checked checked;
  std::vector<InventoryEntry> fetched;
};

CheckedUpdate check_bag_of(BagFiles files, MemoryHeld* held, bool is_update) {
  CheckRequest request = request_for();
  request.update = is_update;
  request.bag = BagId{Space::parse("maps").value(), *request.expected};
  request.held = held;
  request.sorter_memory = 4096;  // so that everything is spilled too
  MemoryBag bag(std::move(files));
  CheckedUpdate update;
  MemorySpillSpace spills;
  auto outcome = check_bag(
      bag, request, spills, update.checked.problems,
      [&](const InventoryEntry& entry) -> Result<void> {
        update.checked.verified.push_back(entry);
        return {};
      },
      [&](const InventoryEntry& entry) -> Result<void> {
        update.fetched.push_back(entry);
        return {};
      });
  EXPECT_TRUE(outcome) << outcome.error().text();
  if (outcome) update.checked.outcome = std::move(*outcome);
  return update;
}

MemoryHeld second_version() {
  MemoryHeld held;
  held.files = {{"data/r.txt", {"v1/data/r.txt", std::string(56, 'r')}},
                {"data/s.txt", {"v2/data/s.txt", "second\n"}},
                {"data/z.txt", {"v1/data/old.txt", "renamed before"}}};
  return held;
}

/// The entry that fetches `name` as it is stored.
Update::Entry entry_of(const MemoryHeld& held, const std::string& name, std::string length = "-") {
  const auto& file = held.files.at(name);
  return {std::string(kBag) + file.path, std::move(length), name, file.content};
}

class FetchMeaningTest : public testing::Test {
 protected:
  Checked check_update(const Update& update, bool is_update = true) {
    CheckedUpdate done = check_bag_of(update.build(), &held, is_update);
    fetched = std::move(done.fetched);
    return std::move(done.checked);
  }
  Update::Entry entry(const std::string& name, std::string length = "-") const {
    return entry_of(held, name, std::move(length));
  }
  std::string failure_of(const Update::Entry& changed) {
    Update update;
    update.fetched = {changed};
    return check_update(update).failure();
  }

  MemoryHeld held = second_version();
  std::vector<InventoryEntry> fetched;
};

TEST_F(FetchMeaningTest, I1_FilesComeFromWhereTheyWereLastSupplied) {
  Update update;
  update.fetched = {entry("data/s.txt", "7"), entry("data/r.txt", "56")};
  const Checked checked = check_update(update);
  EXPECT_EQ(checked.failure(), "");
  EXPECT_TRUE(checked.rules().empty());
  ASSERT_EQ(fetched.size(), 2U);
  EXPECT_EQ(fetched[0].name, "data/r.txt");
  EXPECT_EQ(fetched[0].path, "v1/data/r.txt");
  EXPECT_EQ(fetched[0].size, 56U);
  EXPECT_EQ(fetched[0].sha256(), digest_of(Algorithm::sha256, std::string(56, 'r')));
  EXPECT_EQ(fetched[1].path, "v2/data/s.txt");
  ASSERT_TRUE(checked.outcome.facts);
  EXPECT_EQ(checked.outcome.facts->payload_files, 3U);
  EXPECT_EQ(checked.outcome.facts->payload_bytes, 56U + 7U + 4U);
  // Only what the package brought was checked, and nothing stored was read.
  EXPECT_EQ(checked.outcome.files_checked, 6U);
  EXPECT_TRUE(held.opened.empty());
  EXPECT_EQ(held.lists, 1);
  EXPECT_EQ(checked.verified.size(), 6U);
}

TEST_F(FetchMeaningTest, AShallowUpdateBringsNoPayload) {
  Update update;
  update.own = {};
  update.fetched = {entry("data/r.txt"), entry("data/s.txt"), entry("data/z.txt")};
  EXPECT_EQ(check_update(update).failure(), "");
  EXPECT_EQ(fetched.size(), 3U);
}

TEST_F(FetchMeaningTest, I3_RenamingAndTakingTwice) {
  Update update;
  Update::Entry renamed = entry("data/r.txt");
  renamed.name = "data/renamed é.txt";
  update.fetched = {renamed, entry("data/r.txt"), entry("data/z.txt")};
  EXPECT_EQ(check_update(update).failure(), "");
  ASSERT_EQ(fetched.size(), 3U);
  EXPECT_EQ(fetched[0].name, "data/r.txt");
  EXPECT_EQ(fetched[1].name, "data/renamed é.txt");
  EXPECT_EQ(fetched[1].path, "v1/data/r.txt");
  EXPECT_EQ(fetched[2].path, "v1/data/old.txt");
}

TEST_F(FetchMeaningTest, I4_ElsewhereIsRefused) {
  for (const std::string url : {"s3://other/maps/x/v1/data/r.txt", "http://h/maps/x/v1/data/r.txt"}) {
    Update::Entry changed = entry("data/r.txt");
    changed.url = url;
    EXPECT_EQ(failure_of(changed),
              "fetch.txt refers to paths in a mismatched prefix or with a non-S3 URI scheme: data/r.txt");
  }
}

TEST_F(FetchMeaningTest, I5_OnlyTheMostRecentCopy) {
  for (const std::string path :
       {"v2/data/r.txt", "v3/data/r.txt", "v9/data/r.txt", "v1/bag-info.txt", "v1/data/q.txt", "v1/data/s.txt"}) {
    Update::Entry changed = entry("data/r.txt");
    changed.url = kBag + path;
    EXPECT_EQ(failure_of(changed), "fetch.txt does not name the most recent stored copy of: data/r.txt") << path;
  }
}

TEST_F(FetchMeaningTest, I6_DigestAndLengthAreThoseRecorded) {
  Update::Entry other = entry("data/r.txt");
  other.content = std::string(56, 'x');
  Update update;
  update.fetched = {other};
  Checked checked = check_update(update);
  EXPECT_EQ(checked.failure(), "Unable to verify one file in the bag: data/r.txt");
  const Problem* wrong = checked.problems.find("K4");
  ASSERT_NE(wrong, nullptr);
  EXPECT_EQ(wrong->kind, "wrong-checksum");
  EXPECT_EQ(wrong->expected, digest_of(Algorithm::sha256, other.content).hex());
  EXPECT_EQ(wrong->actual, digest_of(Algorithm::sha256, std::string(56, 'r')).hex());

  update.fetched = {entry("data/r.txt", "57")};
  checked = check_update(update);
  EXPECT_EQ(checked.failure(), "Unable to verify one file in the bag: data/r.txt");
  wrong = checked.problems.find("K5");
  ASSERT_NE(wrong, nullptr);
  EXPECT_EQ(wrong->kind, "wrong-length");
  EXPECT_EQ(wrong->expected, "57");
  EXPECT_EQ(wrong->actual, "56");
  EXPECT_TRUE(held.opened.empty());
}

TEST_F(FetchMeaningTest, I6_AnAlgorithmThatWasNotRecordedIsReadOnce) {
  Update update;
  update.algorithms = {Algorithm::md5, Algorithm::sha512};
  update.fetched = {entry("data/r.txt"), entry("data/s.txt")};
  EXPECT_EQ(check_update(update).failure(), "");
  EXPECT_EQ(held.opened.size(), 2U);
  ASSERT_EQ(fetched.size(), 2U);
  for (Algorithm algorithm : {Algorithm::sha256, Algorithm::md5, Algorithm::sha512}) {
    ASSERT_NE(fetched[0].digest(algorithm), nullptr);
    EXPECT_EQ(*fetched[0].digest(algorithm), digest_of(algorithm, std::string(56, 'r')));
  }
}

TEST_F(FetchMeaningTest, I7_WhatTheListsSay) {
  Update update;
  update.fetched = {entry("data/r.txt")};
  EXPECT_EQ(check_update(update, false).failure(), "fetch.txt is only allowed in an update");

  // A path that no manifest lists.
  BagFiles files = update.build();
  files["fetch.txt"] += std::string(kBag) + "v2/data/s.txt - data/q\n";
  retag(files);
  CheckRequest request = request_for();
  request.update = true;
  request.held = &held;
  MemoryBag unlisted(files);
  EXPECT_EQ(check(unlisted, request).failure(), "fetch.txt refers to paths that aren't in the bag manifest: data/q");

  // Fetched and present.
  Update both;
  both.own["data/r.txt"] = held.files["data/r.txt"].content;
  both.fetched = {entry("data/r.txt")};
  EXPECT_EQ(check_update(both).failure(), "Files referred to in the fetch.txt also appear in the bag: data/r.txt");

  update.oxum = "1.2";
  EXPECT_EQ(check_update(update).failure(),
            "Payload-Oxum has the wrong octetstream sum: 1 bytes, but bag actually contains 60 bytes");
  update.oxum = "60.1";
  EXPECT_EQ(check_update(update).failure(),
            "Payload-Oxum has the wrong number of payload files: 1, but bag manifest has 2");
}

TEST_F(FetchMeaningTest, AllFindingsAtOnce) {
  Update update;
  Update::Entry elsewhere = entry("data/r.txt");
  elsewhere.url = "s3://other/r";
  Update::Entry stale = entry("data/s.txt");
  stale.url = std::string(kBag) + "v1/data/s.txt";
  Update::Entry wrong = entry("data/z.txt", "1");
  wrong.url = std::string(kBag) + "v1/data/z";
  held.files["data/z.txt"].path = "v1/data/z";
  update.fetched = {elsewhere, stale, wrong};
  const Checked checked = check_update(update);
  EXPECT_EQ(checked.rules(), (std::set<std::string>{"I4", "I5", "K5"}));
}

TEST_F(FetchMeaningTest, I7_ManyEntriesAreOneListAndNoReads) {
  Update update;
  held.files.clear();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "data/f" + std::to_string(i);
    held.files[name] = {"v" + std::to_string(1 + i % 3) + "/" + name, std::to_string(i)};
    update.fetched.push_back(entry(name));
  }
  EXPECT_EQ(check_update(update).failure(), "");
  EXPECT_EQ(fetched.size(), 10'000U);
  EXPECT_EQ(held.lists, 1);
  EXPECT_TRUE(held.opened.empty());
}

UpdateCase update_case(std::string name, const std::function<void(Update::Entry&)>& change, std::set<std::string> found,
                       bool is_update = true, bool is_stored = true) {
  const auto run = [=] {
    MemoryHeld held = second_version();
    Update update;
    update.fetched = {entry_of(held, "data/r.txt"), entry_of(held, "data/s.txt")};
    change(update.fetched.front());
    return check_bag_of(update.build(), is_stored ? &held : nullptr, is_update).checked;
  };
  return {std::move(name), run, std::move(found)};
}

}  // namespace

std::vector<UpdateCase> update_cases() {
  using Entry = Update::Entry;
  const auto url = [](std::string text) { return [=](Entry& entry) { entry.url = text; }; };
  const auto as_it_is = [](Entry&) {};
  std::vector<UpdateCase> rows = {
      update_case("Update_Right", as_it_is, {}),
      update_case("Update_Renamed", [](Entry& entry) { entry.name = "data/other name.txt"; }, {}),
      update_case("Update_LengthTold", [](Entry& entry) { entry.length = "56"; }, {}),
      update_case("I1_InACreate", as_it_is, {"I1 fetch-in-create"}, false),
      update_case("I2_NotStored", as_it_is, {"I2 fetch-unknown-bag"}, true, false),
      update_case("I4_OtherBucket", url("s3://other/maps/x/v1/data/r.txt"), {"I4 fetch-elsewhere"}),
      update_case("I4_OtherScheme", url("https://example.org/maps/x/v1/data/r.txt"), {"I4 fetch-elsewhere"}),
      update_case("I5_LaterVersion", url(std::string(kBag) + "v2/data/r.txt"), {"I5 fetch-not-current"}),
      update_case("I5_TagFile", url(std::string(kBag) + "v1/bag-info.txt"), {"I5 fetch-not-current"}),
      update_case("K4_OtherContent", [](Entry& entry) { entry.content[0] = 'x'; }, {"K4 wrong-checksum"}),
      update_case("K5_OtherLength", [](Entry& entry) { entry.length = "57"; }, {"K5 wrong-length"}),
  };
  const auto unlisted = [] {
    MemoryHeld held = second_version();
    Update update;
    update.fetched = {entry_of(held, "data/r.txt")};
    BagFiles files = update.build();
    files["fetch.txt"] += std::string(kBag) + "v2/data/s.txt - data/q\n";
    retag(files);
    return check_bag_of(std::move(files), &held, true).checked;
  };
  rows.push_back({"I3_NotListed", unlisted, {"I3 fetch-not-listed", "M1 wrong-oxum"}});
  return rows;
}

}  // namespace strongroom::bagit
