#include "contracts/object_store_contract.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>

namespace strongroom::contracts {
namespace {

constexpr std::size_t kRacers = 8;

/// Gives some bytes and then an error, as a broken connection does.
class BreakingSource final : public ByteSource {
 public:
  explicit BreakingSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, text_.read(into));
    if (n == 0) return temporary("the source broke", {}, Reason::stopped);
    return n;
  }

 private:
  TextSource text_;
};

class Checks {
 public:
  Checks(const StoreUnderTest& subject, const std::string& name)
      : store_(subject.store), workers_(subject.workers), at_(subject.prefix + name + "/") {}

  Result<void> stored_bytes_come_back() {
    for (const std::size_t size : {0U, 1U, 4096U, 70'000U, 1U << 20U, (3U << 20U) + 17U}) {
      const std::string key = at_ + std::to_string(size);
      const std::string content = sample_text(size, size);
      TRY_VOID(store_.put(key, spec_of(content), opener_of(content)));
      TRY(const std::string back, read_object(store_, key));
      TRY_VOID(require(back == content, "an object reads as it was written, size " + std::to_string(size)));
      TRY(const auto info, store_.stat(key));
      TRY_VOID(require(info && info->key == key && info->size == size, "stat gives key and size"));
    }
    return {};
  }

  Result<void> absent_is_absent() {
    TRY_VOID(store_.put(at_ + "there/x", spec_of("x"), opener_of("x")));
    for (const char* name : {"absent", "there", "there/x/y", "there/"}) {
      TRY(const auto info, store_.stat(at_ + name));
      TRY_VOID(require(!info, std::string("stat finds nothing at ") + name));
      TRY_VOID(require_failure(store_.get(at_ + name, {}), Reason::not_found, std::string("get of ") + name));
    }
    return {};
  }

  Result<void> identical_bytes_again_are_success() {
    for (int i = 0; i < 3; ++i) TRY_VOID(store_.put(at_ + "k", spec_of("same"), opener_of("same")));
    return {};
  }

  Result<void> different_bytes_are_refused_and_nothing_changes() {
    TRY_VOID(store_.put(at_ + "k", spec_of("first"), opener_of("first")));
    for (const std::string other : {"other", "firs", "first and more", ""}) {
      const Result<void> refused = store_.put(at_ + "k", spec_of(other), opener_of(other));
      TRY_VOID(require_failure(refused, Reason::content_differs, "a put of other bytes"));
      TRY_VOID(require(refused.error().act == Act::rejected && refused.error().where == at_ + "k",
                       "the refusal is the depositor's and names the key"));
    }
    TRY(const std::string back, read_object(store_, at_ + "k"));
    return require(back == "first", "the stored object is untouched");
  }

  Result<void> bytes_other_than_promised_store_nothing() {
    const std::string big = sample_text((2U << 20U) + 5U, 7);
    const std::vector<std::pair<std::string, std::string>> promised_and_given = {
        {"abcdef", "abcdeF"},      {"abcdef", "abcde"}, {"abcdef", "abcdefg"}, {"", "a"},
        {big, big.substr(0, 100)}, {big, big + "!"}};
    int n = 0;
    for (const auto& [promised, given] : promised_and_given) {
      const std::string key = at_ + std::to_string(n++);
      TRY_VOID(require(!store_.put(key, spec_of(promised), opener_of(given)), "wrong bytes are refused"));
      TRY(const auto info, store_.stat(key));
      TRY_VOID(require(!info, "nothing is stored of wrong bytes"));
      TRY_VOID(store_.put(key, spec_of(promised), opener_of(promised)));
    }
    return {};
  }

  Result<void> a_broken_source_stores_nothing() {
    const auto breaking = []() -> Result<std::unique_ptr<ByteSource>> {
      return std::unique_ptr<ByteSource>(std::make_unique<BreakingSource>("abc"));
    };
    const auto closed = []() -> Result<std::unique_ptr<ByteSource>> {
      return temporary("it cannot be opened", {}, Reason::stopped);
    };
    for (const ContentOpener& open : {ContentOpener(breaking), ContentOpener(closed)}) {
      TRY_VOID(require_failure(store_.put(at_ + "k", spec_of("abcdef"), open), Reason::stopped, "the source's error"));
      TRY(const auto keys, keys_below(store_, at_));
      TRY_VOID(require(keys.empty(), "nothing is stored of a broken source"));
    }
    return store_.put(at_ + "k", spec_of("abcdef"), opener_of("abcdef"));
  }

  Result<void> racers_with_the_same_bytes_all_succeed() {
    const std::string content = sample_text(300'000, 3);
    for (int round = 0; round < 8; ++round) {
      const std::string key = at_ + std::to_string(round) + "/new/directories/k";
      std::atomic<int> failed = 0;
      workers_.for_each(kRacers, kRacers, [&](std::size_t) {
        if (!store_.put(key, spec_of(content), opener_of(content))) ++failed;
      });
      TRY_VOID(require(failed == 0, "every racer with the same bytes succeeds"));
      TRY(const std::string back, read_object(store_, key));
      TRY_VOID(require(back == content, "the object is whole"));
    }
    return {};
  }

  Result<void> of_racers_with_different_bytes_one_wins() {
    for (int round = 0; round < 8; ++round) {
      const std::string key = at_ + std::to_string(round);
      std::mutex mutex;
      std::vector<std::string> winners;
      bool other_failure = false;
      workers_.for_each(kRacers, kRacers, [&](std::size_t i) {
        const std::string content = sample_text(50'000 + i % 2, i);
        const Result<void> put = store_.put(key, spec_of(content), opener_of(content));
        const std::scoped_lock lock(mutex);
        if (put) {
          winners.push_back(content);
        } else if (put.error().reason != Reason::content_differs) {
          other_failure = true;
        }
      });
      TRY_VOID(require(winners.size() == 1 && !other_failure, "exactly one racer wins, the others are told why"));
      TRY(const std::string back, read_object(store_, key));
      TRY_VOID(require(back == winners.front(), "what is stored is the winner's"));
    }
    return {};
  }

  Result<void> ranges_are_exact() {
    const std::string content = sample_text(200'000, 11);
    TRY_VOID(store_.put(at_ + "k", spec_of(content), opener_of(content)));
    const std::vector<ByteRange> ranges = {{0, 1},       {0, 200'000},      {199'999, 1},  {4095, 2},
                                           {4096, 4096}, {100'000, {}},     {200'000, {}}, {0, 0},
                                           {1, 199'998}, {131'071, 65'537}, {200'000, 0}};
    for (const ByteRange& range : ranges) {
      TRY(const std::string back, read_object(store_, at_ + "k", range));
      const std::string wanted = content.substr(range.first, range.length.value_or(std::string::npos));
      TRY_VOID(require(back == wanted, "range from " + std::to_string(range.first)));
    }
    return {};
  }

  Result<void> a_short_object_is_noticed() {
    TRY_VOID(store_.put(at_ + "k", spec_of("0123456789"), opener_of("0123456789")));
    for (const ByteRange& range : {ByteRange{5, 6}, ByteRange{10, 1}, ByteRange{11, 1}, ByteRange{0, 1000}}) {
      TRY_VOID(require_failure(read_object(store_, at_ + "k", range), Reason::truncated, "a range beyond the end"));
    }
    return {};
  }

  Result<void> listing_is_complete_and_in_byte_order() {
    TRY(const std::vector<std::string> keys, fill_nasty());
    for (const std::size_t page : {1U, 2U, 3U, 7U, 1000U}) {
      TRY(const auto listed, keys_below(store_, at_, page));
      TRY_VOID(require(listed == keys, "all keys in byte order, " + std::to_string(page) + " at a time"));
    }
    TRY(const auto infos, store_.list(at_, "", 1000));
    for (const ObjectInfo& info : infos) {
      TRY_VOID(require(info.size == info.key.size(), "a listing gives sizes"));
    }
    return {};
  }

  Result<void> listing_keeps_to_its_prefix() {
    TRY(const std::vector<std::string> keys, fill_nasty());
    for (const std::string prefix :
         {"v1/", "v1", "a", "a/", "a.", "b/c", "b/c/", "nothing", "v1/bagit.txt", "b/c/d/"}) {
      std::vector<std::string> wanted;
      for (const std::string& key : keys) {
        if (key.starts_with(at_ + prefix)) wanted.push_back(key);
      }
      TRY(const auto listed, keys_below(store_, at_ + prefix, 2));
      TRY_VOID(require(listed == wanted, "keys with prefix " + prefix));
    }
    return {};
  }

  Result<void> listing_goes_on_after_any_key() {
    TRY(const std::vector<std::string> keys, fill_nasty());
    std::vector<std::string> starts = keys;
    for (const char* name : {"", "a", "a/", "a/b/", "a~", "b", "b/c/d/0", "b/c/zzz", "zzz", "v1/", "v1/z"}) {
      starts.push_back(at_ + name);
    }
    for (const std::string& after : starts) {
      TRY(const auto page, store_.list(at_, after, 3));
      auto wanted = std::upper_bound(keys.begin(), keys.end(), after);
      TRY_VOID(require(page.size() == std::min<std::size_t>(3, static_cast<std::size_t>(keys.end() - wanted)),
                       "a full page after " + after));
      for (const ObjectInfo& info : page) {
        TRY_VOID(require(info.key == *wanted++, "the next key after " + after));
      }
    }
    return {};
  }

 private:
  /// Names whose order differs between a walk of directories and the bytes of keys.
  Result<std::vector<std::string>> fill_nasty() {
    std::vector<std::string> keys;
    for (const char* name : {"a!",
                             "a-b/x",
                             "a.b",
                             "a.b.c/d",
                             "a/b",
                             "a/b.c",
                             "a/b0/c",
                             "a0",
                             "a b",
                             "A",
                             "b/c/d/e/f",
                             "b/c/d.e",
                             "b/c0",
                             "v1/bagit.txt",
                             "v1/data/x",
                             "v10/bagit.txt",
                             "v2/bagit.txt",
                             "\xC3\xA9",
                             "e\xCC\x81",
                             "\xE2\x82\xAC/x",
                             "~",
                             ".hidden",
                             "a%2Fb",
                             "\xF0\x9F\x93\x9A.txt",
                             "q'\"<&>"}) {
      keys.push_back(at_ + name);
      TRY_VOID(store_.put(keys.back(), spec_of(keys.back()), opener_of(keys.back())));
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  ObjectStore& store_;
  Workers& workers_;
  std::string at_;
};

}  // namespace

std::vector<NamedCheck> object_store_checks(const StoreUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](const char* name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] {
                        Checks one(subject, name);
                        return (one.*check)();
                      }});
  };
  add("stored_bytes_come_back", &Checks::stored_bytes_come_back);
  add("absent_is_absent", &Checks::absent_is_absent);
  add("identical_bytes_again_are_success", &Checks::identical_bytes_again_are_success);
  add("different_bytes_are_refused_and_nothing_changes", &Checks::different_bytes_are_refused_and_nothing_changes);
  add("bytes_other_than_promised_store_nothing", &Checks::bytes_other_than_promised_store_nothing);
  add("a_broken_source_stores_nothing", &Checks::a_broken_source_stores_nothing);
  add("racers_with_the_same_bytes_all_succeed", &Checks::racers_with_the_same_bytes_all_succeed);
  add(kRaceCheck, &Checks::of_racers_with_different_bytes_one_wins);
  add("ranges_are_exact", &Checks::ranges_are_exact);
  add("a_short_object_is_noticed", &Checks::a_short_object_is_noticed);
  add("listing_is_complete_and_in_byte_order", &Checks::listing_is_complete_and_in_byte_order);
  add("listing_keeps_to_its_prefix", &Checks::listing_keeps_to_its_prefix);
  add("listing_goes_on_after_any_key", &Checks::listing_goes_on_after_any_key);
  return checks;
}

}  // namespace strongroom::contracts
