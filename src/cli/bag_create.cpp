#include "cli/bag_create.hpp"

#include <stdlib.h>

#include <memory>

#include "adapters/host/thread_workers.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "cli/local_files.hpp"
#include "cli/new_bag.hpp"
#include "cli/readable.hpp"
#include "cli/shared_progress.hpp"
#include "cli/written_file.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

struct BagCreateOptions {
  std::string directory;
  std::string identifier;
  std::vector<std::string> fields;
  std::vector<std::string> algorithms;
  std::optional<std::string> to;
  bool json = false;
};

/// What there is in the end.
struct MadeBag {
  std::string path;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  bool taken_up = false;  ///< an earlier run had done all but the last step
};

/// Gone with the program, unless that is killed.
class TemporaryDirectory {
 public:
  static Result<std::unique_ptr<TemporaryDirectory>> make() {
    std::string path = (fs::temp_directory_path() / "strongroom-bag-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) return broken("a temporary directory cannot be made", path);
    return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(path));
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

/// `Label=value` as bag-info.txt takes it.
Result<std::pair<std::string, std::string>> parse_field(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string label = text.substr(0, std::min(equals, text.size()));
  const std::string value = equals == std::string::npos ? std::string() : text.substr(equals + 1);
  const bool good = equals != std::string::npos && !label.empty() && is_utf8(text) && !has_control_characters(text) &&
                    label.find(':') == std::string::npos && label.front() != ' ' && label.back() != ' ';
  if (!good) return rejected("--info " + one_line(text) + ": must be a label, = and a value, on one line");
  const std::string known = to_lower_ascii(label);
  if (known == "external-identifier" || known == "payload-oxum") {
    return rejected("--info " + one_line(text) + ": " + label + " is written by itself" +
                    (known == "external-identifier" ? ", from --id" : ""));
  }
  return std::pair(label, value);
}

Result<NewBag> read_options(const BagCreateOptions& options, Clock& clock) {
  NewBag bag;
  const auto identifier = ExternalIdentifier::parse(options.identifier, IdentifierPlace::bag);
  if (!identifier) return rejected("--id " + one_line(options.identifier) + ": " + identifier.error().what);
  bag.fields.emplace_back("External-Identifier", identifier->str());
  bool has_date = false;
  for (const std::string& text : options.fields) {
    TRY(auto field, parse_field(text));
    has_date = has_date || to_lower_ascii(field.first) == "bagging-date";
    bag.fields.push_back(std::move(field));
  }
  if (!has_date) bag.fields.emplace_back("Bagging-Date", format_instant(clock.now()).substr(0, 10));
  bag.fields.emplace_back("Bag-Software-Agent", std::string("Strongroom ") + STRONGROOM_VERSION);
  for (const std::string& name : options.algorithms) bag.algorithms.add(*parse_algorithm(name));
  if (options.algorithms.empty()) bag.algorithms = {Algorithm::sha256};
  return bag;
}

/// Written beside its name and renamed at the end: a package that is there is whole.
Result<void> write_package(std::vector<ListedFile> files, const fs::path& target) {
  const fs::path part = target.string() + ".part";
  const auto write = [&]() -> Result<void> {
    TRY(const auto file, WrittenFile::open(part, WrittenFile::How::emptied));
    TRY([[maybe_unused]] const std::uint64_t bytes, copy_bytes(*pack_files(std::move(files)), *file));
    return file->finish();
  };
  Result<void> written = write();
  std::error_code error;
  if (written) fs::rename(part, target, error);
  if (written && error) written = broken("cannot be renamed: " + error.message(), part.string());
  if (!written) fs::remove(part, error);
  return written;
}

/// The directory stays as it is.
Result<void> create_package(const fs::path& directory, const std::vector<ListedFile>& payload, const NewBag& bag,
                            const HashingNeeds& needs, const fs::path& target) {
  if (!target.string().ends_with(".tar.gz")) return rejected("--to must end in .tar.gz", target.string());
  if (fs::exists(target)) return rejected("is there already", target.string());
  TRY(const auto tags, TemporaryDirectory::make());
  TRY_VOID(write_tag_files(payload, bag, needs, tags->path()));
  const std::string name = without_end_slash(directory).filename().string();
  TRY(std::vector<ListedFile> files, list_files(tags->path(), name + "/"));
  for (ListedFile file : payload) {
    file.name = name + "/" + file.name;
    files.push_back(std::move(file));
  }
  return write_package(std::move(files), target);
}

Result<void> create_in_place(const InPlace& place, const std::vector<ListedFile>& payload, const NewBag& bag,
                             const HashingNeeds& needs) {
  TRY(const fs::path into, place.prepare());
  if (auto written = write_tag_files(payload, bag, needs, into); !written) {
    place.give_up();
    return written;
  }
  return place.commit();
}

Result<MadeBag> create(const BagCreateOptions& options, const Surroundings& surroundings) {
  TRY(const NewBag bag, read_options(options, surroundings.clock));
  const fs::path directory(options.directory);
  const InPlace place(directory);
  if (!options.to && place.is_half_done()) {
    TRY_VOID(place.finish());
    TRY(const std::vector<ListedFile> payload, list_payload(directory / "data"));
    return MadeBag{options.directory, payload.size(), bytes_of(payload), true};
  }
  std::error_code trouble;
  if (!fs::is_directory(directory, trouble)) return rejected("is not a directory", directory.string());
  TRY(const std::vector<ListedFile> payload, list_payload(directory));
  host::ThreadWorkers workers(kReadingHelpers);
  SharedProgress progress(surroundings, one_line(options.directory), bytes_of(payload));
  const HashingNeeds needs{workers, [&](std::uint64_t bytes) { progress.add(bytes); }};
  TRY_VOID(options.to ? create_package(directory, payload, bag, needs, *options.to)
                      : create_in_place(place, payload, bag, needs));
  return MadeBag{options.to.value_or(options.directory), payload.size(), bytes_of(payload)};
}

Exit bag_create(const BagCreateOptions& options, const Surroundings& surroundings) {
  const Result<MadeBag> made = create(options, surroundings);
  if (!made) return complain(surroundings.console, Exit::usage, made.error());
  std::string text;
  if (options.json) {
    JsonWriter json(text);
    json.begin_object().member("path", made->path).member("fileCount", made->files);
    json.member("byteCount", made->bytes).end_object();
  } else {
    text = (made->taken_up ? "finished the bag that an earlier run had begun: " : "made a bag: ") +
           one_line(made->path) + ", " + counted(made->files, "file") + ", " + readable_size(made->bytes);
  }
  surroundings.console.out(text + "\n");
  return Exit::success;
}

}  // namespace

Command bag_create_command() {
  const auto options = std::make_shared<BagCreateOptions>();
  Command command("create", "make a bag of a directory");
  command.description =
      "Makes a bag (BagIt 1.0) of a directory, in place: what is in the directory is then in its subdirectory data, "
      "with the "
      "tag files beside it. No file is changed or copied, and a run that is ended in between is finished by running "
      "the "
      "command again. With --to the directory stays as it is and a packed bag is written.\n\n"
      "Payload-Oxum, Bagging-Date (today) and Bag-Software-Agent are written by themselves. Empty directories are no "
      "part "
      "of a bag.";
  command.examples = {
      {"In place", "strongroom bag create scans --id b12345678 --info 'Source-Organization=Harbour Map Room'"},
      {"As a package", "strongroom bag create scans --id b12345678 --to b12345678.tar.gz"},
      {"With two manifests", "strongroom bag create scans --id b12345678 --algorithm sha256 --algorithm sha512"}};
  command.exits = {{Exit::success, "the bag is made"}, {Exit::usage, "wrong arguments, or trouble with a file"}};
  std::vector<std::string> names;
  for (const Algorithm algorithm : kAlgorithms) names.emplace_back(name_of(algorithm));
  command.argument("DIRECTORY", options->directory, "what the bag is to hold").completed_by(Completes::directory);
  command.option("--id", "IDENTIFIER", options->identifier, "the External-Identifier").require();
  command.option("--info", "LABEL=VALUE", options->fields, "a field of bag-info.txt");
  command.option("--algorithm", "ALGORITHM", options->algorithms, "of the manifests; else sha256").one_of(names);
  command.option("--to", "FILE", options->to, "a package to write instead, ending in .tar.gz")
      .completed_by(Completes::file);
  command.flag("--json", options->json, "print a JSON object: path, and fileCount and byteCount of the payload");
  command.run = [options](const Surroundings& surroundings) { return bag_create(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
