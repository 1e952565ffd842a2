#include "contracts/working_storage_contract.hpp"

#include <atomic>
#include <memory>
#include <optional>

namespace strongroom::contracts {
namespace {

class Checks {
 public:
  Checks(const WorkingUnderTest& subject, const std::string& name)
      : subject_(subject), ingest_(ingest_named("working " + name)), storage_(&subject.start(false)) {}

  Result<void> files_and_blobs_come_back() {
    TRY(const auto area, begin(1));
    TRY_VOID(require(!area->resumed(), "a first area is not resumed"));
    for (const std::size_t size : {0U, 1U, 65'536U, 100'000U, (2U << 20U) + 3U}) {
      const std::string name = "bag/data/" + std::to_string(size);
      TRY_VOID(write_file(*area, name, sample_text(size, size), size));
      TRY_VOID(write_blob(*area, std::to_string(size), sample_text(size, size + 1)));
      TRY_VOID(expect_file(*area, name, sample_text(size, size)));
      TRY_VOID(expect_blob(*area, std::to_string(size), sample_text(size, size + 1)));
    }
    TRY_VOID(require_failure(area->open_file("bag/none"), Reason::not_found, "a file that is not there"));
    TRY_VOID(require_failure(area->open_file("bag/data"), Reason::not_found, "a directory opened as a file"));
    return require_failure(area->open_blob("none"), Reason::not_found, "a blob that is not there");
  }

  Result<void> a_wrong_expected_size_does_no_harm() {
    TRY(const auto area, begin(1));
    TRY_VOID(write_file(*area, "shorter", "short", 3U << 20U));
    TRY_VOID(expect_file(*area, "shorter", "short"));
    TRY_VOID(write_file(*area, "longer", sample_text(100'000, 1), 5));
    return expect_file(*area, "longer", sample_text(100'000, 1));
  }

  Result<void> the_same_fence_is_resumed() {
    TRY_VOID(fill(1));
    for (const bool restart : {false, true}) {
      if (restart) storage_ = &subject_.start(false);
      TRY(const auto area, begin(1));
      TRY_VOID(require(area->resumed(), "the same fence resumes"));
      TRY_VOID(expect_filled(*area));
    }
    return {};
  }

  Result<void> adoption_takes_everything_over() {
    TRY_VOID(fill(1));
    storage_ = &subject_.start(false);
    TRY(const auto area, begin(2, Fence{1}));
    TRY_VOID(require(area->resumed(), "an adopted area is resumed"));
    TRY_VOID(expect_filled(*area));
    TRY(const auto old, begin(1));
    return require(!old->resumed(), "what was adopted is no longer where it was");
  }

  Result<void> without_adoption_an_area_is_new() {
    TRY_VOID(fill(1));
    TRY(const auto area, begin(2));
    TRY_VOID(require(!area->resumed(), "another fence's area is not taken over unasked"));
    TRY_VOID(require_failure(area->open_file("bag/a"), Reason::not_found, "its files"));
    TRY_VOID(require_failure(area->open_blob("inventory"), Reason::not_found, "its blobs"));
    TRY(const auto later, begin(3, Fence{1}));
    return require_failure(later->open_blob("inventory"), Reason::not_found, "the old area was removed");
  }

  Result<void> adoption_reaches_over_fences_that_left_nothing() {
    TRY_VOID(fill(1));
    TRY(const auto area, begin(4, Fence{1}));
    TRY_VOID(require(area->resumed(), "the latest area there is is taken over"));
    TRY(const auto blob, area->open_blob("inventory"));
    return {};
  }

  Result<void> nothing_is_trusted_after_a_reboot() {
    TRY_VOID(fill(1));
    storage_ = &subject_.start(true);
    TRY(const auto same, begin(1));
    TRY_VOID(require(!same->resumed(), "the same fence after a reboot is not resumed"));
    TRY_VOID(require_failure(same->open_file("bag/a"), Reason::not_found, "its files"));
    TRY_VOID(fill(1));
    storage_ = &subject_.start(true);
    TRY(const auto adopted, begin(2, Fence{1}));
    TRY_VOID(require(!adopted->resumed(), "an area from before a reboot is not adopted"));
    TRY_VOID(require_failure(adopted->open_blob("inventory"), Reason::not_found, "its blobs"));
    return write_file(*adopted, "bag/a", "new", 3);
  }

  Result<void> a_name_is_made_once() {
    TRY(const auto area, begin(1));
    TRY_VOID(write_file(*area, "a/b/c", "1", 1));
    TRY(const auto open, area->create_file("a/open", 1));
    const std::string deep = "x/" + std::string(2000, 'y');
    TRY_VOID(write_file(*area, deep, "1", 1));
    for (const std::string& name : {std::string("a/b/c"), std::string("a/b"), std::string("a"), std::string("a/b/c/d"),
                                    std::string("a/b/c/d/e"), std::string("a/open"), std::string("a/open/x"), deep}) {
      const auto taken = area->create_file(name, 1);
      TRY_VOID(require_failure(taken, Reason::already_exists, "a second " + name.substr(0, 20)));
      TRY_VOID(require(taken.error().act == Act::rejected, "the refusal is the depositor's"));
    }
    return expect_file(*area, "a/b/c", "1");
  }

  Result<void> of_racers_for_a_name_one_wins() {
    TRY(const auto area, begin(1));
    for (int round = 0; round < 20; ++round) {
      std::atomic<int> won = 0;
      std::atomic<int> failed = 0;
      subject_.workers.for_each(8, 8, [&](std::size_t i) {
        const std::string content = std::to_string(i);
        const Result<void> written = write_file(*area, "d" + std::to_string(round) + "/e/f", content, content.size());
        if (written) ++won;
        if (!written && written.error().reason != Reason::already_exists) ++failed;
      });
      TRY_VOID(require(won == 1 && failed == 0, "exactly one of several makes a name"));
    }
    return {};
  }

  Result<void> an_unfinished_file_is_gone() {
    TRY(const auto area, begin(1));
    {
      TRY(const auto file, area->create_file("bag/a", 10));
      TRY_VOID(file->write(as_bytes("half")));
      TRY(const auto blob, area->create_blob("b"));
      TRY_VOID(blob->write(as_bytes("half")));
    }
    TRY_VOID(require_failure(area->open_file("bag/a"), Reason::not_found, "an unfinished file"));
    TRY_VOID(require_failure(area->open_blob("b"), Reason::not_found, "an unfinished blob"));
    return write_file(*area, "bag/a", "again", 5);
  }

  Result<void> a_blob_is_replaced_when_finished() {
    TRY(const auto area, begin(1));
    TRY_VOID(write_blob(*area, "inventory", "first"));
    TRY(const auto reader, area->open_blob("inventory"));
    {
      TRY(const auto blob, area->create_blob("inventory"));
      TRY_VOID(blob->write(as_bytes("second")));
      TRY_VOID(expect_blob(*area, "inventory", "first"));
      TRY_VOID(blob->finish());
    }
    TRY_VOID(expect_blob(*area, "inventory", "second"));
    TRY(const std::string held, read_all(*reader, 100));
    return require(held == "first", "who had it open reads on");
  }

  Result<void> clearing_leaves_the_blobs() {
    TRY_VOID(fill(1));
    TRY(const auto area, begin(1));
    TRY_VOID(write_file(*area, std::string(3000, 'n'), "long", 4));
    TRY_VOID(area->clear_files());
    TRY_VOID(require_failure(area->open_file("bag/a"), Reason::not_found, "a cleared file"));
    TRY_VOID(expect_blob(*area, "inventory", "the inventory"));
    TRY_VOID(write_file(*area, "bag", "a file where a directory was", 5));
    TRY_VOID(write_file(*area, std::string(3000, 'n'), "long", 4));
    return area->clear_files();
  }

  Result<void> names_no_filesystem_holds_are_kept_apart() {
    TRY(const auto area, begin(1));
    std::string deep;
    for (int i = 0; i < 3000; ++i) deep += "directory/";
    const std::vector<std::string> names = {deep + "a",
                                            deep + "b",
                                            std::string(256, 'x'),
                                            std::string(256, 'y'),
                                            "a/" + std::string(300, 'z') + "/b",
                                            std::string(1 << 20, 'n')};
    for (const std::string& name : names) TRY_VOID(write_file(*area, name, "content of " + name, name.size()));
    for (const std::string& name : names) TRY_VOID(expect_file(*area, name, "content of " + name));
    return storage_->remove(ingest_, Fence{1});
  }

  Result<void> spills_can_be_read_by_several() {
    TRY(const auto area, begin(1));
    TRY(const auto one, area->create());
    TRY(const auto two, area->create());
    std::string written;
    for (int i = 0; i < 5000; ++i) {
      const std::string record = sample_text(static_cast<std::size_t>(i % 97), static_cast<std::uint64_t>(i));
      TRY_VOID(one->write(as_bytes(record)));
      written += record;
    }
    TRY_VOID(two->write(as_bytes("two")));
    TRY(const auto first, one->open());
    TRY(const auto second, one->open());
    TRY(const auto other, two->open());
    TRY(const std::string a, read_all(*first, written.size()));
    TRY(const std::string b, read_all(*second, written.size()));
    TRY(const std::string c, read_all(*other, 10));
    return require(a == written && b == written && c == "two", "every reader reads all of its spill");
  }

  Result<void> removal_goes_up_to_a_fence() {
    TRY_VOID(fill(2));
    TRY_VOID(storage_->remove(ingest_, Fence{1}));
    TRY(const auto kept, begin(2));
    TRY_VOID(require(kept->resumed(), "an area above the fence stays"));
    const IngestId other = ingest_named("working, a neighbour");
    TRY(const auto neighbour, storage_->open(other, Fence{1}, {}));
    TRY_VOID(write_file(*neighbour, "a", "a", 1));
    TRY_VOID(storage_->remove(ingest_, Fence{2}));
    TRY_VOID(storage_->remove(ingest_, Fence{2}));
    TRY(const auto gone, begin(2));
    TRY_VOID(require(!gone->resumed(), "an area at the fence is removed"));
    TRY_VOID(expect_file(*neighbour, "a", "a"));
    return storage_->remove(other, Fence{1});
  }

 private:
  Result<std::unique_ptr<WorkArea>> begin(std::int64_t fence, std::optional<Fence> adopt = {}) {
    return storage_->open(ingest_, Fence{fence}, adopt);
  }
  Result<void> fill(std::int64_t fence) {
    TRY(const auto area, begin(fence));
    TRY_VOID(write_file(*area, "bag/a", "a file", 6));
    return write_blob(*area, "inventory", "the inventory");
  }
  static Result<void> expect_filled(WorkArea& area) {
    TRY_VOID(expect_file(area, "bag/a", "a file"));
    return expect_blob(area, "inventory", "the inventory");
  }
  static Result<void> finish(WorkFile& file, const std::string& content) {
    const std::size_t half = content.size() / 2;
    TRY_VOID(file.write(as_bytes(std::string_view(content).substr(0, half))));
    TRY_VOID(file.write(as_bytes(std::string_view(content).substr(half))));
    return file.finish();
  }
  static Result<void> write_file(WorkArea& area, const std::string& name, const std::string& content,
                                 std::uint64_t expected) {
    TRY(const auto file, area.create_file(name, expected));
    return finish(*file, content);
  }
  static Result<void> write_blob(WorkArea& area, const std::string& name, const std::string& content) {
    TRY(const auto blob, area.create_blob(name));
    return finish(*blob, content);
  }
  static Result<void> expect_file(WorkArea& area, const std::string& name, const std::string& content) {
    TRY(const auto source, area.open_file(name));
    TRY(const std::string read, read_all(*source, content.size() + 1));
    return require(read == content, "a file reads as it was written: " + name.substr(0, 40));
  }
  static Result<void> expect_blob(WorkArea& area, const std::string& name, const std::string& content) {
    TRY(const auto source, area.open_blob(name));
    TRY(const std::string read, read_all(*source, content.size() + 1));
    return require(read == content, "a blob reads as it was written: " + name);
  }

  const WorkingUnderTest subject_;
  const IngestId ingest_;
  WorkingStorage* storage_;
};

}  // namespace

std::vector<NamedCheck> working_storage_checks(const WorkingUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](const char* name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] {
                        Checks one(subject, name);
                        return (one.*check)();
                      }});
  };
  add("files_and_blobs_come_back", &Checks::files_and_blobs_come_back);
  add("a_wrong_expected_size_does_no_harm", &Checks::a_wrong_expected_size_does_no_harm);
  add("the_same_fence_is_resumed", &Checks::the_same_fence_is_resumed);
  add("adoption_takes_everything_over", &Checks::adoption_takes_everything_over);
  add("adoption_reaches_over_fences_that_left_nothing", &Checks::adoption_reaches_over_fences_that_left_nothing);
  add("without_adoption_an_area_is_new", &Checks::without_adoption_an_area_is_new);
  add("nothing_is_trusted_after_a_reboot", &Checks::nothing_is_trusted_after_a_reboot);
  add("a_name_is_made_once", &Checks::a_name_is_made_once);
  add("of_racers_for_a_name_one_wins", &Checks::of_racers_for_a_name_one_wins);
  add("an_unfinished_file_is_gone", &Checks::an_unfinished_file_is_gone);
  add("a_blob_is_replaced_when_finished", &Checks::a_blob_is_replaced_when_finished);
  add("clearing_leaves_the_blobs", &Checks::clearing_leaves_the_blobs);
  add("names_no_filesystem_holds_are_kept_apart", &Checks::names_no_filesystem_holds_are_kept_apart);
  add("spills_can_be_read_by_several", &Checks::spills_can_be_read_by_several);
  add("removal_goes_up_to_a_fence", &Checks::removal_goes_up_to_a_fence);
  return checks;
}

}  // namespace strongroom::contracts
