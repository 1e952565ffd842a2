// Goal: lists, figures, ledgers and the audit log as the front desk and the audit log promise them. Method: ingests of
// several bags, clients and states on a real database.
#include <algorithm>
#include <set>

#include "adapters/catalogue/sqlite/support.hpp"

namespace strongroom::sqlite {
namespace {

class FrontDeskTest : public SqliteTest {
 protected:
  FrontDeskTest() {
    auto opened = open();
    EXPECT_TRUE(opened);
    catalogue_ = opened->get();
    bench_.catalogue = std::move(*opened);
  }

  Ingest accept(const std::string& space, const std::string& bag) {
    NewIngest asked = bench_.request(bag);
    asked.request.bag = {Space::parse(space).value(), ExternalIdentifier::parse(bag).value()};
    asked.request.source = {Provider::filesystem, "uploads", bag + ".tar.gz"};
    auto accepted = bench_.accept(asked);
    EXPECT_TRUE(accepted);
    bench_.clock.pass(std::chrono::milliseconds(1));
    return std::move(*accepted);
  }
  /// Claims whatever is next and ends it.
  void end_next(Status status) {
    const auto claim = bench_.claim(bench_.ann);
    ASSERT_TRUE(claim);
    ASSERT_TRUE(bench_.end(*claim, status));
  }
  std::vector<Ingest> list(const IngestFilter& filter, std::size_t limit = 1000,
                           std::optional<ListPlace> after = std::nullopt) {
    auto listed = catalogue_->list_ingests(filter, after, limit);
    EXPECT_TRUE(listed) << listed.error().text();
    return listed ? std::move(*listed) : std::vector<Ingest>();
  }
  std::size_t count(const IngestFilter& filter) { return list(filter).size(); }

  SqliteCatalogue* catalogue_ = nullptr;
};

TEST_F(FrontDeskTest, PagesGiveEveryIngestOnceNewestFirst) {
  std::set<std::string> all;
  for (int i = 0; i < 25; ++i) all.insert(accept("maps", "b" + std::to_string(i % 7)).id.str());
  std::set<std::string> seen;
  std::optional<ListPlace> after;
  Instant last = Instant::max();
  for (;;) {
    const auto page = list({}, 10, after);
    if (page.empty()) break;
    for (const Ingest& ingest : page) {
      EXPECT_LT(ingest.created, last);
      last = ingest.created;
      EXPECT_TRUE(seen.insert(ingest.id.str()).second);
    }
    after = ListPlace{page.back().created, page.back().id};
    accept("maps", "new" + std::to_string(seen.size()));  // what comes in meanwhile is on no later page
  }
  EXPECT_EQ(seen, all);
}

TEST_F(FrontDeskTest, EqualDatesAreOrderedById) {
  const Instant now = bench_.clock.now();
  for (const char* bag : {"a", "b", "c", "d"}) {
    NewIngest asked = bench_.request(bag);
    asked.now = now;
    ASSERT_TRUE(bench_.accept(asked));
  }
  const auto first = list({}, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_GT(first[0].id.str(), first[1].id.str());
  const auto rest = list({}, 10, ListPlace{first[1].created, first[1].id});
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_GT(first[1].id.str(), rest[0].id.str());
}

TEST_F(FrontDeskTest, FiltersCombine) {
  accept("maps", "a");
  const Ingest second = accept("maps", "b");
  accept("books", "a");
  end_next(Status::succeeded);
  end_next(Status::failed);
  EXPECT_EQ(count({}), 3U);
  EXPECT_EQ(count({.statuses = {Status::succeeded}}), 1U);
  EXPECT_EQ(count({.statuses = {Status::succeeded, Status::failed}}), 2U);
  EXPECT_EQ(count({.statuses = {Status::processing}}), 0U);
  EXPECT_EQ(count({.space = "maps"}), 2U);
  EXPECT_EQ(count({.external_identifier = "a"}), 2U);
  EXPECT_EQ(count({.space = "maps", .external_identifier = "a"}), 1U);
  EXPECT_EQ(count({.space = "none", .external_identifier = "a"}), 0U);
  EXPECT_EQ(count({.statuses = {Status::succeeded}, .space = "books"}), 0U);
  EXPECT_EQ(count({.allowed_spaces = std::vector<std::string>{"books"}}), 1U);
  EXPECT_EQ(count({.allowed_spaces = std::vector<std::string>{}}), 0U);
  EXPECT_EQ(count({.statuses = {Status::succeeded}, .allowed_spaces = std::vector<std::string>{"books"}}), 0U);
  // Ranges tile: at or after, strictly before.
  EXPECT_EQ(count({.created_from = second.created}), 2U);
  EXPECT_EQ(count({.created_before = second.created}), 1U);
  EXPECT_EQ(count({.created_from = second.created, .created_before = second.created + Duration(1)}), 1U);
}

TEST_F(FrontDeskTest, StatusesAreMergedInOrder) {
  for (int i = 0; i < 6; ++i) {
    accept("maps", "b" + std::to_string(i));
    end_next(i % 2 == 0 ? Status::succeeded : Status::failed);
  }
  const IngestFilter both{.statuses = {Status::failed, Status::succeeded}};
  const auto first = list(both, 4);
  ASSERT_EQ(first.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(first, std::greater(), &Ingest::created));
  const auto rest = list(both, 4, ListPlace{first.back().created, first.back().id});
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_LT(rest.front().created, first.back().created);
}

TEST_F(FrontDeskTest, TheTallyCounts) {
  const Ingest oldest = accept("maps", "a");
  accept("maps", "b");
  accept("maps", "c");
  auto tally = catalogue_->tally();
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->ingests[static_cast<std::size_t>(Status::accepted)], 3U);
  EXPECT_EQ(tally->oldest_unfinished, oldest.created);
  EXPECT_EQ(tally->last_sequence, 3);
  end_next(Status::succeeded);
  end_next(Status::failed);
  end_next(Status::failed);
  tally = catalogue_->tally();
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->ingests[static_cast<std::size_t>(Status::accepted)], 0U);
  EXPECT_EQ(tally->ingests[static_cast<std::size_t>(Status::succeeded)], 1U);
  EXPECT_EQ(tally->ingests[static_cast<std::size_t>(Status::failed)], 2U);
  EXPECT_FALSE(tally->oldest_unfinished);
}

TEST_F(FrontDeskTest, LeftOversAreToldAndCounted) {
  const Ingest ingest = accept("maps", "a");
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  Settle settle = bench_.settle(claim->lease, ingest);
  VersionRow row = bench_.version(3, VersionState::left_over, ingest.id);
  row.final_write_attempted = true;
  settle.writes.emplace_back(SaveVersion{row});
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  EXPECT_EQ(catalogue_->left_over_of(ingest.id).value(), std::vector<Version>{Version(3)});
  EXPECT_EQ(catalogue_->tally()->left_over_versions, 1U);
}

TEST_F(FrontDeskTest, VersionsAreListedNewestFirst) {
  EXPECT_FALSE(catalogue_->list_versions(bench_.bag("a"), std::nullopt, 10)->latest);
  const Ingest ingest = accept(bench_.bag("a").space.str(), "a");
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  Settle settle = bench_.settle(claim->lease, ingest);
  for (const int number : {2, 10, 9}) {
    settle.writes.emplace_back(SaveVersion{bench_.version(number, VersionState::registered, ingest.id)});
  }
  settle.writes.emplace_back(SaveVersion{bench_.version(11, VersionState::reserved, ingest.id)});
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  const auto numbers = [&](std::optional<Version> before, std::size_t limit) {
    const VersionPage page = catalogue_->list_versions(bench_.bag("a"), before, limit).value();
    EXPECT_EQ(page.latest, Version(10));
    std::vector<std::int64_t> found;
    for (const ListedVersion& listed : page.versions) found.push_back(listed.version.number());
    return found;
  };
  EXPECT_EQ(numbers(std::nullopt, 10), (std::vector<std::int64_t>{10, 9, 2}));
  EXPECT_EQ(numbers(std::nullopt, 2), (std::vector<std::int64_t>{10, 9}));
  EXPECT_EQ(numbers(Version(10), 10), (std::vector<std::int64_t>{9, 2}));
  EXPECT_EQ(numbers(Version(2), 10), std::vector<std::int64_t>());
}

TEST_F(FrontDeskTest, StuckIngestsAreThoseWithoutNews) {
  const Ingest waiting = accept("maps", "a");
  bench_.clock.pass(std::chrono::hours(1));
  const Ingest fresh = accept("maps", "b");
  auto stuck = catalogue_->stuck_since(bench_.clock.now() - std::chrono::minutes(30), 10);
  ASSERT_TRUE(stuck);
  ASSERT_EQ(stuck->size(), 1U);
  EXPECT_EQ(stuck->front().ingest, waiting.id);
  EXPECT_EQ(stuck->front().since, waiting.created);
  end_next(Status::failed);
  stuck = catalogue_->stuck_since(bench_.clock.now() + Duration(1), 10);
  ASSERT_TRUE(stuck);
  ASSERT_EQ(stuck->size(), 1U);
  EXPECT_EQ(stuck->front().ingest, fresh.id);
}

TEST_F(FrontDeskTest, KeysAreForgotten) {
  NewIngest asked = bench_.request("a");
  asked.key = IdempotencyKey{"k", "digest"};
  ASSERT_TRUE(bench_.accept(asked));
  EXPECT_EQ(catalogue_->forget_keys(asked.now).value(), 0U);
  EXPECT_EQ(catalogue_->forget_keys(asked.now + Duration(1)).value(), 1U);
  NewIngest other = bench_.request("a");
  other.key = IdempotencyKey{"k", "another"};
  EXPECT_TRUE(bench_.accept(other));
}

TEST_F(FrontDeskTest, AnUploadIsSpentWhenItsIngestSucceededLongAgo) {
  const auto spent = [&](Instant before) { return catalogue_->spent_uploads("uploads", before, 10).value().size(); };
  ASSERT_TRUE(catalogue_->enter_upload({"uploads", "a.tar.gz"}, bench_.clock.now()));
  ASSERT_TRUE(catalogue_->enter_upload({"uploads", "a.tar.gz"}, bench_.clock.now()));
  ASSERT_TRUE(catalogue_->enter_upload({"uploads", "never-asked-for.tar.gz"}, bench_.clock.now()));
  EXPECT_EQ(spent(Instant::max()), 0U);
  accept("maps", "a");
  EXPECT_EQ(spent(Instant::max()), 0U);
  end_next(Status::failed);
  EXPECT_EQ(spent(Instant::max()), 0U);  // it can still be retried
  accept("other", "a");                  // the same upload once more
  end_next(Status::succeeded);
  EXPECT_EQ(spent(bench_.clock.now() - std::chrono::hours(1)), 0U);
  bench_.clock.pass(std::chrono::hours(2));
  EXPECT_EQ(spent(bench_.clock.now() - std::chrono::hours(1)), 1U);
  accept("third", "a");
  EXPECT_EQ(spent(Instant::max()), 0U);
  end_next(Status::succeeded);
  ASSERT_TRUE(catalogue_->strike_upload({"uploads", "a.tar.gz"}));
  EXPECT_EQ(spent(Instant::max()), 0U);
}

TEST_F(FrontDeskTest, TheAuditLogIsOneChain) {
  NewIngest asked = bench_.request("a");
  asked.deed = Deed{"goobi", std::string(audit_action::kIngestRequested), "ingest a", "done", "r1", asked.now};
  ASSERT_TRUE(bench_.accept(asked));
  ASSERT_TRUE(catalogue_->record({"mapper", std::string(audit_action::kAccessDenied), "x", "denied", "r2", asked.now}));
  const auto claim = bench_.claim(bench_.ann);
  ASSERT_TRUE(claim);
  Settle settle = bench_.settle(claim->lease, bench_.stored(asked.id).value());
  settle.writes.emplace_back(RecordDeed{{"service", "ingest.ended", "ingest a", "failed", "r1", asked.now}});
  ASSERT_TRUE(bench_.catalogue->settle(settle));
  // A settle that is refused records nothing.
  settle.writes.emplace_back(ReleaseVersion{Version(1)});
  settle.lease.fence = Fence{999};
  ASSERT_FALSE(bench_.catalogue->settle(settle));

  const auto records = catalogue_->audit_after(0, 100);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3U);
  AuditChain chain;
  for (const AuditRecord& record : *records) {
    const auto followed = chain.follow(record.line);
    EXPECT_TRUE(followed) << followed.error().text();
    EXPECT_EQ(record.sha256, chain.sha256());
  }
  EXPECT_EQ(catalogue_->audit_after(2, 100)->size(), 1U);
  EXPECT_EQ(catalogue_->audit_after(0, 2)->size(), 2U);
}

TEST_F(FrontDeskTest, TheAuditLogCannotBeChangedByAStatement) {
  ASSERT_TRUE(catalogue_->record({"a", "b", "c", "d", "", bench_.clock.now()}));
  int code = SQLITE_OK;
  raw_sql(file_, "UPDATE audit SET line = 'x'", &code);
  EXPECT_EQ(code, SQLITE_CONSTRAINT);
  raw_sql(file_, "DELETE FROM audit", &code);
  EXPECT_EQ(code, SQLITE_CONSTRAINT);
  EXPECT_EQ(raw_sql(file_, "SELECT count(*) FROM audit"), 1);
}

}  // namespace
}  // namespace strongroom::sqlite
