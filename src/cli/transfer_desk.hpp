// Where the commands about transfers find and steer packages: in the catalogue of a data directory, or by a running
// service. Both give the documents of transfers.md 16.1.
//
// One thread. Errors: rejected with Reason::not_found for an unknown package, with Reason::conflict for an order that
// cannot be followed; others as the catalogue's or as ApiSession's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/api_session.hpp"
#include "cli/data_catalogue.hpp"
#include "domain/transfer.hpp"
#include "ports/entropy.hpp"

namespace strongroom::cli {

/// Which packages a list is to have; what is absent or false lets everything through.
struct WantedTransfers {
  std::vector<std::string> statuses{};
  std::optional<std::string> area{};
  std::optional<std::string> key{};
  std::optional<std::string> prefix{};
  std::optional<std::string> identifier{};
  std::optional<std::string> transfer_id{};
  bool delayed = false;
  bool unresolved = false;
  std::uint64_t limit = 100;
};

/// A log as it was composed.
struct TransferLogText {
  std::string result;
  std::string key;  ///< empty when it was removed again and the service tells no more of it
  std::string text;
};

class TransferDesk {
 public:
  virtual ~TransferDesk() = default;

  /// Gives the documents to `take`, newest first, without `@context`; true when there are more than `wanted.limit`.
  virtual Result<bool> list(const WantedTransfers& wanted, const std::function<void(const std::string&)>& take) = 0;
  /// `@context` of the documents; known after list() or show(), empty when nobody told.
  [[nodiscard]] virtual std::string context() const = 0;
  virtual Result<std::string> show(const std::string& id) = 0;
  /// The log with that result, or the last one that is there. Rejected with Reason::not_found when there is none.
  virtual Result<TransferLogText> log(const std::string& id, const std::optional<std::string>& result) = 0;
  virtual Result<std::string> retry(const std::string& id, bool new_submission) = 0;
  virtual Result<std::string> dismiss(const std::string& id, const std::string& reason) = 0;
};

/// By a running service, in a client's name.
[[nodiscard]] std::unique_ptr<TransferDesk> make_service_desk(Credentials credentials);

struct DataDeskNeeds {
  Clock& clock;
  Entropy& entropy;
};
/// In the catalogue, as its operator. `context_url` is what the service would put into its documents.
[[nodiscard]] std::unique_ptr<TransferDesk> make_data_desk(std::unique_ptr<DataCatalogue> catalogue,
                                                           const DataDeskNeeds& needs, std::string context_url,
                                                           Duration overdue_after);

}  // namespace strongroom::cli
