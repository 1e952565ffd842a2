#include "contracts/version_index_contract.hpp"

#include <atomic>

namespace strongroom::contracts {
namespace {

constexpr std::size_t kRacers = 8;

VersionEntry entry_of(std::int64_t version, const std::string& seed = "a") {
  return {Version(version),
          ingest_named(seed),
          instant_of(1'714'555'800'540'112 + version),
          digest_of(Algorithm::sha256, seed).hex(),
          std::uint64_t{1} << 40U,
          10'000'000,
          std::uint64_t{9} << 50U,
          {"uuid-1", "uuid-2"}};
}

class Checks {
 public:
  Checks(const VersionIndexUnderTest& subject, const std::string& name)
      : index_(subject.index),
        workers_(subject.workers),
        bag_{subject.space, ExternalIdentifier::parse(name + "/a b.c").value()} {}

  Result<void> a_row_is_found_as_it_was_put() {
    TRY_VOID(index_.check());
    TRY_VOID(index_.put(bag_, entry_of(1)));
    TRY(const auto found, index_.find(bag_, Version(1)));
    TRY_VOID(require(found == entry_of(1), "a row comes back as it was"));
    TRY(const auto other, index_.find(bag_, Version(2)));
    return require(!other, "a row that was not put is not found");
  }

  Result<void> the_same_row_again_is_success() {
    for (int i = 0; i < 3; ++i) TRY_VOID(index_.put(bag_, entry_of(1)));
    return {};
  }

  Result<void> another_row_is_refused_and_nothing_changes() {
    TRY_VOID(index_.put(bag_, entry_of(1)));
    TRY_VOID(require_failure(index_.put(bag_, entry_of(1, "b")), Reason::conflict, "another row"));
    TRY(const auto found, index_.find(bag_, Version(1)));
    return require(found == entry_of(1), "the first row stays");
  }

  Result<void> versions_are_listed_newest_first() {
    for (const std::int64_t version : {1, 2, 10, 9, 3}) TRY_VOID(index_.put(bag_, entry_of(version)));
    const auto numbers = [&](std::optional<Version> before, std::size_t limit) -> Result<std::string> {
      TRY(const auto listed, index_.list(bag_, before, limit));
      std::string text;
      for (const VersionEntry& one : listed) {
        TRY_VOID(require(one == entry_of(one.version.number()), "a listed row is as it was put"));
        text += one.version.str() + " ";
      }
      return text;
    };
    TRY(const std::string all, numbers(std::nullopt, 100));
    TRY_VOID(require(all == "v10 v9 v3 v2 v1 ", "all versions by number: " + all));
    TRY(const std::string latest, numbers(std::nullopt, 1));
    TRY_VOID(require(latest == "v10 ", "the latest one: " + latest));
    TRY(const std::string page, numbers(Version(9), 2));
    TRY_VOID(require(page == "v3 v2 ", "a page below a version: " + page));
    TRY(const std::string none, numbers(Version(1), 5));
    return require(none.empty(), "nothing below the first");
  }

  Result<void> other_bags_are_not_listed() {
    TRY_VOID(index_.put(bag_, entry_of(1)));
    BagId longer = bag_;
    longer.external_identifier = ExternalIdentifier::parse(bag_.external_identifier.str() + "d").value();
    TRY_VOID(index_.put(longer, entry_of(2)));
    TRY(const auto listed, index_.list(bag_, std::nullopt, 10));
    return require(listed.size() == 1 && listed.front().version == Version(1), "a bag lists its own versions only");
  }

  Result<void> of_racers_with_different_rows_one_wins() {
    std::atomic<std::size_t> won = 0;
    std::atomic<std::size_t> lost = 0;
    workers_.for_each(kRacers, kRacers, [&](std::size_t i) {
      const auto put = index_.put(bag_, entry_of(1, "racer " + std::to_string(i)));
      if (put) ++won;
      if (!put && put.error().reason == Reason::conflict) ++lost;
    });
    return require(won == 1 && lost == kRacers - 1, std::to_string(won) + " of the racers have won");
  }

 private:
  VersionIndex& index_;
  Workers& workers_;
  const BagId bag_;
};

}  // namespace

std::vector<NamedCheck> version_index_checks(const VersionIndexUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](std::string name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] { return (Checks(subject, name).*check)(); }});
  };
  add("a_row_is_found_as_it_was_put", &Checks::a_row_is_found_as_it_was_put);
  add("the_same_row_again_is_success", &Checks::the_same_row_again_is_success);
  add("another_row_is_refused_and_nothing_changes", &Checks::another_row_is_refused_and_nothing_changes);
  add("versions_are_listed_newest_first", &Checks::versions_are_listed_newest_first);
  add("other_bags_are_not_listed", &Checks::other_bags_are_not_listed);
  add("of_racers_with_different_rows_one_wins", &Checks::of_racers_with_different_rows_one_wins);
  return checks;
}

}  // namespace strongroom::contracts
