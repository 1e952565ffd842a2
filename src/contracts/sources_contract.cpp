#include "contracts/sources_contract.hpp"

#include <atomic>
#include <memory>

namespace strongroom::contracts {
namespace {

class Checks {
 public:
  Checks(const SourcesUnderTest& subject, const std::string& name) : subject_(subject), at_(name + "/") {}

  Result<void> a_package_is_read_to_its_end() {
    const std::string content = sample_text(300'001, 1);
    subject_.place(at_ + "bag.tar.gz", content);
    for (const Provider provider : {Provider::filesystem, Provider::amazon_s3}) {
      TRY(const auto source, subject_.sources.open({provider, subject_.area, at_ + "bag.tar.gz"}));
      TRY_VOID(require(source->identity().size == content.size(), "the identity has the size"));
      TRY_VOID(require(!source->identity().tag.empty(), "the identity has a tag"));
      TRY(const std::string read, read_all(*source, content.size()));
      TRY_VOID(require(read == content, "a package reads as it is"));
      TRY_VOID(source->check_unchanged());
    }
    return {};
  }

  Result<void> what_is_not_there_is_named() {
    subject_.place(at_ + "there", "x");
    for (const char* path : {"absent", "there/below", "no/such/directory"}) {
      const auto opened = open(path);
      TRY_VOID(require_failure(opened, Reason::not_found, std::string("opening ") + path));
      TRY_VOID(require(opened.error().act == Act::rejected, "nothing there is the depositor's to mend"));
    }
    const auto no_area = subject_.sources.open({Provider::filesystem, "no-such-area", "x"});
    TRY_VOID(require_failure(no_area, Reason::no_container, "opening in no area"));
    TRY_VOID(require(no_area.error().act == Act::rejected, "no such area is the depositor's to mend"));
    return require_failure(subject_.uploads.begin("no-such-area", "x"), Reason::no_container, "uploading to no area");
  }

  Result<void> a_change_while_reading_is_noticed() {
    subject_.place(at_ + "bag", "the first content");
    TRY(const auto source, open("bag"));
    const SourceIdentity before = source->identity();
    std::byte one{};
    TRY_VOID(source->read(ByteSpan(&one, 1)));
    subject_.place(at_ + "bag", "the other content");
    TRY_VOID(read_all(*source, 1000));
    const Result<void> changed = source->check_unchanged();
    TRY_VOID(require_failure(changed, Reason::conflict, "a package that was replaced"));
    TRY_VOID(require(changed.error().act == Act::rejected, "a changed package is the depositor's to mend"));
    TRY(const auto again, open("bag"));
    return require(!(again->identity() == before), "a replaced package has another identity");
  }

  Result<void> an_upload_appears_when_it_is_whole() {
    const std::string content = sample_text(200'000, 4);
    {
      TRY(const auto upload, begin("new/directory/bag"));
      TRY_VOID(upload->write(as_bytes(std::string_view(content).substr(0, 1000))));
      TRY_VOID(require_failure(open("new/directory/bag"), Reason::not_found, "an upload before commit"));
      TRY_VOID(upload->write(as_bytes(std::string_view(content).substr(1000))));
      TRY(const UploadReceipt receipt, upload->commit());
      TRY_VOID(require(receipt.size == content.size() && receipt.sha256 == digest_of(Algorithm::sha256, content),
                       "the receipt has size and digest"));
    }
    TRY(const auto source, open("new/directory/bag"));
    TRY(const std::string read, read_all(*source, content.size()));
    return require(read == content, "an upload reads as it was sent");
  }

  Result<void> a_package_reads_in_any_order() {
    const std::string content = sample_text(70'000, 5);
    {
      TRY(const auto upload, begin("bag"));
      TRY_VOID(upload->write(as_bytes(content)));
      TRY_VOID(upload->commit());
    }
    TRY(const auto source, open("bag"));
    RandomAccess& anywhere = source->anywhere();
    TRY_VOID(require(anywhere.size() == content.size(), "a package knows its size"));
    for (const std::size_t at : {std::size_t{69'990}, std::size_t{0}, std::size_t{1}, std::size_t{70'000}}) {
      std::string piece(100, '\0');
      TRY(const std::size_t n, anywhere.read_at(at, std::as_writable_bytes(std::span(piece.data(), piece.size()))));
      TRY_VOID(require(piece.substr(0, n) == content.substr(at, 100), "a package reads the same from anywhere"));
    }
    TRY(const std::string read, read_all(*source, content.size()));
    return require(read == content, "reading it anywhere does not move the stream");
  }

  Result<void> an_upload_replaces_nothing() {
    TRY(const auto slow, begin("bag"));
    TRY_VOID(slow->write(as_bytes("slow")));
    TRY(const auto fast, begin("bag"));
    TRY_VOID(fast->write(as_bytes("fast")));
    TRY_VOID(fast->commit());
    TRY_VOID(require_failure(slow->commit(), Reason::already_exists, "a second upload to a path"));
    TRY_VOID(require_failure(begin("bag"), Reason::already_exists, "an upload to a path that is taken"));
    TRY(const auto source, open("bag"));
    TRY(const std::string read, read_all(*source, 10));
    return require(read == "fast", "the first upload stays");
  }

  Result<void> a_dropped_upload_leaves_nothing() {
    {
      TRY(const auto upload, begin("bag"));
      TRY_VOID(upload->write(as_bytes("half of")));
    }
    TRY_VOID(require_failure(open("bag"), Reason::not_found, "a dropped upload"));
    TRY(const auto upload, begin("bag"));
    TRY(const UploadReceipt receipt, upload->commit());
    return require(receipt.size == 0, "an empty upload is one, too");
  }

  Result<void> of_racing_uploads_one_wins() {
    std::atomic<int> won = 0;
    std::atomic<int> odd = 0;
    subject_.workers.for_each(8, 8, [&](std::size_t i) {
      const Result<UploadReceipt> result = [&]() -> Result<UploadReceipt> {
        TRY(const auto upload, begin("a/b/bag"));
        TRY_VOID(upload->write(as_bytes(std::to_string(i))));
        return upload->commit();
      }();
      if (result) ++won;
      if (!result && result.error().reason != Reason::already_exists) ++odd;
    });
    return require(won == 1 && odd == 0, "exactly one of several uploads to a path wins");
  }

  Result<void> a_removed_upload_is_gone_and_others_stay() {
    for (const char* path : {"deep/er/bag", "deep/other"}) {
      TRY(const auto upload, begin(path));
      TRY_VOID(upload->commit());
    }
    TRY_VOID(subject_.uploads.remove(subject_.area, at_ + "deep/er/bag"));
    const auto gone = open("deep/er/bag");
    TRY_VOID(require(!gone && gone.error().reason == Reason::not_found, "a removed upload is gone"));
    TRY_VOID(require(open("deep/other").has_value(), "what lies beside a removed upload stays"));
    TRY_VOID(subject_.uploads.remove(subject_.area, at_ + "deep/er/bag"));
    TRY(const auto again, begin("deep/er/bag"));
    TRY_VOID(again->commit());
    return require(open("deep/er/bag").has_value(), "a path can be used again when its upload was removed");
  }

 private:
  Result<std::unique_ptr<PackageSource>> open(const std::string& path) {
    return subject_.sources.open({Provider::filesystem, subject_.area, at_ + path});
  }
  Result<std::unique_ptr<Upload>> begin(const std::string& path) {
    return subject_.uploads.begin(subject_.area, at_ + path);
  }

  const SourcesUnderTest subject_;
  const std::string at_;
};

}  // namespace

std::vector<NamedCheck> sources_checks(const SourcesUnderTest& subject) {
  std::vector<NamedCheck> checks;
  const auto add = [&](const char* name, Result<void> (Checks::*check)()) {
    checks.push_back({name, [subject, name, check] {
                        Checks one(subject, name);
                        return (one.*check)();
                      }});
  };
  add("a_package_is_read_to_its_end", &Checks::a_package_is_read_to_its_end);
  add("what_is_not_there_is_named", &Checks::what_is_not_there_is_named);
  add("a_change_while_reading_is_noticed", &Checks::a_change_while_reading_is_noticed);
  add("an_upload_appears_when_it_is_whole", &Checks::an_upload_appears_when_it_is_whole);
  add("a_package_reads_in_any_order", &Checks::a_package_reads_in_any_order);
  add("an_upload_replaces_nothing", &Checks::an_upload_replaces_nothing);
  add("a_dropped_upload_leaves_nothing", &Checks::a_dropped_upload_leaves_nothing);
  add("of_racing_uploads_one_wins", &Checks::of_racing_uploads_one_wins);
  add("a_removed_upload_is_gone_and_others_stay", &Checks::a_removed_upload_is_gone_and_others_stay);
  return checks;
}

}  // namespace strongroom::contracts
