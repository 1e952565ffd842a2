#include "cli/credentials.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/config_values.hpp"
#include "cli/json_tree.hpp"
#include "cli/local_files.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLoginMax = 64 * 1024;

/// An open file, closed with it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Result<std::string> read_descriptor(int descriptor, const std::string& path) {
  std::string text(kLoginMax, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return rejected("cannot be read: " + reason_of(errno), path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

Result<void> write_descriptor(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t sent = write(descriptor, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return rejected("cannot be written: " + reason_of(errno), path);
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (fsync(descriptor) != 0) return rejected("cannot be written: " + reason_of(errno), path);
  return ok();
}

/// Only its owner may read it, and that is who asks.
Result<void> check_privacy(int descriptor, const std::string& path) {
  struct stat info{};
  if (fstat(descriptor, &info) != 0) return rejected("cannot be read: " + reason_of(errno), path);
  if (!S_ISREG(info.st_mode)) return rejected("the login file is not a file", path);
  if (info.st_uid != geteuid()) return rejected("the login file belongs to somebody else", path);
  if ((info.st_mode & 077) != 0) {
    return rejected(
        "the login file can be read or changed by others: give the client a new secret (`strongroom client "
        "rotate`) if they may have done so, then `chmod 600 " +
        path + "`");
  }
  return ok();
}

/// What is missing after options and environment, from the login file.
Result<void> fill_from_login(Credentials& credentials, bool url_given, const host::Console& console) {
  const Result<std::string> path = login_file(console);
  if (!path) return ok();
  TRY(const std::optional<Credentials> login, read_login(*path));
  if (!login) return ok();
  if (!url_given) {
    credentials.url = login->url;
  } else if (credentials.url != login->url) {
    return ok();  // a secret is for the service it was made by
  }
  if (credentials.client_id.empty()) credentials.client_id = login->client_id;
  if (credentials.client_secret.empty() && credentials.client_id == login->client_id) {
    credentials.client_secret = login->client_secret;
  }
  return ok();
}

}  // namespace

void add_service_options(Command& command, ServiceOptions& options) {
  const std::string heading = "Service and client";
  command.calls_service = true;
  command
      .option("--url", "URL", options.url,
              "base URL of the API; else STRONGROOM_URL, else that of the login, else " + std::string(kDefaultUrl))
      .below(heading);
  command.option("--client-id", "ID", options.client_id, "else STRONGROOM_CLIENT_ID, else that of the login")
      .below(heading);
  command
      .option("--client-secret", "SECRET", options.client_secret,
              "else STRONGROOM_CLIENT_SECRET, else that of the login; others on this machine can see it here")
      .below(heading);
  command.option("--secret-file", "FILE", options.secret_file, "file with the secret on its first line")
      .completed_by(Completes::file)
      .excludes({"--client-secret"})
      .below(heading);
}

std::string authorities(const host::Console& console) { return console.environment("STRONGROOM_CA_FILE").value_or(""); }

Result<std::string> checked_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (is_base_url(url)) return url;
  return rejected("--url " + one_line(url) + ": must be an http or https URL without query, such as " +
                  std::string(kDefaultUrl));
}

Result<std::string> read_secret_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  if (!stream || fs::is_directory(path) || (!std::getline(stream, line) && !stream.eof())) {
    return rejected("--secret-file " + one_line(path) + ": cannot be read");
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > kSecretMax) {
    return rejected("--secret-file " + one_line(path) + ": its first line must be the secret");
  }
  return line;
}

Result<Credentials> find_credentials(const ServiceOptions& options, const host::Console& console) {
  const auto value = [&](const std::optional<std::string>& given, const char* name) {
    return given ? given : console.environment(name);
  };
  Credentials credentials;
  credentials.ca_file = authorities(console);
  const std::optional<std::string> url = value(options.url, "STRONGROOM_URL");
  TRY(credentials.url, checked_url(url.value_or(kDefaultUrl)));
  credentials.client_id = value(options.client_id, "STRONGROOM_CLIENT_ID").value_or("");
  if (options.secret_file) {
    TRY(credentials.client_secret, read_secret_file(*options.secret_file));
  } else {
    credentials.client_secret = value(options.client_secret, "STRONGROOM_CLIENT_SECRET").value_or("");
  }
  if (credentials.client_id.empty() || credentials.client_secret.empty()) {
    TRY_VOID(fill_from_login(credentials, url.has_value(), console));
  }
  if (!credentials.client_id.empty() && !credentials.client_secret.empty()) return credentials;
  const std::string missing = credentials.client_id.empty() ? "a client" : "the secret of " + credentials.client_id;
  return rejected(missing + " is needed for " + credentials.url +
                  ": use `strongroom login`, or set STRONGROOM_CLIENT_ID and STRONGROOM_CLIENT_SECRET, or give "
                  "--client-id and --secret-file (an operator makes clients with `strongroom client add`)");
}

Result<std::string> login_file(const host::Console& console) {
  const std::optional<std::string> directory = console.environment("XDG_CONFIG_HOME");
  // Relative ones are to be ignored, says the XDG Base Directory Specification.
  if (directory && directory->starts_with('/')) return *directory + "/strongroom/credentials.json";
  const std::optional<std::string> home = console.environment("HOME");
  if (home) return *home + "/.config/strongroom/credentials.json";
  return rejected("there is no place for the login file: HOME is not set");
}

Result<std::optional<Credentials>> read_login(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<Credentials>();
    return rejected("the login file cannot be read: " + reason_of(errno), path);
  }
  TRY_VOID(check_privacy(file.number(), path));
  TRY(const std::string text, read_descriptor(file.number(), path));
  const std::optional<JsonTree> document = JsonTree::parse(text);
  Credentials credentials;
  if (document) credentials = {document->text("url"), document->text("client_id"), document->text("client_secret"), {}};
  if (!is_base_url(credentials.url) || credentials.client_id.empty() || credentials.client_secret.empty()) {
    return rejected("the login file is damaged: `strongroom login` writes a new one", path);
  }
  return std::optional<Credentials>(std::move(credentials));
}

Result<void> write_login(const std::string& path, const Credentials& credentials) {
  const fs::path directory = fs::path(path).parent_path();
  std::error_code trouble;
  fs::create_directories(directory.parent_path(), trouble);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return rejected("the directory cannot be made: " + reason_of(errno), directory.string());
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("url", credentials.url)
      .member("client_id", credentials.client_id)
      .member("client_secret", credentials.client_secret)
      .end_object();
  std::string unfinished = path + ".XXXXXX";
  const Descriptor file(mkostemp(unfinished.data(), O_CLOEXEC));  // mode 0600
  if (file.number() < 0) return rejected("the login file cannot be written: " + reason_of(errno), path);
  Result<void> written = write_descriptor(file.number(), text + "\n", path);
  if (written && rename(unfinished.c_str(), path.c_str()) != 0) {
    written = rejected("the login file cannot be written: " + reason_of(errno), path);
  }
  if (!written) unlink(unfinished.c_str());
  return written;
}

Result<bool> remove_login(const std::string& path) {
  if (unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return rejected("the login file cannot be removed: " + reason_of(errno), path);
}

}  // namespace strongroom::cli
