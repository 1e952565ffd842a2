// Callback URLs and the addresses they may lead to (domain-rules.md 2.7, pipeline.md 11.3). Pure functions.
// No name is resolved here: the client asks about each address it finds. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace strongroom {

/// Which addresses a callback may go to.
struct CallbackPolicy {
  std::vector<std::string> allowed_networks;  ///< CIDR texts of `callbacks.allowedNetworks`
  /// True when the service itself listens on loopback only, so that everything can be tried on one machine.
  bool loopback_allowed = false;
};

/// The text of the first broken rule of domain-rules.md 2.7; empty when fine.
[[nodiscard]] std::string callback_url_fault(std::string_view url, const CallbackPolicy& policy);

/// True when a connection to the numeric `address` (IPv4 or IPv6 text) is allowed.
[[nodiscard]] bool callback_address_allowed(std::string_view address, const CallbackPolicy& policy);

/// True when `network` is a CIDR text such as `10.0.0.0/8` or `fc00::/7`.
[[nodiscard]] bool is_network(std::string_view network);
/// True for 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view address);

/// For readers other than the creator: the query replaced by `?***`, user information by `***@`.
[[nodiscard]] std::string masked_callback_url(std::string_view url);

/// `{id}` in path or query replaced by the ingest id.
[[nodiscard]] std::string resolved_callback_url(std::string_view url, std::string_view ingest_id);

}  // namespace strongroom
