#include "cli/login.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "domain/callback_url.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

struct LoginOptions {
  std::optional<std::string> url;
  std::string client_id;
  std::optional<std::string> secret_file;
  bool json = false;
};

/// From the file, the terminal, or standard input.
Result<std::string> secret_of(const LoginOptions& options, host::Console& console) {
  if (options.secret_file) return read_secret_file(*options.secret_file);
  std::string secret;
  if (console.in_is_terminal()) {
    TRY(secret, console.read_secret("Secret of " + one_line(options.client_id) + ": "));
  } else {
    TRY(const std::string text, console.read_input(kSecretMax));
    secret = text.substr(0, text.find_first_of("\r\n"));
  }
  if (secret.empty()) {
    return rejected("a secret is needed: type it, give --secret-file, or write it to standard input");
  }
  return secret;
}

/// http to another machine: whoever carries the packets can read the secret.
bool travels_in_clear(const std::string& url) {
  constexpr std::string_view kClear = "http://";
  if (!to_lower_ascii(url).starts_with(kClear)) return false;
  std::string host = url.substr(kClear.size());
  host = host.substr(0, host.find('/'));
  host = host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  return host != "localhost" && !is_loopback(host);
}

Exit login(const LoginOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const std::optional<std::string> named = options.url ? options.url : console.environment("STRONGROOM_URL");
  const Result<std::string> url = checked_url(named.value_or(kDefaultUrl));
  if (!url) return complain(console, Exit::usage, url.error());
  if (!ClientId::parse(options.client_id)) {
    return complain(console, Exit::usage, "--client-id " + one_line(options.client_id) + ": no client is called that");
  }
  const Result<std::string> path = login_file(console);
  if (!path) return complain(console, Exit::usage, path.error());
  if (travels_in_clear(*url)) {
    console.err("strongroom: warning: " + *url + " is not https: others on the way can read the secret\n");
  }
  const Result<std::string> secret = secret_of(options, console);
  if (!secret) return complain(console, Exit::usage, secret.error());
  const Credentials credentials{*url, options.client_id, *secret, authorities(console)};
  const Result<void> known = ApiSession(credentials).get_token();
  if (!known) return complain(console, Exit::unavailable, known.error());
  const Result<void> written = write_login(*path, credentials);
  if (!written) return complain(console, Exit::usage, written.error());
  if (options.json) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("url", *url).member("client_id", options.client_id).member("file", *path).end_object();
    console.out(text + "\n");
  } else {
    console.out("logged in to " + *url + " as " + options.client_id + "; kept in " + one_line(*path) + "\n");
  }
  return Exit::success;
}

struct LogoutOptions {
  bool json = false;
};

Exit logout(const LogoutOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  const Result<std::string> path = login_file(console);
  if (!path) return complain(console, Exit::usage, path.error());
  const Result<bool> removed = remove_login(*path);
  if (!removed) return complain(console, Exit::usage, removed.error());
  if (options.json) {
    console.out(std::string("{\"removed\":") + (*removed ? "true" : "false") + "}\n");
  } else {
    console.out(*removed ? "logged out: " + one_line(*path) + " is removed\n" : std::string("there was no login\n"));
  }
  return Exit::success;
}

}  // namespace

Command login_command() {
  const auto options = std::make_shared<LoginOptions>();
  Command command("login", "keep a client's credentials for later commands");
  command.description =
      "Asks for the client's secret, which is not shown while it is typed, tries it, and keeps URL, client id and "
      "secret "
      "in a file that nobody else can read. Without a terminal the secret is the first line of standard input.\n\n"
      "Options and environment variables of later commands go before the login. A kept secret is sent to the URL it "
      "was "
      "kept with, and to no other.";
  command.examples = {
      {"Log in to a service", "strongroom login --url https://archive.example.org/storage/v1 --client-id goobi-5f2a"},
      {"Without a terminal", "pass show strongroom | strongroom login --client-id goobi-5f2a"}};
  command.calls_service = true;
  command.option("--url", "URL", options->url,
                 "base URL of the API; else STRONGROOM_URL, else " + std::string(kDefaultUrl));
  command.option("--client-id", "ID", options->client_id, "as `strongroom client add` printed it").require();
  command.option("--secret-file", "FILE", options->secret_file, "file with the secret on its first line")
      .completed_by(Completes::file);
  command.flag("--json", options->json, "print JSON");
  command.run = [options](const Surroundings& surroundings) { return login(*options, surroundings); };
  return command;
}

Command logout_command() {
  const auto options = std::make_shared<LogoutOptions>();
  Command command("logout", "remove the kept credentials");
  command.description =
      "Removes what `strongroom login` keeps. The client itself stays as it is; an operator ends it with `strongroom "
      "client disable`.";
  command.flag("--json", options->json, "print JSON");
  command.run = [options](const Surroundings& surroundings) { return logout(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
