#include "contracts/deposit_contract.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>

#include "contracts/deposit_files.hpp"
#include "domain/layout.hpp"

namespace strongroom::contracts {
namespace {

const ContentOpener kNeverOpened = []() -> Result<std::unique_ptr<ByteSource>> {
  return not_kept("content is not read again when the file is there");
};

class Checks {
 public:
  Checks(const DepositUnderTest& subject, const std::string& name)
      : subject_(subject), bag_(bag_named(subject.run, name)), ingest_(ingest_named(subject.run + name)) {}

  Result<void> nothing_is_visible_before_commit() {
    TRY(const auto deposit, begin(1));
    TRY_VOID(require(!deposit->already_stored(), "a new version is not stored already"));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(expect_stored(v1(), {}));
    TRY(const auto everything, keys_below(subject_.store, "_strongroom/staging"));
    TRY_VOID(require(everything.empty(), "staging is never listed"));
    TRY_VOID(expect_deposit(*deposit, sample_bag()));
    TRY_VOID(deposit->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    TRY_VOID(expect_deposit(*deposit, sample_bag()));
    return expect_no_staging();
  }

  Result<void> commit_may_be_repeated() {
    TRY_VOID(deposit_all(1, sample_bag()));
    TRY(const auto again, begin(2));
    TRY_VOID(require(again->already_stored(), "a committed version is found"));
    for (const auto& [name, content] : sample_bag()) {
      TRY_VOID(again->put({name, content.size(), digest_of(Algorithm::sha256, content)}, opener_of(content)));
    }
    TRY_VOID(again->seal());
    TRY_VOID(expect_deposit(*again, sample_bag()));
    TRY_VOID(again->commit());
    TRY_VOID(again->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> commit_needs_a_barrier() {
    TRY(const auto deposit, begin(1));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(require(!deposit->commit(), "commit without seal is refused"));
    TRY_VOID(deposit->seal());
    TRY_VOID(put_one(*deposit, "data/late.txt", "late"));
    TRY_VOID(require(!deposit->commit(), "commit after a write that followed seal is refused"));
    TRY_VOID(expect_stored(v1(), {}));
    return deposit->abandon();
  }

  Result<void> a_sealed_deposit_can_be_committed_by_who_opens_it_again() {
    {
      TRY(const auto deposit, begin(1));
      TRY_VOID(put_all(*deposit, sample_bag()));
      TRY_VOID(deposit->seal());
    }
    TRY(const auto again, begin(1));
    TRY_VOID(expect_deposit(*again, sample_bag()));
    TRY_VOID(again->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> different_content_is_refused_and_untouched() {
    TRY_VOID(deposit_all(1, sample_bag()));
    Files other = sample_bag();
    other["data/a.txt"][0] ^= 1;
    other["data/missing.txt"] = "not stored";
    TRY(const auto deposit, begin(2));
    const std::pair<const char*, Reason> expected[] = {{"data/a.txt", Reason::content_differs},
                                                       {"data/missing.txt", Reason::not_found}};
    for (const auto& [name, reason] : expected) {
      const Result<void> put = put_one(*deposit, name, other[name]);
      TRY_VOID(require_failure(put, reason, std::string("put of a differing ") + name));
      TRY_VOID(require(put.error().act == Act::rejected && put.error().where == v1() + name, "it names the key"));
    }
    TRY_VOID(deposit->abandon());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> of_two_fences_the_second_finds_the_same() {
    TRY(const auto first, staged_deposit(1, sample_bag()));
    TRY(const auto second, staged_deposit(2, sample_bag()));
    TRY_VOID(second->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    TRY_VOID(first->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> of_two_fences_a_differing_one_is_refused() {
    Files changed = sample_bag();
    changed["data/big.bin"].back() ^= 1;
    Files longer = sample_bag();
    longer["data/a.txt"] += "!";
    Files more = sample_bag();
    more["data/more.txt"] = "more";
    Files fewer = sample_bag();
    fewer.erase("data/a.txt");
    const std::vector<std::pair<Files, Reason>> cases = {{changed, Reason::content_differs},
                                                         {longer, Reason::content_differs},
                                                         {more, Reason::content_differs},
                                                         {fewer, Reason::unexpected_content}};
    std::vector<std::unique_ptr<Deposit>> losers;
    std::int64_t fence = 1;
    for (const auto& [files, reason] : cases) {
      TRY(std::unique_ptr<Deposit> loser, staged_deposit(fence++, files));
      losers.push_back(std::move(loser));
    }
    TRY_VOID(deposit_all(fence, sample_bag()));
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Result<void> commit = losers[i]->commit();
      TRY_VOID(require_failure(commit, cases[i].second, "commit over other content, case " + std::to_string(i)));
      TRY_VOID(require(commit.error().act == Act::rejected, "the refusal is the depositor's"));
      TRY_VOID(losers[i]->abandon());
    }
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> racing_commits_leave_one_whole_version() {
    constexpr std::size_t kRacers = 6;
    std::vector<std::unique_ptr<Deposit>> deposits;
    for (std::size_t i = 0; i < kRacers; ++i) {
      TRY(std::unique_ptr<Deposit> deposit, staged_deposit(static_cast<std::int64_t>(i) + 1, sample_bag()));
      deposits.push_back(std::move(deposit));
    }
    std::atomic<int> failed = 0;
    subject_.workers.for_each(kRacers, kRacers, [&](std::size_t i) {
      if (!deposits[i]->commit()) ++failed;
    });
    TRY_VOID(require(failed == 0, "all commits of the same content succeed"));
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> another_fence_is_not_adopted_unasked() {
    Files stale = sample_bag();
    for (auto& [name, content] : stale) content = std::string(content.size(), '#');
    TRY(const auto old, begin(1));
    TRY_VOID(put_all(*old, stale));
    TRY(const auto fresh, begin(2));
    TRY_VOID(expect_deposit(*fresh, {}));
    TRY_VOID(put_all(*fresh, sample_bag()));
    TRY_VOID(fresh->seal());
    TRY_VOID(expect_deposit(*fresh, sample_bag()));
    TRY_VOID(fresh->commit());
    // The stale owner lives on and writes: nothing of it reaches what is committed.
    TRY_VOID(put_one(*old, "data/stale.txt", "stale"));
    TRY_VOID(old->seal());
    TRY_VOID(require(!old->commit(), "the stale owner's content is refused"));
    TRY_VOID(old->abandon());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> adopted_staging_is_kept() {
    {
      TRY(const auto old, begin(1));
      TRY_VOID(put_all(*old, sample_bag()));
    }
    TRY(const auto deposit, begin(2, Fence{1}));
    for (const auto& [name, content] : sample_bag()) {
      TRY_VOID(deposit->put({name, content.size(), digest_of(Algorithm::sha256, content)}, kNeverOpened));
    }
    TRY_VOID(deposit->seal());
    TRY_VOID(expect_deposit(*deposit, sample_bag()));
    TRY_VOID(deposit->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> adopted_files_of_another_size_are_written_again() {
    {
      TRY(const auto old, begin(1));
      TRY_VOID(put_one(*old, "data/a.txt", "cut sho"));
    }
    TRY(const auto deposit, begin(2, Fence{1}));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(expect_deposit(*deposit, sample_bag()));
    return deposit->abandon();
  }

  Result<void> adopting_nothing_begins_anew() {
    TRY(const auto deposit, begin(5, Fence{4}));
    TRY_VOID(expect_deposit(*deposit, {}));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(deposit->commit());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> the_same_fence_goes_on_where_it_was() {
    {
      TRY(const auto deposit, begin(1));
      TRY_VOID(put_one(*deposit, "data/a.txt", sample_bag()["data/a.txt"]));
    }
    TRY(const auto deposit, begin(1));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(deposit->commit());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> sweep_takes_only_lower_fences_of_the_ingest() {
    for (const std::int64_t fence : {1, 2, 3, 10}) {
      TRY(const auto deposit, begin(fence));
      TRY_VOID(put_one(*deposit, "data/a.txt", "a"));
    }
    const IngestId other = ingest_named("another ingest of " + bag_.str());
    TRY(const auto neighbour, subject_.depository.open({bag_, Version(2), other, Fence{1}, {}}));
    TRY_VOID(put_one(*neighbour, "data/a.txt", "a"));
    TRY_VOID(subject_.depository.sweep(ingest_, Fence{3}));
    for (const std::int64_t fence : {3, 10}) {
      TRY(const auto kept, begin(fence));
      TRY_VOID(expect_deposit(*kept, {{"data/a.txt", "a"}}));
      TRY_VOID(kept->abandon());
    }
    TRY_VOID(expect_deposit(*neighbour, {{"data/a.txt", "a"}}));
    TRY_VOID(neighbour->abandon());
    TRY(const auto gone, begin(1));
    TRY_VOID(expect_deposit(*gone, {}));
    TRY_VOID(gone->abandon());
    TRY(const auto gone_too, begin(2));
    TRY_VOID(expect_deposit(*gone_too, {}));
    TRY_VOID(gone_too->abandon());
    return expect_no_staging();
  }

  Result<void> what_unpacking_stages_becomes_a_deposit() {
    for (const std::string& root : {std::string(), std::string("a bag/"), std::string("x/y/")}) {
      TRY_VOID(subject_.depository.sweep(ingest_, Fence{9}));
      TRY(const auto intake, subject_.depository.intake({ingest_, Fence{1}, {}}));
      TRY_VOID(intake->create_directory(root + "data/nothing in it"));
      TRY_VOID(stage_all(*intake, root, sample_bag()));
      if (!root.empty()) TRY_VOID(stage_one(*intake, "beside the bag", "b"));
      TRY_VOID(intake->finish());
      TRY_VOID(expect_staged(*intake, root, sample_bag()));
      TRY(const auto deposit, begin(1));
      TRY(const bool whole, deposit->take_in(root));
      TRY_VOID(require(whole, "every file was written"));
      TRY_VOID(expect_deposit(*deposit, sample_bag()));
      TRY_VOID(expect_staged(*intake, root, sample_bag()));
      TRY(const bool again, deposit->take_in(root));
      TRY_VOID(require(again, "taking in is repeated"));
      TRY_VOID(deposit->seal());
    }
    TRY(const auto deposit, begin(1));
    TRY_VOID(deposit->commit());
    TRY_VOID(expect_stored(v1(), sample_bag()));
    return expect_no_staging();
  }

  Result<void> what_is_not_whole_is_put_once_more() {
    {
      TRY(const auto intake, subject_.depository.intake({ingest_, Fence{1}, {}}));
      TRY_VOID(stage_one(*intake, "bag/data/a.txt", sample_bag()["data/a.txt"]));
      TRY(const auto cut, intake->create_file("bag/data/big.bin", 2 << 20));
      TRY_VOID(cut->write(as_bytes(std::string("the beginning"))));
    }
    TRY(const auto deposit, begin(2, Fence{1}));
    TRY(const bool whole, deposit->take_in("bag/"));
    TRY_VOID(require(!whole, "nobody said that every file was written"));
    TRY_VOID(expect_deposit(*deposit, {{"data/a.txt", sample_bag()["data/a.txt"]}}));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(deposit->commit());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> an_intake_makes_each_name_once() {
    TRY(const auto intake, subject_.depository.intake({ingest_, Fence{1}, {}}));
    TRY_VOID(stage_one(*intake, "a/b", "1"));
    TRY_VOID(intake->create_directory("d"));
    TRY_VOID(intake->create_directory("d"));
    for (const std::string name : {"a/b", "a", "a/b/c", "d"}) {
      const auto made = intake->create_file(name, 1);
      TRY_VOID(require(!made && made.error().reason == Reason::already_exists, "refused: " + name));
    }
    const auto directory = intake->create_directory("a/b");
    TRY_VOID(require(!directory && directory.error().reason == Reason::already_exists, "a file is no directory"));
    TRY_VOID(intake->clear());
    const auto gone = intake->open_file("", "a/b");
    TRY_VOID(require(!gone && gone.error().reason == Reason::not_found, "cleared"));
    TRY_VOID(stage_one(*intake, "a", "2"));
    return subject_.depository.sweep(ingest_, Fence{2});
  }

  Result<void> what_is_stored_takes_nothing_in() {
    TRY_VOID(deposit_all(1, sample_bag()));
    TRY(const auto intake, subject_.depository.intake({ingest_, Fence{2}, {}}));
    Files other = sample_bag();
    other["data/a.txt"] = "something else";
    TRY_VOID(stage_all(*intake, "", other));
    TRY_VOID(intake->finish());
    TRY(const auto deposit, begin(2));
    TRY(const bool whole, deposit->take_in(""));
    TRY_VOID(require(!whole, "a stored version is compared file by file"));
    TRY_VOID(expect_stored(v1(), sample_bag()));
    TRY_VOID(deposit->abandon());
    return expect_no_staging();
  }

  Result<void> an_abandoned_deposit_can_be_written_again() {
    TRY(const auto bad, staged_deposit(1, {{"data/a.txt", "bad"}}));
    TRY_VOID(bad->abandon());
    TRY_VOID(expect_no_staging());
    TRY_VOID(deposit_all(1, sample_bag()));
    TRY_VOID(bad->abandon());
    return expect_stored(v1(), sample_bag());
  }

  Result<void> wrong_bytes_are_not_kept() {
    TRY(const auto deposit, begin(1));
    for (const std::string given : {"abcdeF", "abcde", "abcdefg"}) {
      const std::string promised = "abcdef";
      const Result<void> put =
          deposit->put({"data/x", promised.size(), digest_of(Algorithm::sha256, promised)}, opener_of(given));
      TRY_VOID(require_failure(put, Reason::corrupt, "bytes other than the inventory's"));
      TRY_VOID(expect_deposit(*deposit, {}));
    }
    return deposit->abandon();
  }

  Result<void> a_version_does_not_see_its_neighbours() {
    TRY(const auto tenth, subject_.depository.open({bag_, Version(10), ingest_, Fence{1}, {}}));
    TRY_VOID(put_all(*tenth, sample_bag()));
    TRY_VOID(tenth->seal());
    TRY_VOID(tenth->commit());
    TRY(const auto first, begin(2));
    TRY_VOID(require(!first->already_stored(), "v1 does not see v10"));
    TRY_VOID(put_one(*first, "bagit.txt", "one"));
    TRY_VOID(first->seal());
    TRY_VOID(first->commit());
    TRY_VOID(expect_deposit(*first, {{"bagit.txt", "one"}}));
    return expect_stored(layout::version_prefix(bag_, Version(10)), sample_bag());
  }

  Result<void> many_threads_fill_one_deposit() {
    Files files;
    for (int i = 0; i < 400; ++i) {
      files["data/" + std::to_string(i % 20) + "/" + std::to_string(i % 7) + "/" + std::to_string(i)] =
          sample_text(static_cast<std::size_t>(i) * 13, static_cast<std::uint64_t>(i));
    }
    const std::vector<std::pair<std::string, std::string>> all(files.begin(), files.end());
    TRY(const auto deposit, begin(1));
    std::atomic<int> failed = 0;
    subject_.workers.for_each(all.size(), 8, [&](std::size_t i) {
      if (!put_one(*deposit, all[i].first, all[i].second)) ++failed;
    });
    TRY_VOID(require(failed == 0, "every put succeeds"));
    TRY_VOID(deposit->seal());
    subject_.workers.for_each(all.size(), 8, [&](std::size_t i) {
      TextSink sink;
      if (!deposit->read_back(all[i].first, sink) || sink.text() != all[i].second) ++failed;
    });
    TRY_VOID(require(failed == 0, "every file reads back"));
    TRY_VOID(deposit->commit());
    return expect_stored(v1(), files);
  }

  Result<void> tampering_with_staging_shows() {
    TRY(const auto deposit, staged_deposit(1, sample_bag()));
    const std::string tree = layout::staging_directory(ingest_, Fence{1}) + "/tree/";
    Files tampered = sample_bag();
    tampered["data/a.txt"][2] ^= 4;
    tampered["data/extra.txt"] = "planted";
    tampered.erase("bagit.txt");
    subject_.plant(tree + "data/a.txt", tampered["data/a.txt"]);
    subject_.plant(tree + "data/extra.txt", "planted");
    subject_.lose(tree + "bagit.txt");
    TRY_VOID(expect_deposit(*deposit, tampered));
    TextSink sink;
    TRY_VOID(require_failure(deposit->read_back("bagit.txt", sink), Reason::not_found, "a lost file"));
    return deposit->abandon();
  }

  Result<void> tampering_with_a_stored_version_shows() {
    TRY_VOID(deposit_all(1, sample_bag()));
    subject_.plant(v1() + "data/extra.txt", "planted");
    subject_.lose(v1() + "bagit.txt");
    TRY(const auto deposit, begin(2));
    Files tampered = sample_bag();
    tampered["data/extra.txt"] = "planted";
    tampered.erase("bagit.txt");
    TRY_VOID(expect_deposit(*deposit, tampered));
    TRY_VOID(require_failure(put_one(*deposit, "bagit.txt", sample_bag()["bagit.txt"]), Reason::not_found,
                             "a file that a stored version lacks"));
    return deposit->abandon();
  }

 private:
  [[nodiscard]] std::string v1() const { return layout::version_prefix(bag_, Version(1)); }

  Result<std::unique_ptr<Deposit>> begin(std::int64_t fence, std::optional<Fence> adopt = {}) {
    return subject_.depository.open({bag_, Version(1), ingest_, Fence{fence}, adopt});
  }
  static Result<void> stage_one(Intake& intake, const std::string& name, const std::string& content) {
    TRY(const auto file, intake.create_file(name, content.size()));
    TRY_VOID(file->write(as_bytes(content)));
    return file->finish();
  }
  static Result<void> stage_all(Intake& intake, const std::string& root, const Files& files) {
    for (const auto& [name, content] : files) TRY_VOID(stage_one(intake, root + name, content));
    return {};
  }
  static Result<void> expect_staged(Intake& intake, const std::string& root, const Files& files) {
    for (const auto& [name, content] : files) {
      TRY(const auto source, intake.open_file(root, name));
      TRY(const std::string text, read_all(*source, 8 << 20));
      TRY_VOID(require(text == content, "staged as it is: " + name));
    }
    return {};
  }
  Result<std::unique_ptr<Deposit>> staged_deposit(std::int64_t fence, const Files& files) {
    TRY(std::unique_ptr<Deposit> deposit, begin(fence));
    TRY_VOID(put_all(*deposit, files));
    TRY_VOID(deposit->seal());
    return deposit;
  }
  Result<void> deposit_all(std::int64_t fence, const Files& files) {
    TRY(const auto deposit, staged_deposit(fence, files));
    return deposit->commit();
  }

  Result<void> expect_stored(const std::string& prefix, const Files& files) {
    return contracts::expect_stored(subject_.store, prefix, files);
  }
  Result<void> expect_no_staging() {
    if (!subject_.staged) return {};
    for (const std::string& key : subject_.staged()) {
      TRY_VOID(require(key.find(ingest_.str()) == std::string::npos, "nothing is left in staging: " + key));
    }
    return {};
  }

  const DepositUnderTest subject_;
  const BagId bag_;
  const IngestId ingest_;
};

}  // namespace

std::vector<NamedCheck> staged_deposit_checks(const DepositUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](const char* name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] {
                        Checks one(subject, name);
                        return (one.*check)();
                      }});
  };
  add("nothing_is_visible_before_commit", &Checks::nothing_is_visible_before_commit);
  add("commit_may_be_repeated", &Checks::commit_may_be_repeated);
  add("commit_needs_a_barrier", &Checks::commit_needs_a_barrier);
  add("a_sealed_deposit_can_be_committed_by_who_opens_it_again",
      &Checks::a_sealed_deposit_can_be_committed_by_who_opens_it_again);
  add("different_content_is_refused_and_untouched", &Checks::different_content_is_refused_and_untouched);
  add("of_two_fences_the_second_finds_the_same", &Checks::of_two_fences_the_second_finds_the_same);
  add("of_two_fences_a_differing_one_is_refused", &Checks::of_two_fences_a_differing_one_is_refused);
  add("racing_commits_leave_one_whole_version", &Checks::racing_commits_leave_one_whole_version);
  add("another_fence_is_not_adopted_unasked", &Checks::another_fence_is_not_adopted_unasked);
  add("adopted_staging_is_kept", &Checks::adopted_staging_is_kept);
  add("adopted_files_of_another_size_are_written_again", &Checks::adopted_files_of_another_size_are_written_again);
  add("adopting_nothing_begins_anew", &Checks::adopting_nothing_begins_anew);
  add("the_same_fence_goes_on_where_it_was", &Checks::the_same_fence_goes_on_where_it_was);
  add("sweep_takes_only_lower_fences_of_the_ingest", &Checks::sweep_takes_only_lower_fences_of_the_ingest);
  add("what_unpacking_stages_becomes_a_deposit", &Checks::what_unpacking_stages_becomes_a_deposit);
  add("what_is_not_whole_is_put_once_more", &Checks::what_is_not_whole_is_put_once_more);
  add("an_intake_makes_each_name_once", &Checks::an_intake_makes_each_name_once);
  add("what_is_stored_takes_nothing_in", &Checks::what_is_stored_takes_nothing_in);
  add("an_abandoned_deposit_can_be_written_again", &Checks::an_abandoned_deposit_can_be_written_again);
  add("wrong_bytes_are_not_kept", &Checks::wrong_bytes_are_not_kept);
  add("a_version_does_not_see_its_neighbours", &Checks::a_version_does_not_see_its_neighbours);
  add("many_threads_fill_one_deposit", &Checks::many_threads_fill_one_deposit);
  if (subject.plant && subject.lose) {
    add("tampering_with_staging_shows", &Checks::tampering_with_staging_shows);
    add("tampering_with_a_stored_version_shows", &Checks::tampering_with_a_stored_version_shows);
  }
  return checks;
}

}  // namespace strongroom::contracts
