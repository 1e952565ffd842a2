#include "cli/bag_download.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>

#include "adapters/host/thread_workers.hpp"
#include "bagit/fetch.hpp"
#include "bagit/manifest.hpp"
#include "bagit/manifest_without.hpp"
#include "base/json_text.hpp"
#include "base/lines.hpp"
#include "base/text.hpp"
#include "cli/json_tree.hpp"
#include "cli/local_files.hpp"
#include "cli/shared_progress.hpp"
#include "cli/spill_files.hpp"
#include "cli/written_file.hpp"
#include "domain/bag_path.hpp"
#include "retrieve/bag_export.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

/// Connections at once: most of the time of a small file is that of its way here.
constexpr std::size_t kConnections = 8;
constexpr std::size_t kFilesOfARound = 1024;
/// While nothing comes, a file is asked for again for so long.
constexpr Duration kPatience = std::chrono::minutes(2);
constexpr Duration kPause = std::chrono::seconds(1);

struct WantedFile {
  std::string name;
  std::uint64_t size = 0;
  std::string checksum;  ///< hex; empty when none is known
  std::uint64_t number = 0;
};

/// What the service tells of the version, its list of files spilled.
struct Contents {
  std::string id;
  std::string version;
  std::optional<Algorithm> payload_algorithm;
  std::optional<Algorithm> tag_algorithm;
  std::unique_ptr<Spill> files;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  bool has_fetch = false;
};

Result<Contents> read_contents(ApiSession& session, const StoredBagName& name, SpillFiles& spills) {
  Contents contents;
  TRY(contents.files, spills.create());
  Result<void> kept = ok();
  JsonStream stream({"files"}, [&](const std::string&, const JsonTree& file) {
    contents.count += 1;
    contents.bytes += file.number("size").value_or(0);
    contents.has_fetch = contents.has_fetch || file.text("name") == bagit::kFetchFile;
    if (kept) kept = contents.files->write(as_bytes(file.json() + "\n"));
  });
  TRY_VOID(session.download(name.resource(""), stream));
  TRY_VOID(std::move(kept));
  TRY(const JsonTree bag, stream.finish());
  contents.id = bag.text("id");
  contents.version = bag.text("version");
  contents.payload_algorithm = parse_algorithm(bag.at("manifest").text("checksumAlgorithm"));
  contents.tag_algorithm = parse_algorithm(bag.at("tagManifest").text("checksumAlgorithm"));
  if (contents.version.empty() || contents.id.empty()) return broken("the service's answer is not a bag");
  return contents;
}

Error trouble(const std::string& what, const std::error_code& error, const fs::path& path) {
  return broken(what + ": " + error.message(), path.string());
}

Result<void> make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Result<void>(trouble("cannot be made", error, path)) : ok();
}

Result<void> move(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  return error ? Result<void>(trouble("cannot be renamed", error, from)) : ok();
}

/// Everything that is written is hashed, beginning with what an earlier try has left.
class CheckedFile final : public ByteSink {
 public:
  /// `progress` hears of what is written, and with `again` false of what is there already, too.
  static Result<std::unique_ptr<CheckedFile>> open(const fs::path& path, Algorithm algorithm, SharedProgress& progress,
                                                   bool again) {
    std::unique_ptr<CheckedFile> made(new CheckedFile(algorithm, progress));
    if (fs::exists(path)) {
      TRY(const auto local, LocalFile::open(path));
      const auto source = local->stream();
      std::vector<std::byte> buffer(kPiece);
      for (;;) {
        TRY(const std::size_t n, source->read(buffer));
        if (n == 0) break;
        made->hasher_.update(ByteView(buffer).first(n));
        made->size_ += n;
        if (!again) progress.add(n);
      }
    }
    TRY(made->file_, WrittenFile::open(path, WrittenFile::How::resumed));
    return made;
  }

  Result<void> write(ByteView bytes) override {
    hasher_.update(bytes);
    size_ += bytes.size();
    progress_.add(bytes.size());
    return file_->write(bytes);
  }
  Result<void> flush() { return file_->flush(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest digest() { return hasher_.finish(); }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 18;

  CheckedFile(Algorithm algorithm, SharedProgress& progress) : hasher_(algorithm), progress_(progress) {}

  std::unique_ptr<WrittenFile> file_;
  Hasher hasher_;
  SharedProgress& progress_;
  std::uint64_t size_ = 0;
};

class Download {
 public:
  Download(const Surroundings& surroundings, const StoredBagName& name, const Contents& contents, const fs::path& part)
      : clock_(surroundings.clock),
        name_(name),
        contents_(contents),
        bag_(part / "bag"),
        pieces_(part / "pieces"),
        progress_(surroundings, one_line(contents.id + " " + contents.version), contents.bytes) {}

  Result<void> run(ApiSession& session) {
    TRY_VOID(make_directories(bag_));
    TRY_VOID(make_directories(pieces_));
    std::vector<std::unique_ptr<ApiSession>> sessions;
    while (sessions.size() < kConnections) sessions.push_back(session.another());
    host::ThreadWorkers workers(kConnections - 1);
    TRY(const auto source, contents_.files->open());
    LineReader lines(*source);
    for (;;) {
      TRY(const std::vector<WantedFile> round, next_round(lines));
      if (round.empty()) return {};
      TRY_VOID(fetch_all(round, sessions, workers));
    }
  }

 private:
  Result<std::vector<WantedFile>> next_round(LineReader& lines) {
    std::vector<WantedFile> round;
    while (round.size() < kFilesOfARound) {
      TRY(const std::string_view* line, lines.next());
      if (line == nullptr) break;
      const auto file = JsonTree::parse(*line);
      if (!file) return broken("a list of files cannot be read again");
      WantedFile wanted{file->text("name"), file->number("size").value_or(0), file->text("checksum"), number_++};
      // Names of a bag are below it; a service that says otherwise is none to be followed.
      if (!is_relative_path(wanted.name))
        return broken("the service names a file outside of the bag: " + one_line(wanted.name));
      if (wanted.name != bagit::kFetchFile) round.push_back(std::move(wanted));
    }
    return round;
  }

  Result<void> fetch_all(const std::vector<WantedFile>& round, std::vector<std::unique_ptr<ApiSession>>& sessions,
                         Workers& workers) {
    std::atomic<std::size_t> next = 0;
    std::vector<Result<void>> ended(sessions.size(), ok());
    workers.for_each(sessions.size(), sessions.size(), [&](std::size_t worker) {
      for (std::size_t i = next++; i < round.size() && ended[worker]; i = next++) {
        ended[worker] = fetch(*sessions[worker], round[i]);
        if (!ended[worker]) next = round.size();
      }
    });
    for (Result<void>& one : ended) {
      TRY_VOID(std::move(one));
    }
    return {};
  }

  /// Asks again while it may help; what has come stays.
  Result<void> fetch(ApiSession& session, const WantedFile& file) {
    const fs::path target = bag_ / file.name;
    if (fs::exists(fs::symlink_status(target))) {
      progress_.add(file.size);
      return {};
    }
    const fs::path piece = pieces_ / std::to_string(file.number);
    Duration last_success = clock_.since_boot();
    std::uint64_t had = 0;
    for (bool again = false;; again = true) {
      Result<void> done = fetch_once(session, file, piece, again);
      if (done) break;
      std::error_code ignored;
      const std::uint64_t have = fs::exists(piece, ignored) ? fs::file_size(piece, ignored) : 0;
      if (have > had) last_success = clock_.since_boot();
      had = have;
      if (done.error().act != Act::temporary || clock_.since_boot() - last_success > kPatience) return done;
      clock_.wait_until(clock_.since_boot() + kPause, {});
    }
    TRY_VOID(make_directories(target.parent_path()));
    return contents_.has_fetch && bagit::is_tag_manifest(file.name) ? move_without_fetch(piece, target)
                                                                    : move(piece, target);
  }

  Result<void> fetch_once(ApiSession& session, const WantedFile& file, const fs::path& piece, bool again) {
    const auto& shown = file.name.starts_with("data/") ? contents_.payload_algorithm : contents_.tag_algorithm;
    const Algorithm algorithm = shown.value_or(Algorithm::sha256);
    TRY(auto sink, CheckedFile::open(piece, algorithm, progress_, again));
    const std::uint64_t before = sink->size();
    if (before < file.size || (file.size == 0 && before == 0)) {
      HttpHeaders range;
      if (before > 0) range.emplace_back("Range", "bytes=" + std::to_string(before) + "-");
      const std::string path = "/content/" + percent_encode(file.name, "/");
      const auto got = session.download(name_.resource(path), *sink, range);
      TRY_VOID(sink->flush());
      if (!got) return got.error();
    }
    const bool right = sink->size() == file.size &&
                       (!shown || file.checksum.empty() || sink->digest().hex() == to_lower_ascii(file.checksum));
    if (right) return {};
    std::error_code ignored;
    fs::remove(piece, ignored);
    return broken(
        "came with other bytes than the archive's checksum says: start again, and tell the archive if it goes on",
        file.name, Reason::corrupt);
  }

  /// As the service's own packages have it: the bag is complete, so nothing is left to be fetched.
  Result<void> move_without_fetch(const fs::path& piece, const fs::path& target) {
    const fs::path changed = piece.string() + ".changed";
    {
      TRY(const auto local, LocalFile::open(piece));
      bagit::ManifestWithout source(local->stream(), std::string(bagit::kFetchFile));
      TRY(const auto file, WrittenFile::open(changed, WrittenFile::How::emptied));
      TRY([[maybe_unused]] const std::uint64_t bytes, copy_bytes(source, *file));
      TRY_VOID(file->flush());
    }
    TRY_VOID(move(changed, target));
    std::error_code ignored;
    fs::remove(piece, ignored);
    return {};
  }

  Clock& clock_;
  const StoredBagName& name_;
  const Contents& contents_;
  const fs::path bag_;
  const fs::path pieces_;
  SharedProgress progress_;
  std::uint64_t number_ = 0;
};

/// Which version a download that was begun is of.
std::optional<JsonTree> begun(const fs::path& part) {
  std::ifstream file(part / "download.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return JsonTree::parse(text);
}

Result<void> begin(const fs::path& part, const Contents& contents) {
  TRY_VOID(make_directories(part));
  std::string text;
  JsonWriter(text).begin_object().member("id", contents.id).member("version", contents.version).end_object();
  TRY(const auto file, WrittenFile::open(part / "download.json", WrittenFile::How::emptied));
  TRY_VOID(file->write(text + "\n"));
  return file->finish();
}

}  // namespace

Result<Downloaded> download_bag(const Surroundings& surroundings, ApiSession& session, StoredBagName name,
                                fs::path target, const DownloadCheck& check) {
  const auto part_of = [](const fs::path& path) { return fs::path(without_end_slash(path).string() + ".part"); };
  // What was begun is gone on with, whatever is the latest version by now.
  if (const auto earlier = target.empty() ? std::nullopt : begun(part_of(target)); earlier && !name.version) {
    if (earlier->text("id") == name.bag) name.version = earlier->text("version");
  }
  SpillFiles spills;
  TRY(const Contents contents, read_contents(session, name, spills));
  name.version = contents.version;
  if (target.empty()) {
    target = retrieve::export_name(contents.id.substr(contents.id.find('/') + 1), contents.version);
  }
  if (fs::exists(fs::symlink_status(target))) {
    return rejected("is there already", target.string(), Reason::already_exists);
  }
  const fs::path part = part_of(target);
  const auto earlier = begun(part);
  if (earlier && (earlier->text("id") != contents.id || earlier->text("version") != contents.version)) {
    return rejected("holds an unfinished download of " +
                        one_line(earlier->text("id") + " " + earlier->text("version")) +
                        ": finish that one, or remove it",
                    part.string(), Reason::conflict);
  }
  if (!earlier) {
    TRY_VOID(begin(part, contents));
  }
  TRY_VOID(Download(surroundings, name, contents, part).run(session));
  if (check) {
    TRY_VOID(check(part / "bag"));
  }
  TRY_VOID(move(part / "bag", target));
  std::error_code ignored;
  fs::remove_all(part, ignored);
  const std::uint64_t files = contents.count - (contents.has_fetch ? 1 : 0);
  return Downloaded{target, contents.version, files, contents.bytes};
}

}  // namespace strongroom::cli
