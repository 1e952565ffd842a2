#include "transfers/test_run.hpp"

#include <algorithm>
#include <span>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "transfers/prefixes.hpp"
#include "transfers/test_package.hpp"

namespace strongroom::transfers {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(1);

std::string fact_of(const std::string& area, const std::string& key) { return "test upload " + area + " " + key; }

/// Its digest and its length.
std::string announcement_of(std::string_view package) {
  return digest_of(Algorithm::sha256, package).hex() + " " + std::to_string(package.size());
}

/// Whether the record is about that very object, bound to it or not, and however it has ended. No other test has its
/// bytes; its time does not count, for some stores give an object a new one with its tags.
bool tells_of(const Transfer& transfer, const AreaObject& object) {
  if (transfer.key != object.key) return false;
  const auto& version_id = transfer.bound ? transfer.bound->version_id : transfer.event.version_id;
  if (version_id && object.version_id) return version_id == object.version_id;
  const std::string& etag = transfer.bound ? transfer.bound->etag : transfer.event.etag;
  return !etag.empty() && etag == object.etag;
}

}  // namespace

Result<void> check_test_key(const std::vector<Prefix>& prefixes, const std::string& key) {
  const Prefix* const prefix = find_prefix(prefixes, key);
  if (prefix == nullptr || prefix->flavour != Flavour::catalogued) {
    std::vector<std::string> catalogued;
    for (const Prefix& one : prefixes) {
      if (one.flavour == Flavour::catalogued) catalogued.push_back(one.prefix);
    }
    return rejected("a test package goes below a prefix of catalogued packages: " +
                        (catalogued.empty() ? "none is configured" : join(catalogued, ", ")),
                    key);
  }
  if (!is_package_key(key) || key.ends_with("/.zip"))
    return rejected("a package is a file whose name ends in .zip", key);
  return {};
}

Result<std::optional<Transfer>> test_under_way(Transfers& transfers, const std::string& area, const std::string& key) {
  TRY(const auto records, transfers.transfers_of_key(area, key));
  const auto found = std::ranges::find_if(records, [](const Transfer& transfer) {
    return !transfer.dismissed && transfer.state != TransferState::processing && !is_final(transfer.state);
  });
  return found == records.end() ? std::nullopt : std::optional(*found);
}

Result<TestUpload> upload_test(Transfers& transfers, const AreaInUse& area, const std::string& key,
                               const std::string& package) {
  TestUpload upload{area.name, {}};
  TRY(const auto records, transfers.transfers_of_key(area.name, key));
  for (const Transfer& record : records) upload.earlier.push_back(record.id);
  TRY_VOID(transfers.set_transfer_fact(fact_of(area.name, key), announcement_of(package)));
  TRY(upload.object, area.store->put_package(key, package));
  return upload;
}

Result<bool> is_announced_test(Transfers& transfers, const AreaInUse& area, const AreaObject& object) {
  TRY(const std::string announced, transfers.transfer_fact(fact_of(area.name, object.key)));
  const bool may_be = object.size <= kTestPackageMax && announced.ends_with(" " + std::to_string(object.size));
  if (!may_be) return false;
  TRY(const auto open, area.store->open(object));
  std::string bytes(static_cast<std::size_t>(object.size), '\0');
  TRY(const std::size_t n, open->read_at(0, std::as_writable_bytes(std::span<char>(bytes.data(), bytes.size()))));
  return n == bytes.size() && announcement_of(bytes) == announced;
}

Result<std::optional<Transfer>> find_test(Transfers& transfers, const TestUpload& upload) {
  TRY(const auto records, transfers.transfers_of_key(upload.area, upload.object.key));
  for (const Transfer& record : records) {
    const bool is_earlier = std::ranges::find(upload.earlier, record.id) != upload.earlier.end();
    if (!is_earlier && tells_of(record, upload.object)) return std::optional<Transfer>(record);
  }
  return std::optional<Transfer>();
}

std::optional<TestEnd> test_end(const Transfer& transfer) {
  switch (transfer.state) {
    case TransferState::stored: {
      const bool is_right =
          transfer.bag && transfer.bag->space == kTestSpace && transfer.bag->external_identifier == kTestIdentifier;
      return is_right ? TestEnd::stored : TestEnd::negative;
    }
    case TransferState::rejected:
    case TransferState::failed:
      return TestEnd::negative;
    default:
      return std::nullopt;
  }
}

std::string test_failure(const Transfer& transfer) {
  if (transfer.state == TransferState::rejected) return "the package was rejected";
  if (transfer.state != TransferState::stored) {
    return transfer.reason ? "it failed (" + transfer.reason->code + "): " + transfer.reason->description : "it failed";
  }
  const std::string expected = std::string(kTestSpace) + "/" + std::string(kTestIdentifier);
  const std::string found = transfer.bag ? transfer.bag->space + "/" + transfer.bag->external_identifier : "nowhere";
  return "it was stored as " + found + ", not as " + expected;
}

Result<TestOutcome> follow_test(const TestFollowing& following, const TestUpload& upload, const std::stop_token& stop) {
  const Duration begin = following.clock.since_boot();
  std::size_t told = 0;
  TestOutcome outcome;
  for (bool is_told = false; !stop.stop_requested();) {
    if (outcome.transfer) {
      TRY(outcome.transfer, following.transfers.find_transfer(outcome.transfer->id));
    } else {
      TRY(outcome.transfer, find_test(following.transfers, upload));
    }
    if (outcome.transfer) {
      const auto& remarks = outcome.transfer->remarks;
      for (; told < remarks.size(); ++told) following.tell(remarks[told]);
      if (const auto end = test_end(*outcome.transfer)) {
        outcome.end = *end;
        return outcome;
      }
    }
    const Duration passed = following.clock.since_boot() - begin;
    if (passed >= following.limit) {
      outcome.end = TestEnd::timed_out;
      return outcome;
    }
    if (!outcome.transfer && passed >= kTestNoticed && !std::exchange(is_told, true)) following.tell_unnoticed();
    following.clock.wait_until(begin + std::min(passed + kLookAgain, following.limit), stop);
  }
  return outcome;
}

}  // namespace strongroom::transfers
