// What the acceptance check makes of a bag besides texts: facts, the verified inventory, what it reads again, how it
// meets faults that are not the depositor's, and that its cost and memory do not explode with hostile or large bags.
#include <gmock/gmock.h>

#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Algorithm> algorithms_of(const InventoryEntry& entry) {
  std::vector<Algorithm> algorithms;
  for (const Digest& digest : entry.digests) algorithms.push_back(digest.algorithm());
  return algorithms;
}

const InventoryEntry& entry_named(const Checked& checked, std::string_view name) {
  const auto found = std::find_if(checked.verified.begin(), checked.verified.end(),
                                  [name](const InventoryEntry& entry) { return entry.name == name; });
  EXPECT_NE(found, checked.verified.end()) << name;
  return *found;
}

TEST(CheckTest, TellsTheFactsOfAnAcceptedBag) {
  const BagFiles files = BagBuilder("a/b")
                             .version("1.0")
                             .payload_algorithms({Algorithm::sha512, Algorithm::md5})
                             .tag_algorithms({Algorithm::sha1})
                             .file("data/b", "12345")
                             .info("External-Description: one\r\n\ttwo")
                             .info("contact:  x : y ")
                             .build();
  const Checked checked = check(files, request_for("a/b"));
  ASSERT_TRUE(checked.outcome.facts) << checked.failure();
  const BagFacts& facts = *checked.outcome.facts;
  EXPECT_EQ(facts.bagit_version, "1.0");
  EXPECT_EQ(facts.external_identifier.str(), "a/b");
  EXPECT_EQ(facts.oxum.octets, 11U);
  EXPECT_EQ(facts.oxum.files, 2U);
  EXPECT_THAT(facts.payload_algorithms, ElementsAre(Algorithm::md5, Algorithm::sha512));
  EXPECT_THAT(facts.tag_algorithms, ElementsAre(Algorithm::sha1));
  EXPECT_EQ(facts.payload_files, 2U);
  EXPECT_EQ(facts.payload_bytes, 11U);
  EXPECT_EQ(facts.tag_files, 5U);
  EXPECT_EQ(facts.payload_bytes + facts.tag_bytes, checked.outcome.bytes_checked);
  using Field = std::pair<std::string, std::string>;
  EXPECT_THAT(facts.metadata.fields, ElementsAre(Field("External-Identifier", "a/b"),
                                                 Field("Bagging-Date", "2024-05-01"), Field("Payload-Oxum", "11.2"),
                                                 Field("External-Description", "one\ntwo"), Field("contact", "x : y")));
  ASSERT_NE(facts.metadata.find("CONTACT"), nullptr);
  EXPECT_EQ(*facts.metadata.find("CONTACT"), "x : y");
  EXPECT_EQ(facts.metadata.find("other"), nullptr);
}

TEST(CheckTest, ReadsAgainOnlyForDigestsNotKnown) {
  const BagFiles files =
      BagBuilder().payload_algorithms({Algorithm::sha256, Algorithm::md5}).tag_algorithms({Algorithm::md5}).build();
  MemoryBag knowing(files, {Algorithm::sha1, Algorithm::md5, Algorithm::sha256});
  const Checked known = check(knowing, request_for());
  EXPECT_THAT(knowing.opened(), ElementsAre("bagit.txt", "bag-info.txt", "manifest-md5.txt", "manifest-sha256.txt",
                                            "tagmanifest-md5.txt"));
  MemoryBag forgetful(files, {Algorithm::sha256});
  const Checked computed = check(forgetful, request_for());
  EXPECT_EQ(std::count(forgetful.opened().begin(), forgetful.opened().end(), "data/a.txt"), 1);
  for (const Checked* checked : {&known, &computed}) {
    EXPECT_EQ(checked->failure(), "");
    EXPECT_THAT(algorithms_of(entry_named(*checked, "data/a.txt")), ElementsAre(Algorithm::sha256, Algorithm::md5));
    EXPECT_THAT(algorithms_of(entry_named(*checked, "tagmanifest-md5.txt")),
                ElementsAre(Algorithm::sha256, Algorithm::md5));
  }
  for (std::size_t i = 0; i < known.verified.size(); ++i) {
    EXPECT_EQ(encode_entry(known.verified[i]), encode_entry(computed.verified[i]));
  }
}

TEST(CheckTest, GivesTheVerifiedInventoryInOrderOfName) {
  const Checked checked = check(BagBuilder().file("data/a-b", "").file("data/a/b", "").file("z/y", "").build());
  EXPECT_EQ(checked.failure(), "");
  std::vector<std::string> names;
  for (const InventoryEntry& entry : checked.verified) names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("bag-info.txt", "bagit.txt", "data/a-b", "data/a.txt", "data/a/b",
                                 "manifest-sha256.txt", "tagmanifest-sha256.txt", "z/y"));
}

TEST(CheckTest, ReportsEachWrongDigestOnce) {
  BagFiles files = BagBuilder().payload_algorithms({Algorithm::md5, Algorithm::sha256}).build();
  files["data/a.txt"] = "hellO\n";
  const Checked checked = check(files);
  ASSERT_EQ(checked.problems.count("K1"), 2U);
  const Problem& problem = *checked.problems.find("K1");
  EXPECT_EQ(problem.algorithm, "md5");
  EXPECT_EQ(problem.expected, "b1946ac92492d2347c6235b4d2611184");
  EXPECT_EQ(problem.actual, digest_of(Algorithm::md5, "hellO\n").hex());
  EXPECT_EQ(checked.failure(), "Unable to verify one file in the bag: data/a.txt");
}

TEST(CheckTest, AnUnreadableFileIsTheBagsFault) {
  // K3; of a tag file, the rules that need it are skipped.
  for (const std::string name : {"data/a.txt", "bagit.txt", "bag-info.txt", "manifest-md5.txt"}) {
    MemoryBag bag(BagBuilder().payload_algorithms({Algorithm::md5, Algorithm::sha256}).build());
    bag.make_unreadable(name);
    const Checked checked = check(bag, request_for());
    EXPECT_EQ(checked.failure(), "Unable to verify one file in the bag: " + name);
    EXPECT_EQ(checked.rules(), std::set<std::string>{"K3"});
  }
}

TEST(CheckTest, I7_AnUpdateOfWhatIsNotStored) {
  CheckRequest request = request_for();
  request.update = true;
  request.bag = BagId{Space::parse("maps").value(), *request.expected};
  const Checked checked = check(BagBuilder().file("fetch.txt", "s3://b/r - data/r\n").build(), request);
  EXPECT_EQ(checked.failure(), "fetch.txt refers to a bag that is not stored: maps/x");
  EXPECT_EQ(check(BagBuilder().file("fetch.txt", "\n").build(), request).failure(), "");
}

TEST(CheckTest, AFetchedNameDecidesWhatAnEscapeMeans) {
  // The manifest's `data/r%25` is the fetched `data/r%`, so nothing is missing and nothing literal.
  BagFiles files = BagBuilder().version("1.0").file("fetch.txt", "s3://b/r - data/r%25\n").build();
  files["manifest-sha256.txt"] += kHash + "  data/r%25\n";
  replace(files["bag-info.txt"], "6.1", "6.2");
  retag(files);
  EXPECT_EQ(check(files).rules(), std::set<std::string>{"I1"});
}

TEST(CheckTest, AnEscapeOfNoFileAtAllMeansTheDecodedName) {
  BagFiles files = BagBuilder().version("1.0").build();
  files["manifest-sha256.txt"] += kHash + "  data/r%25\n";
  replace(files["bag-info.txt"], "6.1", "6.2");
  retag(files);
  const Checked checked = check(files);
  EXPECT_EQ(checked.failure(), "Unable to verify one file in the bag: data/r%");
  EXPECT_EQ(checked.rules(), std::set<std::string>{"K2"});
}

/// Fails in the way given when files are listed or opened.
class FailingBag final : public BagView {
 public:
  FailingBag(BagFiles files, Error error, std::string opening)
      : inner_(std::move(files)), error_(std::move(error)), opening_(std::move(opening)) {}
  Result<std::unique_ptr<EntryReader>> entries() override {
    if (opening_.empty()) return error_;
    return inner_.entries();
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    if (name == opening_) return error_;
    return inner_.open(name);
  }

 private:
  MemoryBag inner_;
  Error error_;
  std::string opening_;
};

TEST(CheckTest, FaultsOfOursEndTheCheck) {
  for (const std::string opening : {"", "bagit.txt", "manifest-md5.txt", "data/a.txt"}) {
    for (const Error& error : {temporary("not now"), broken("no disk")}) {
      FailingBag bag(BagBuilder().payload_algorithms({Algorithm::md5, Algorithm::sha256}).build(), error, opening);
      MemorySpillSpace spills;
      ProblemList problems;
      const auto outcome = check_bag(bag, request_for(), spills, problems, [](const InventoryEntry&) { return ok(); });
      ASSERT_FALSE(outcome) << opening;
      EXPECT_EQ(outcome.error().act, error.act);
    }
  }
}

TEST(CheckTest, AnErrorOfTheSinksIsPassedOn) {
  MemoryBag bag(BagBuilder().build());
  MemorySpillSpace spills;
  ProblemList problems;
  const auto outcome = check_bag(bag, request_for(), spills, problems,
                                 [](const InventoryEntry&) -> Result<void> { return broken("disk full"); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().what, "disk full");
}

TEST(CheckTest, TextsShowTheFirstNamesAndCountAll) {
  BagBuilder builder;
  for (int i = 9999; i >= 0; --i) builder.file("data/f" + std::to_string(100'000 + i), "x");
  BagFiles files = builder.build();
  for (auto& [name, content] : files) {
    if (name.starts_with("data/f")) content = "y";
  }
  const Checked checked = check(files);
  EXPECT_TRUE(checked.failure().starts_with(
      "Unable to verify 10000 files in the bag: data/f100000, data/f100001, data/f100002, "));
  EXPECT_LT(checked.failure().size(), 2000U);
  EXPECT_EQ(checked.problems.count("K1"), 10'000U);
}

/// A SpillSpace that counts, to see that memory was too small and the disk was used.
class CountingSpills final : public SpillSpace {
 public:
  Result<std::unique_ptr<Spill>> create() override {
    ++created;
    return inner_.create();
  }
  std::size_t created = 0;

 private:
  MemorySpillSpace inner_;
};

/// A bag of many files that exists only as it is read.
class LargeBag final : public BagView {
 public:
  explicit LargeBag(std::size_t count) : count_(count) {
    std::string manifest;
    // The manifest in another order than the files.
    for (std::size_t i = count; i-- > 0;) manifest += content_digest_.hex() + "  " + name(i) + "\n";
    BagFiles files = BagBuilder().without_payload().version("1.0").build();
    replace(files["bag-info.txt"], "0.0", std::to_string(count) + "." + std::to_string(count));
    files["manifest-sha256.txt"] = std::move(manifest);
    retag(files);
    for (auto& [file, content] : files) {
      sizes_.emplace(file, InventoryEntry{file, content.size(), {digest_of(Algorithm::sha256, content)}});
    }
    tags_ = std::move(files);
  }

  Result<std::unique_ptr<EntryReader>> entries() override {
    return std::unique_ptr<EntryReader>(std::make_unique<Reader>(*this));
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& file) override {
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(tags_.at(file)));
  }

 private:
  static std::string name(std::size_t i) {
    // Some escapes, some letters that case folding and normalisation look at.
    const std::string number = std::to_string(1'000'000 + i);
    return "data/" + number + (i % 1000 == 0 ? "%25" : i % 7 == 0 ? "\xC3\xA9" : "A") + "/page.txt";
  }
  class Reader final : public EntryReader {
   public:
    explicit Reader(const LargeBag& bag) : bag_(bag), tag_(bag.sizes_.begin()) {}
    Result<const InventoryEntry*> next() override {
      const bool tags_before_data = tag_ != bag_.sizes_.end() && tag_->first < "data/";
      if (!tags_before_data && at_ < bag_.count_) {
        entry_ = InventoryEntry{decoded(name(at_++)), 1, {bag_.content_digest_}};
        return static_cast<const InventoryEntry*>(&entry_);
      }
      if (tag_ == bag_.sizes_.end()) return static_cast<const InventoryEntry*>(nullptr);
      return static_cast<const InventoryEntry*>(&(tag_++)->second);
    }

   private:
    static std::string decoded(std::string text) {
      const auto escape = text.find("%25");
      if (escape != std::string::npos) text.erase(escape + 1, 2);
      return text;
    }
    const LargeBag& bag_;
    std::map<std::string, InventoryEntry>::const_iterator tag_;
    std::size_t at_ = 0;
    InventoryEntry entry_;
  };

  std::size_t count_;
  Digest content_digest_ = digest_of(Algorithm::sha256, "x");
  BagFiles tags_;
  std::map<std::string, InventoryEntry> sizes_;
};

TEST(CheckTest, ALargeBagIsSortedInLittleMemory) {
  constexpr std::size_t kFiles = 200'000;
  LargeBag bag(kFiles);
  CheckRequest request = request_for();
  request.sorter_memory = std::size_t{256} << 10;
  CountingSpills spills;
  ProblemList problems;
  std::uint64_t verified = 0;
  std::string last;
  const auto outcome = check_bag(bag, request, spills, problems, [&](const InventoryEntry& entry) -> Result<void> {
    EXPECT_LT(last, entry.name);
    last = entry.name;
    ++verified;
    return {};
  });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->failure.value_or(""), "");
  EXPECT_THAT(problems.problems, IsEmpty());
  EXPECT_EQ(verified, kFiles + 4);
  EXPECT_EQ(outcome->files_checked, kFiles + 4);
  EXPECT_GT(spills.created, 100U);
}

TEST(CheckTest, RepeatsOfOneLineAreOneFinding) {
  BagFiles files = BagBuilder().build();
  std::string& manifest = files["manifest-sha256.txt"];
  const std::string line = manifest;
  for (int i = 0; i < 100'000; ++i) manifest += line;
  retag(files);
  CheckRequest request = request_for();
  request.sorter_memory = std::size_t{256} << 10;
  const Checked checked = check(files, request);
  EXPECT_EQ(checked.failure(), "Error loading manifest-sha256.txt: Manifest contains duplicate paths: data/a.txt");
  EXPECT_EQ(checked.problems.problems.size(), 1U);
}

}  // namespace
}  // namespace strongroom::bagit
