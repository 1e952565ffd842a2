// Goal: of random bags with random damage every damage is found and named, and nothing else is said. Method: bags of
// random names, sizes, algorithms and versions, each first checked whole; then some of their files are damaged, each in
// a way of its own, and the findings must be just those. A failure tells its seed.
#include <random>

#include "bagit/check_cases.hpp"

namespace strongroom::bagit {
namespace {

using testing_support::remanifest;
using Findings = std::set<std::pair<std::string, std::string>>;  // rule, path

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool once_in(std::size_t n) { return below(n) == 0; }
  template <class List>
  const auto& one_of(const List& list) {
    return *std::next(list.begin(), static_cast<std::ptrdiff_t>(below(list.size())));
  }

 private:
  std::mt19937_64 engine_;
};

std::string random_content(Dice& dice) {
  std::string content(dice.below(dice.once_in(10) ? 5000 : 60), '\0');
  for (char& c : content) c = static_cast<char>(dice.below(256));
  return content;
}

/// Each name is unique by its number, also in another case. None has an escape that a missing file leaves undecided.
std::string random_name(Dice& dice, std::size_t number) {
  static const std::vector<std::string> kPieces = {"a",  "b c", "é",   "100%", "%25", "日本", "-",
                                                   "~1", "d/e", "..f", "g..h", "'",   "[1]",  "#"};
  std::string name = "data/";
  const std::size_t pieces = 1 + dice.below(4);
  for (std::size_t i = 0; i < pieces; ++i) name += dice.one_of(kPieces);
  return name + std::to_string(number);
}

BagFiles random_bag(Dice& dice) {
  static const std::vector<std::vector<Algorithm>> kSets = {
      {Algorithm::sha256},
      {Algorithm::sha512},
      {Algorithm::md5, Algorithm::sha256},
      {Algorithm::sha256, Algorithm::sha512, Algorithm::sha3_256}};
  BagBuilder builder;
  builder.version(dice.once_in(2) ? "0.97" : "1.0").line_end(dice.once_in(3) ? "\r\n" : "\n");
  builder.payload_algorithms(dice.one_of(kSets)).tag_algorithms(dice.one_of(kSets));
  const std::size_t files = dice.below(12);
  for (std::size_t i = 0; i < files; ++i) builder.file(random_name(dice, i), random_content(dice));
  const std::size_t tags = dice.below(3);
  for (std::size_t i = 0; i < tags; ++i) builder.file("notes/n" + std::to_string(i), "note " + std::to_string(i));
  return builder.build();
}

/// Damages one file of the bag; what has to be said of it.
std::pair<std::string, std::string> damage(Dice& dice, BagFiles& files, const std::string& name) {
  std::string& content = files[name];
  switch (dice.below(content.empty() ? 2 : 4)) {
    case 0:
      files.erase(name);
      return {"K2", name};
    case 1:
      content += static_cast<char>(dice.below(256));
      return {"K1", name};
    case 2:
      content.resize(dice.below(content.size()));
      return {"K1", name};
    default:
      content[dice.below(content.size())] ^= static_cast<char>(1U << dice.below(8));
      return {"K1", name};
  }
}

/// Without those of Payload-Oxum, which counts what others name.
Findings found_in(const Checked& checked) {
  Findings found;
  for (const Problem& problem : checked.problems.problems) {
    if (problem.is_warning() || problem.rule == "G1" || problem.rule == "M1") continue;
    found.emplace(problem.rule, problem.path);
  }
  return found;
}

TEST(RandomDamageTest, EveryDamageIsFoundAndNothingElse) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    BagFiles files = random_bag(dice);
    const Checked whole = check(files);
    ASSERT_EQ(whole.failure(), "");
    ASSERT_EQ(whole.verified.size(), files.size());

    std::vector<std::string> healthy;
    for (const auto& [name, content] : files) {
      if (name.starts_with("data/") || name.starts_with("notes/")) healthy.push_back(name);
    }
    Findings expected;
    const std::size_t damages = 1 + dice.below(3);
    for (std::size_t i = 0; i < damages && !healthy.empty(); ++i) {
      const std::size_t at = dice.below(healthy.size());
      expected.insert(damage(dice, files, healthy[at]));
      healthy.erase(healthy.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (dice.once_in(3)) {
      const std::string name = (dice.once_in(2) ? "data/" : "") + std::string("stray") + std::to_string(seed);
      files[name] = random_content(dice);
      expected.emplace("L2", name);
    }
    const Checked damaged = check(files);
    EXPECT_EQ(found_in(damaged), expected);
    EXPECT_NE(damaged.failure(), "");
  }
}

TEST(RandomDamageTest, AChangedDigitInAManifestNamesTheFileAndTheManifest) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    BagFiles files = random_bag(dice);
    std::vector<std::string> manifests;
    for (const auto& [name, content] : files) {
      if (name.starts_with("manifest-")) manifests.push_back(name);
    }
    const std::string manifest = dice.one_of(manifests);
    std::string& text = files[manifest];
    char& digit = text[dice.below(text.find(' '))];
    digit = digit == '0' ? '1' : '0';
    const Findings found = found_in(check(files));
    EXPECT_EQ(found.size(), 2U);
    EXPECT_TRUE(found.contains({"K1", manifest}));
  }
}

}  // namespace
}  // namespace strongroom::bagit
