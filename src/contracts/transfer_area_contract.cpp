#include "contracts/transfer_area_contract.hpp"

#include <algorithm>

namespace strongroom::contracts {
namespace {

const AreaTags kTags = {{"Archivematica-TransferId", "8d5e2a3c-4b0f-4f51-a111-2f6f0d7b1c11"},
                        {"Archivematica-ProcessingConfig", "born_digital"},
                        {"Archivematica-S3EventTime", "2026-07-31T08:00:00.000Z"},
                        {"Archivematica-CatalogueIdentifier", "PP/CRI + a_b=c.d@e"}};

Result<std::string> read_bytes(RandomAccess& from, std::uint64_t offset, std::size_t length) {
  std::string bytes(length, '\0');
  TRY(const std::size_t n, from.read_at(offset, std::as_writable_bytes(std::span<char>(bytes.data(), bytes.size()))));
  bytes.resize(n);
  return bytes;
}

Result<std::string> read_whole(TransferArea& area, const AreaObject& object) {
  TRY(const std::unique_ptr<RandomAccess> open, area.open(object));
  return read_bytes(*open, 0, static_cast<std::size_t>(object.size) + 1);
}

template <class T>
Result<void> require_rejected(const Result<T>& result, Reason reason, const std::string& what) {
  TRY_VOID(require_failure(result, reason, what));
  return require(result.error().act == Act::rejected, what + ": it is nobody's trouble but the object's");
}

AreaTags sorted(AreaTags tags) {
  std::sort(tags.begin(), tags.end());
  return tags;
}

class Checks {
 public:
  Checks(const AreaUnderTest& subject, const std::string& name)
      : subject_(subject), area_(subject.area), at_(subject.prefix + name + "/") {}

  Result<void> what_is_placed_is_seen() {
    for (const std::size_t size : {0U, 1U, 70'000U}) {
      const std::string key = at_ + "a b/\xC3\xA9+" + std::to_string(size) + ".zip";
      TRY(const AreaObject object, placed(key, sample_text(size, size)));
      TRY_VOID(require(object.key == key && object.size == size, "an object has its key and its size"));
      TRY_VOID(require(!object.etag.empty() && object.etag.find('"') == std::string::npos, "a tag without quotes"));
      TRY_VOID(require(object.version_id.has_value() == subject_.versions, "a version id where versions are kept"));
      TRY(const auto listed, area_.list(at_, 1000));
      const auto found = std::ranges::find(listed, key, &AreaObject::key);
      TRY_VOID(require(found != listed.end() && found->etag == object.etag && found->size == size &&
                           found->modified == object.modified,
                       "a list and a look tell the same"));
      TRY(const auto again, area_.stat(key, object.version_id));
      TRY_VOID(require(again == object, "the object is found by its version"));
    }
    return {};
  }

  Result<void> absent_is_absent() {
    TRY(const AreaObject there, placed(at_ + "there/x", "x"));
    for (const char* name : {"absent", "there", "there/x/y", "there/"}) {
      TRY(const auto found, area_.stat(at_ + name));
      TRY_VOID(require(!found, std::string("nothing is at ") + name));
    }
    TRY(const auto none, area_.stat(there.key, "no-such-version"));
    return require(!none, "a version that was never there is not found");
  }

  Result<void> another_object_is_another() {
    TRY(const AreaObject first, placed(at_ + "k", "first"));
    TRY(const AreaObject second, placed(at_ + "k", "other"));
    return require(first.etag != second.etag && (!subject_.versions || first.version_id != second.version_id),
                   "an object that replaced another one has another identity");
  }

  Result<void> listing_is_complete_and_in_byte_order() {
    TRY(const std::vector<std::string> keys, fill_nasty());
    for (const std::size_t page : {1U, 3U, 1000U}) {
      std::vector<std::string> listed;
      for (std::string after = at_; listed.size() < keys.size();) {
        TRY(const auto some, area_.list(after, page));
        TRY_VOID(require(some.size() <= page, "a page is no longer than asked for"));
        if (some.empty()) break;
        for (const AreaObject& one : some) {
          if (one.key.starts_with(at_)) listed.push_back(one.key);
        }
        after = some.back().key;
      }
      TRY_VOID(require(listed == keys, "all keys in byte order, " + std::to_string(page) + " at a time"));
    }
    return {};
  }

  Result<void> listing_goes_on_after_any_key() {
    TRY(const std::vector<std::string> keys, fill_nasty());
    std::vector<std::string> starts = keys;
    for (const char* name : {"", "a", "a/", "a/b/", "a~", "b", "b/c/d/0", "b/c/zzz", "v1/", "v1/z"}) {
      starts.push_back(at_ + name);
    }
    for (const std::string& after : starts) {
      TRY(const auto page, area_.list(after, 3));
      auto wanted = std::upper_bound(keys.begin(), keys.end(), after);
      for (std::size_t i = 0; i < 3 && wanted != keys.end(); ++i, ++wanted) {
        TRY_VOID(require(i < page.size() && page[i].key == *wanted, "the next key after " + after));
      }
    }
    return {};
  }

  Result<void> bytes_are_read_anywhere() {
    const std::string content = sample_text(200'000, 4);
    TRY(const AreaObject object, placed(at_ + "k.zip", content));
    TRY(const auto open, area_.open(object));
    TRY_VOID(require(open->size() == content.size(), "the size of what is open"));
    for (const std::uint64_t offset : {0U, 1U, 131'071U, 199'990U, 199'999U, 200'000U, 300'000U}) {
      TRY(const std::string some, read_bytes(*open, offset, 20));
      const std::string wanted = offset < content.size() ? content.substr(offset, 20) : "";
      TRY_VOID(require(some == wanted, "20 bytes from " + std::to_string(offset)));
    }
    TRY(const std::string whole, read_bytes(*open, 0, 300'000));
    TRY_VOID(require(whole == content, "all bytes in one read"));
    TRY(const AreaObject empty, placed(at_ + "empty.zip", ""));
    TRY(const std::string nothing, read_whole(area_, empty));
    return require(nothing.empty(), "nothing is read of nothing");
  }

  // E10, before reading and between reads.
  Result<void> a_replaced_object_is_not_read() {
    TRY(const AreaObject first, placed(at_ + "k", "first"));
    TRY(const auto open, area_.open(first));
    TRY(const std::string before, read_bytes(*open, 0, 2));
    TRY_VOID(require(before == "fi", "the first read is of the first object"));
    TRY_VOID(placed(at_ + "k", "other"));
    const auto between = read_bytes(*open, 2, 3);
    const auto after = read_whole(area_, first);
    if (subject_.versions) {
      return require(between && *between == "rst" && after && *after == "first", "the version is read all the same");
    }
    TRY_VOID(require_rejected(between, Reason::conflict, "a read of what has been replaced between reads"));
    return require_rejected(after, Reason::conflict, "a read of what has been replaced");
  }

  Result<void> a_removed_object_is_not_read() {
    TRY(const AreaObject object, placed(at_ + "k", "first"));
    TRY(const auto open, area_.open(object));
    TRY_VOID(subject_.remove(at_ + "k"));
    TRY(const auto gone, area_.stat(at_ + "k"));
    TRY_VOID(require(!gone, "there is no current object"));
    if (subject_.versions) return {};
    TRY_VOID(require_rejected(read_bytes(*open, 0, 3), Reason::not_found, "a read of what is gone"));
    return require_rejected(read_whole(area_, object), Reason::not_found, "opening what is gone");
  }

  Result<void> logs_are_written_over() {
    const std::string key = at_ + "born-digital/a b.zip.success.2026-07-31T08:00:00.000Z.acdd62860726.log";
    for (const std::string text : {"first\n", "", "zweiter \xC3\xA4\n"}) {
      TRY(const AreaObject log, area_.put_log(key, text, kTags));
      TRY(const auto there, area_.stat(key));
      TRY_VOID(require(there == log, "what was written is what is there"));
      TRY(const std::string back, read_whole(area_, log));
      TRY_VOID(require(back == text, "a log reads as it was written"));
      TRY(const AreaTags tags, area_.tags(log));
      TRY_VOID(require(sorted(tags) == sorted(area_.keeps_tags() ? kTags : AreaTags()), "a log has its tags"));
    }
    TRY(const AreaObject plain, area_.put_log(key, "plain", {}));
    TRY(const AreaTags none, area_.tags(plain));
    TRY_VOID(require(none.empty(), "a log without tags has none"));
    TRY_VOID(area_.erase(plain, false));
    return {};
  }

  Result<void> packages_are_written_over() {
    const std::string key = at_ + "born-digital/test package.zip";
    for (const std::size_t size : {3U, 0U, 200'000U}) {
      const std::string bytes = sample_text(size, size);
      TRY(const AreaObject package, area_.put_package(key, bytes));
      TRY(const auto there, area_.stat(key));
      TRY_VOID(require(there == package, "what was written is what is there"));
      TRY(const std::string back, read_whole(area_, package));
      TRY_VOID(require(back == bytes, "a package reads as it was written"));
      TRY(const AreaTags tags, area_.tags(package));
      TRY_VOID(require(tags.empty(), "a package that was just written has no tags"));
      // Tags of the one before must not be taken for those of the next.
      if (area_.keeps_tags()) TRY_VOID(area_.set_tags(package, kTags));
    }
    return {};
  }

  Result<void> tags_replace_all_tags() {
    TRY(const AreaObject object, placed(at_ + "k.zip", "content"));
    TRY(const AreaTags none, area_.tags(object));
    TRY_VOID(require(none.empty(), "an object has no tags at first"));
    if (!area_.keeps_tags()) return require_failure(area_.set_tags(object, kTags), Reason::unsupported, "tags");
    AreaObject tagged = object;
    for (const AreaTags& tags : {kTags, AreaTags{{"a", "\xC3\xA9 b"}, {"c", ""}}, kTags}) {
      TRY(tagged, area_.set_tags(tagged, tags));
      TRY(const AreaTags now, area_.tags(object));
      TRY_VOID(require(sorted(now) == sorted(tags), "exactly the tags that were set last"));
    }
    TRY(const auto same, area_.stat(object.key, object.version_id));
    TRY_VOID(require(same == tagged && same->etag == object.etag, "tags do not make another object of it"));
    TRY_VOID(area_.erase(tagged, false));
    TRY(const auto gone, area_.stat(object.key));
    return require(!gone, "what has been tagged can be erased");
  }

  // E10, between acceptance and tagging.
  Result<void> a_replaced_object_is_not_tagged() {
    if (!area_.keeps_tags()) return {};
    TRY(const AreaObject first, placed(at_ + "k", "first"));
    TRY(const AreaObject second, placed(at_ + "k", "other"));
    const Result<AreaObject> set = area_.set_tags(first, kTags);
    if (subject_.versions) {
      TRY_VOID(set);
      TRY(const AreaTags tagged, area_.tags(first));
      TRY_VOID(require(sorted(tagged) == sorted(kTags), "the version that was bound has the tags"));
    } else {
      TRY_VOID(require_rejected(set, Reason::conflict, "tagging what has been replaced"));
      TRY_VOID(require_rejected(area_.tags(first), Reason::conflict, "the tags of what has been replaced"));
    }
    TRY(const AreaTags untouched, area_.tags(second));
    TRY_VOID(require(untouched.empty(), "the newer object has no tags"));
    TRY_VOID(subject_.remove(at_ + "k"));
    if (subject_.versions) return {};
    TRY_VOID(require_rejected(area_.set_tags(second, kTags), Reason::not_found, "tagging what is gone"));
    return require_rejected(area_.tags(second), Reason::not_found, "the tags of what is gone");
  }

  Result<void> a_copy_has_the_bytes_and_is_made_once() {
    const std::string content = sample_text(300'000, 9);
    TRY(const AreaObject object, placed(at_ + "PKG.ZIP", content));
    TRY(const AreaObject twin, area_.copy(object, at_ + "PKG.zip", std::nullopt));
    TRY_VOID(require(twin.key == at_ + "PKG.zip" && twin.size == object.size, "the copy has its own key"));
    TRY(const std::string bytes, read_whole(area_, twin));
    TRY_VOID(require(bytes == content, "the copy has the bytes"));
    TRY(const AreaObject again, area_.copy(object, at_ + "PKG.zip", std::nullopt));
    TRY_VOID(require(again == twin, "the same copy again is success, and makes no other"));
    TRY(const std::string original, read_whole(area_, object));
    return require(original == content, "the original is as it was");
  }

  Result<void> a_copy_replaces_nothing_but_what_it_may() {
    TRY(const AreaObject object, placed(at_ + "PKG.ZIP", "the first"));
    TRY(const AreaObject foreign, placed(at_ + "PKG.zip", "foreign"));
    const std::string key = at_ + "PKG.zip";
    TRY_VOID(require_rejected(area_.copy(object, key, std::nullopt), Reason::already_exists, "a copy onto another"));
    TRY_VOID(expect_bytes(key, "foreign"));
    TRY(const AreaObject other, placed(at_ + "other", "foreign, too"));
    AreaObject wrong = other;
    wrong.key = key;
    TRY_VOID(require_rejected(area_.copy(object, key, wrong), Reason::already_exists, "a copy over yet another"));
    TRY_VOID(expect_bytes(key, "foreign"));
    TRY(const AreaObject twin, area_.copy(object, key, foreign));
    TRY_VOID(expect_bytes(key, "the first"));
    TRY(const AreaObject newer, placed(at_ + "PKG.ZIP", "the second"));
    TRY_VOID(area_.copy(newer, key, twin));
    TRY_VOID(expect_bytes(key, "the second"));
    TRY_VOID(subject_.remove(key));
    TRY_VOID(area_.copy(newer, key, twin));
    return expect_bytes(key, "the second");
  }

  Result<void> a_replaced_object_is_not_copied() {
    TRY(const AreaObject first, placed(at_ + "PKG.ZIP", "first"));
    TRY_VOID(placed(at_ + "PKG.ZIP", "other"));
    const auto copied = area_.copy(first, at_ + "PKG.zip", std::nullopt);
    if (subject_.versions) {
      TRY_VOID(copied);
      return expect_bytes(at_ + "PKG.zip", "first");
    }
    TRY_VOID(require_rejected(copied, Reason::conflict, "a copy of what has been replaced"));
    TRY_VOID(subject_.remove(at_ + "PKG.ZIP"));
    TRY_VOID(require_rejected(area_.copy(first, at_ + "PKG.zip", std::nullopt), Reason::not_found, "of what is gone"));
    TRY(const auto none, area_.stat(at_ + "PKG.zip"));
    return require(!none, "nothing was made");
  }

  Result<void> erased_is_gone() {
    for (const bool marker : {false, true}) {
      TRY(const AreaObject object, placed(at_ + "k.zip", "content"));
      for (int i = 0; i < 3; ++i) TRY_VOID(area_.erase(object, marker));
      TRY(const auto gone, area_.stat(at_ + "k.zip"));
      TRY_VOID(require(!gone, "the object is gone"));
      TRY(const auto version, area_.stat(at_ + "k.zip", object.version_id));
      TRY_VOID(require(version.has_value() == (marker && subject_.versions), "a marker leaves the version, no more"));
      TRY(const auto listed, area_.list(at_, 10));
      TRY_VOID(require(listed.empty() || !listed.front().key.starts_with(at_), "nor is it listed"));
    }
    AreaObject never;
    never.key = at_ + "never";
    never.etag = "0";
    return area_.erase(never, false);
  }

  // F8.
  Result<void> a_replaced_object_is_not_erased() {
    for (const bool marker : {false, true}) {
      const std::string key = at_ + (marker ? "marker" : "version");
      TRY(const AreaObject first, placed(key, "first"));
      TRY(const AreaObject second, placed(key, "other"));
      const Result<void> erased = area_.erase(first, marker);
      if (subject_.versions && !marker) {
        TRY_VOID(erased);
        TRY(const auto gone, area_.stat(key, first.version_id));
        TRY_VOID(require(!gone, "exactly the version is gone"));
      } else {
        TRY_VOID(require_rejected(erased, Reason::conflict, "erasing what has been replaced"));
      }
      TRY_VOID(expect_bytes(key, "other"));
      TRY(const auto now, area_.stat(key));
      TRY_VOID(require(now == second, "the newer object is as it was"));
    }
    return {};
  }

  Result<void> the_store_is_known() {
    TRY(const bool versions, area_.keeps_versions());
    TRY_VOID(require(versions == subject_.versions, "whether versions are kept"));
    const std::string key = at_ + "strongroom-check-1.tmp";
    TRY_VOID(area_.keeps_conditions(key));
    TRY(const auto left, area_.stat(key));
    return require(!left, "nothing is left of the probe");
  }

 private:
  Result<AreaObject> placed(const std::string& key, const std::string& bytes) {
    TRY_VOID(subject_.place(key, bytes));
    TRY(std::optional<AreaObject> object, area_.stat(key));
    TRY_VOID(require(object.has_value(), "what was placed is there: " + key));
    return std::move(*object);
  }

  Result<void> expect_bytes(const std::string& key, const std::string& bytes) {
    TRY(const auto object, area_.stat(key));
    TRY_VOID(require(object.has_value(), "something is at " + key));
    TRY(const std::string now, read_whole(area_, *object));
    return require(now == bytes, key + " has the bytes \"" + bytes + "\"");
  }

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
                             "a%2Fb",
                             "\xF0\x9F\x93\x9A.txt",
                             "q'\"<&>"}) {
      keys.push_back(at_ + name);
      TRY_VOID(subject_.place(keys.back(), name));
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  const AreaUnderTest& subject_;
  TransferArea& area_;
  const std::string at_;
};

}  // namespace

std::vector<NamedCheck> transfer_area_checks(const AreaUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](std::string name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] { return (Checks(subject, name).*check)(); }});
  };
  add("what_is_placed_is_seen", &Checks::what_is_placed_is_seen);
  add("absent_is_absent", &Checks::absent_is_absent);
  add("another_object_is_another", &Checks::another_object_is_another);
  add("listing_is_complete_and_in_byte_order", &Checks::listing_is_complete_and_in_byte_order);
  add("listing_goes_on_after_any_key", &Checks::listing_goes_on_after_any_key);
  add("bytes_are_read_anywhere", &Checks::bytes_are_read_anywhere);
  add("a_replaced_object_is_not_read", &Checks::a_replaced_object_is_not_read);
  add("a_removed_object_is_not_read", &Checks::a_removed_object_is_not_read);
  add("logs_are_written_over", &Checks::logs_are_written_over);
  add("packages_are_written_over", &Checks::packages_are_written_over);
  add("tags_replace_all_tags", &Checks::tags_replace_all_tags);
  add("a_replaced_object_is_not_tagged", &Checks::a_replaced_object_is_not_tagged);
  add("a_copy_has_the_bytes_and_is_made_once", &Checks::a_copy_has_the_bytes_and_is_made_once);
  add("a_copy_replaces_nothing_but_what_it_may", &Checks::a_copy_replaces_nothing_but_what_it_may);
  add("a_replaced_object_is_not_copied", &Checks::a_replaced_object_is_not_copied);
  add("erased_is_gone", &Checks::erased_is_gone);
  add("a_replaced_object_is_not_erased", &Checks::a_replaced_object_is_not_erased);
  add("the_store_is_known", &Checks::the_store_is_known);
  return checks;
}

}  // namespace strongroom::contracts
