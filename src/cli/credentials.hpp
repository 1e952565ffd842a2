// Which service a command speaks to, and as whom: from options, then the environment, then the login file.
//
// The login file belongs to one person: it is refused when others may read it, and its secret goes to no other URL and
// with no other client id than those it was kept with. One thread at a time.
#pragma once

#include <optional>
#include <string>

#include "adapters/host/console.hpp"
#include "base/result.hpp"
#include "cli/command_tree.hpp"

namespace strongroom::cli {

struct Credentials {
  std::string url;  ///< base URL of the API, `http://127.0.0.1:8080/storage/v1`
  std::string client_id;
  std::string client_secret;
  std::string ca_file{};  ///< PEM file of authorities trusted beside the system's; empty for none
};

/// What every command that calls the service takes.
struct ServiceOptions {
  std::optional<std::string> url;
  std::optional<std::string> client_id;
  std::optional<std::string> client_secret;
  std::optional<std::string> secret_file;
};

inline constexpr const char* kDefaultUrl = "http://127.0.0.1:8080/storage/v1";
/// Longer than any secret that we make, or that a person types.
inline constexpr std::size_t kSecretMax = 1024;

/// Adds --url, --client-id, --client-secret and --secret-file, and what is said about credentials in the help.
void add_service_options(Command& command, ServiceOptions& options);

/// Rejected, with what to do, when something is missing or cannot be.
[[nodiscard]] Result<Credentials> find_credentials(const ServiceOptions& options, const host::Console& console);

/// The file that STRONGROOM_CA_FILE names; empty for none.
[[nodiscard]] std::string authorities(const host::Console& console);
/// The URL without slashes at its end; rejected when it is not one of http or https.
[[nodiscard]] Result<std::string> checked_url(std::string url);
/// The first line of a file.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

/// `$XDG_CONFIG_HOME/strongroom/credentials.json`, or below `~/.config`; rejected when the environment names neither.
[[nodiscard]] Result<std::string> login_file(const host::Console& console);
/// Nothing when there is no such file.
[[nodiscard]] Result<std::optional<Credentials>> read_login(const std::string& path);
/// Mode 0600, its directory 0700 when it has to be made; whole or not at all.
[[nodiscard]] Result<void> write_login(const std::string& path, const Credentials& credentials);
/// False when there was none.
[[nodiscard]] Result<bool> remove_login(const std::string& path);

}  // namespace strongroom::cli
