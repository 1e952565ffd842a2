#include "cli/bag_get.hpp"

#include <filesystem>
#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/bag_download.hpp"
#include "cli/bag_validate.hpp"
#include "cli/readable.hpp"
#include "cli/shared_progress.hpp"
#include "cli/written_file.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

/// A package cannot be gone on with in the middle: it is begun anew so often.
constexpr int kTries = 3;

struct BagGetOptions {
  std::string bag;
  std::optional<std::string> version;
  std::string out;
  bool verify = false;
  bool json = false;
  ServiceOptions service;
};

bool is_package(const std::string& path) { return path.ends_with(".tar.gz") || path.ends_with(".tgz"); }

/// Passes on to a file, and shows how far it has come.
class ShownSink final : public ByteSink {
 public:
  ShownSink(WrittenFile& file, SharedProgress& progress) : file_(file), progress_(progress) {}
  Result<void> write(ByteView bytes) override {
    size_ += bytes.size();
    progress_.add(bytes.size());
    return file_.write(bytes);
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  WrittenFile& file_;
  SharedProgress& progress_;
  std::uint64_t size_ = 0;
};

Result<void> expect_valid(const fs::path& bag, const Surroundings& surroundings) {
  TRY(const bool valid, is_valid_bag(bag.string(), surroundings));
  if (!valid) return broken("what was downloaded is not a valid bag", bag.string(), Reason::corrupt);
  return {};
}

Result<std::uint64_t> get_package(ApiSession& session, const StoredBagName& name, const fs::path& part,
                                  const Surroundings& surroundings) {
  SharedProgress progress(surroundings, one_line(name.bag), std::nullopt);
  for (int left = kTries;; --left) {
    TRY(const auto file, WrittenFile::open(part, WrittenFile::How::emptied));
    ShownSink sink(*file, progress);
    const auto got = session.download(name.resource("/archive"), sink);
    if (got) {
      TRY_VOID(file->finish());
      return sink.size();
    }
    // Nothing came at all: there is no use in hurrying.
    const bool again = got.error().act == Act::temporary && sink.size() > 0 && left > 1;
    if (!again) return got.error();
  }
}

Result<Downloaded> as_package(const BagGetOptions& options, ApiSession& session, const StoredBagName& name,
                              const Surroundings& surroundings) {
  const fs::path target(options.out);
  if (fs::exists(fs::symlink_status(target))) {
    return rejected("is there already", target.string(), Reason::already_exists);
  }
  const fs::path part = target.string() + ".part";
  auto size = get_package(session, name, part, surroundings);
  Result<void> good = size ? ok() : Result<void>(size.error());
  if (good && options.verify) good = expect_valid(part, surroundings);
  std::error_code error;
  if (good) {
    fs::rename(part, target, error);
    if (error) return broken("cannot be renamed: " + error.message(), part.string());
    return Downloaded{target, name.version.value_or(""), 0, *size};
  }
  fs::remove(part, error);
  return std::move(good).error();
}

Result<Downloaded> as_directory(const BagGetOptions& options, ApiSession& session, const StoredBagName& name,
                                const Surroundings& surroundings) {
  DownloadCheck check;
  if (options.verify) {
    check = [&](const fs::path& bag) { return expect_valid(bag, surroundings); };
  }
  return download_bag(surroundings, session, name, options.out, check);
}

std::string summary(const BagGetOptions& options, const Downloaded& got, bool package) {
  std::string text;
  if (options.json) {
    JsonWriter json(text);
    json.begin_object().member("path", got.path.string());
    if (!got.version.empty()) json.member("version", got.version);
    if (!package) json.member("fileCount", got.files);
    json.member("byteCount", got.bytes).member("verified", options.verify).end_object();
    return text + "\n";
  }
  text = one_line(got.path.string()) + ": ";
  if (!package) text += got.version + ", " + counted(got.files, "file") + ", ";
  return text + readable_size(got.bytes) + (options.verify ? ", complete and valid" : "") + "\n";
}

Exit exit_of(const Error& error) {
  if (error.reason == Reason::corrupt) return Exit::failed;
  const bool local = error.reason == Reason::already_exists || error.reason == Reason::conflict;
  return local || error.act == Act::broken ? Exit::usage : Exit::unavailable;
}

Exit bag_get(const BagGetOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<StoredBagName> name = parse_stored_bag(options.bag, options.version);
  if (!name) return complain(console, Exit::usage, name.error());
  ApiSession session(std::move(credentials).value());
  const bool package = is_package(options.out);
  const auto got =
      package ? as_package(options, session, *name, surroundings) : as_directory(options, session, *name, surroundings);
  if (!got) return complain(console, exit_of(got.error()), got.error());
  console.out(summary(options, *got, package));
  return Exit::success;
}

}  // namespace

Command bag_get_command() {
  const auto options = std::make_shared<BagGetOptions>();
  Command command("get", "download a stored bag");
  command.description =
      "Downloads a bag, the latest version or the one named, with every file in it: those that an earlier version "
      "holds, "
      "too. What comes out is a complete, valid bag; it has no fetch.txt.\n\n"
      "As a directory each file is checked by its own checksum, several come at once, and a download that was "
      "interrupted "
      "goes on where it stopped when the same command is run again; until it is whole it is called PATH.part. A "
      "package, "
      "which is what a PATH ending in .tar.gz asks for, is checked by the service as it is sent, and comes in one "
      "piece.\n\n"
      "With --verify the bag is also checked by its own manifests, as `strongroom bag validate` does.";
  command.examples = {
      {"The latest version, as a directory", "strongroom bag get digitised/b12345678"},
      {"The first one, as a package", "strongroom bag get digitised/b12345678@v1 --out b12345678.tar.gz --verify"}};
  command.exits = {{Exit::success, "the bag is there, whole"},
                   {Exit::failed, "what came is not what the archive says it has"},
                   {Exit::usage, "wrong arguments, PATH is there already, or trouble with a local file"}};
  command.argument("SPACE/IDENTIFIER[@vN]", options->bag, "the bag");
  command.option("--version", "vN", options->version, "that version, where @vN would belong to the identifier");
  command.option("--out", "PATH", options->out, "where to; else a directory named IDENTIFIER-vN")
      .completed_by(Completes::file);
  command.flag("--verify", options->verify, "check the bag by its own manifests, too");
  command.flag("--json", options->json, "print a JSON object: path, version, fileCount, byteCount, verified");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return bag_get(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
