// A test run: the package of start-test put into an area, and followed until it is stored or known not to be
// (transfers.md 13).
//
// The upload is announced before it is made, by its digest: what a store will call it is known only afterwards. Nobody
// but the watcher makes the record, so that the whole way is tested, notifications and sweeps included. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "ports/clock.hpp"
#include "ports/transfer_area.hpp"
#include "ports/transfers.hpp"
#include "transfers/in_hand.hpp"

namespace strongroom::transfers {

/// The key at which a test package can go: `.zip`, and below a prefix of catalogued packages. Rejected with the reason.
[[nodiscard]] Result<void> check_test_key(const std::vector<Prefix>& prefixes, const std::string& key);

/// A package of that key that Archivematica may be copying, or will be: it is not to be overwritten. Dismissed ones do
/// not count.
[[nodiscard]] Result<std::optional<Transfer>> test_under_way(Transfers& transfers, const std::string& area,
                                                             const std::string& key);

/// What was uploaded, and what the key had before.
struct TestUpload {
  std::string area;
  AreaObject object;
  std::vector<std::string> earlier{};  ///< ids of the records that the key had
};

/// Announces `package` and uploads it, in place of what has the key. Errors as the catalogue's and the area's.
[[nodiscard]] Result<TestUpload> upload_test(Transfers& transfers, const AreaInUse& area, const std::string& key,
                                             const std::string& package);
/// `object` is the test package that was announced last for its key: a first sweep starts it, whatever it does with
/// others (transfers.md 17). Reads it only when there is an announcement of that size.
[[nodiscard]] Result<bool> is_announced_test(Transfers& transfers, const AreaInUse& area, const AreaObject& object);

/// The record of exactly this upload; nothing as long as nobody has noticed it.
[[nodiscard]] Result<std::optional<Transfer>> find_test(Transfers& transfers, const TestUpload& upload);

/// How a test has ended.
enum class TestEnd : std::uint8_t {
  stored,     ///< in the space `testing`, under the test's identifier
  negative,   ///< rejected, failed, or stored elsewhere
  timed_out,  ///< the limit is reached
  stopped,
};

/// What the record's state means for the test; nothing while it is under way.
[[nodiscard]] std::optional<TestEnd> test_end(const Transfer& transfer);
/// Why a negative test is one, in a sentence.
[[nodiscard]] std::string test_failure(const Transfer& transfer);

struct TestOutcome {
  TestEnd end = TestEnd::stopped;
  std::optional<Transfer> transfer{};  ///< as it was looked at last
};

/// For so long a package may go unnoticed before the tester is told what that means.
inline constexpr Duration kTestNoticed = std::chrono::minutes(5);

struct TestFollowing {
  Transfers& transfers;
  Clock& clock;
  Duration limit;  ///< from now on
  /// Gets each change once, in order.
  std::function<void(const TransferRemark& change)> tell;
  /// Called once when nobody has noticed the upload within kTestNoticed; following goes on.
  std::function<void()> tell_unnoticed;
};

/// Looks at the record again and again. Errors as the catalogue's.
[[nodiscard]] Result<TestOutcome> follow_test(const TestFollowing& following, const TestUpload& upload,
                                              const std::stop_token& stop);

}  // namespace strongroom::transfers
