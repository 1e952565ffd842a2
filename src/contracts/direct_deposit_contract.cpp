#include <atomic>

#include "contracts/deposit_contract.hpp"
#include "contracts/deposit_files.hpp"
#include "domain/layout.hpp"

namespace strongroom::contracts {
namespace {

class Checks {
 public:
  Checks(const DepositUnderTest& subject, const std::string& name)
      : subject_(subject), bag_(bag_named(subject.run, name)), ingest_(ingest_named(subject.run + name)) {}

  Result<void> files_go_to_their_final_keys() {
    TRY(const auto deposit, begin(1));
    TRY_VOID(require(!deposit->already_stored(), "a new version is not stored already"));
    TRY(const bool filled, deposit->take_in(""));
    TRY_VOID(require(!filled, "nothing was staged that could be taken in"));
    TRY_VOID(put_all(*deposit, sample_bag()));
    TRY_VOID(deposit->seal());
    TRY_VOID(expect_stored(subject_.store, v1(), sample_bag()));
    TRY_VOID(expect_deposit(*deposit, sample_bag()));
    TRY_VOID(deposit->commit());
    return expect_deposit(*deposit, sample_bag());
  }

  Result<void> nothing_is_staged() {
    TRY(const auto intake, subject_.depository.intake({ingest_, Fence{1}, {}}));
    TRY_VOID(require(intake == nullptr, "there is no intake"));
    return subject_.depository.sweep(ingest_, Fence{5});
  }

  Result<void> what_a_dead_attempt_has_put_is_found_and_gone_on_with() {
    {
      TRY(const auto dead, begin(1));
      TRY_VOID(put_one(*dead, "bagit.txt", sample_bag()["bagit.txt"]));
    }
    TRY(const auto next, begin(2));
    TRY_VOID(require(next->already_stored(), "something lies there"));
    TRY_VOID(put_all(*next, sample_bag()));
    TRY_VOID(next->seal());
    return expect_deposit(*next, sample_bag());
  }

  Result<void> different_content_is_refused_and_untouched() {
    TRY(const auto first, begin(1));
    TRY_VOID(put_all(*first, sample_bag()));
    TRY(const auto second, begin(2));
    for (const auto& [name, content] : sample_bag()) {
      const Result<void> put = put_one(*second, name, content + "!");
      TRY_VOID(require_failure(put, Reason::content_differs, "other bytes at " + name));
      TRY_VOID(
          require(put.error().act == Act::rejected && put.error().where == v1() + name, "the refusal names the key"));
    }
    TRY_VOID(second->abandon());
    return expect_stored(subject_.store, v1(), sample_bag());
  }

  /// Of small files a provider that tells anything tells the digest of the whole.
  Result<void> what_the_provider_computed_agrees() {
    TRY(const auto deposit, begin(1));
    TRY_VOID(put_all(*deposit, sample_bag()));
    for (const auto& [name, content] : sample_bag()) {
      TRY(const auto told, deposit->checksum_of(name));
      if (!told) continue;
      TRY_VOID(require(told->size == content.size(), "the size that is told of " + name));
      TRY_VOID(require(!told->part_size && told->sha256 == digest_of(Algorithm::sha256, content),
                       "the digest that is told of " + name));
    }
    const auto missing = deposit->checksum_of("data/none");
    return require(missing ? !*missing : missing.error().reason == Reason::not_found, "nothing is told of no file");
  }

  Result<void> wrong_bytes_are_not_stored() {
    TRY(const auto deposit, begin(1));
    const Result<void> put =
        deposit->put({"data/a", 5, digest_of(Algorithm::sha256, "right")}, opener_of(std::string("wrong")));
    TRY_VOID(require(!put, "wrong bytes are refused"));
    TextSink sink;
    return require_failure(deposit->read_back("data/a", sink), Reason::not_found, "the file that was refused");
  }

  Result<void> a_version_does_not_see_its_neighbours() {
    TRY(const auto tenth, subject_.depository.open({bag_, Version(10), ingest_, Fence{1}, {}}));
    TRY_VOID(put_all(*tenth, sample_bag()));
    TRY(const auto first, begin(2));
    TRY_VOID(require(!first->already_stored(), "v1 does not see v10"));
    TRY_VOID(put_one(*first, "bagit.txt", "one"));
    return expect_deposit(*first, {{"bagit.txt", "one"}});
  }

  Result<void> many_threads_fill_one_deposit() {
    Files files;
    for (int i = 0; i < 400; ++i) {
      files["data/" + std::to_string(i % 20) + "/" + std::to_string(i)] =
          sample_text(static_cast<std::size_t>(i) * 13, static_cast<std::uint64_t>(i));
    }
    const std::vector<std::pair<std::string, std::string>> all(files.begin(), files.end());
    TRY(const auto deposit, begin(1));
    std::atomic<int> failed = 0;
    subject_.workers.for_each(all.size(), 8, [&](std::size_t i) {
      if (!put_one(*deposit, all[i].first, all[i].second)) ++failed;
    });
    TRY_VOID(require(failed == 0, "every put succeeds"));
    subject_.workers.for_each(all.size(), 8, [&](std::size_t i) {
      TextSink sink;
      if (!deposit->read_back(all[i].first, sink) || sink.text() != all[i].second) ++failed;
    });
    return require(failed == 0, "every file reads back");
  }

 private:
  [[nodiscard]] std::string v1() const { return layout::version_prefix(bag_, Version(1)); }
  Result<std::unique_ptr<Deposit>> begin(std::int64_t fence) {
    return subject_.depository.open({bag_, Version(1), ingest_, Fence{fence}, {}});
  }

  const DepositUnderTest subject_;
  const BagId bag_;
  const IngestId ingest_;
};

}  // namespace

std::vector<NamedCheck> direct_deposit_checks(const DepositUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](const char* name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] {
                        Checks one(subject, name);
                        return (one.*check)();
                      }});
  };
  add("files_go_to_their_final_keys", &Checks::files_go_to_their_final_keys);
  add("nothing_is_staged", &Checks::nothing_is_staged);
  add("what_a_dead_attempt_has_put_is_found_and_gone_on_with",
      &Checks::what_a_dead_attempt_has_put_is_found_and_gone_on_with);
  add("different_content_is_refused_and_untouched", &Checks::different_content_is_refused_and_untouched);
  add("what_the_provider_computed_agrees", &Checks::what_the_provider_computed_agrees);
  add("wrong_bytes_are_not_stored", &Checks::wrong_bytes_are_not_stored);
  add("a_version_does_not_see_its_neighbours", &Checks::a_version_does_not_see_its_neighbours);
  add("many_threads_fill_one_deposit", &Checks::many_threads_fill_one_deposit);
  return checks;
}

}  // namespace strongroom::contracts
