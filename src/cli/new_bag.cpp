#include "cli/new_bag.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>

#include "base/text.hpp"
#include "cli/local_files.hpp"
#include "cli/written_file.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

Error trouble(const char* what, int number, const fs::path& where) {
  return broken(std::string(what) + ": " + reason_of(number), where.string());
}

Result<void> sync_directory(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return trouble("cannot be opened", errno, path);
  const int failed = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  if (failed != 0) return trouble("cannot be made durable", number, path);
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view text) {
  TRY(const auto file, WrittenFile::open(path, WrittenFile::How::fresh));
  TRY_VOID(file->write(text));
  return file->finish();
}

/// A path as manifests of BagIt 1.0 have it (RFC 8493, 2.1.3).
std::string manifest_path(std::string_view name) {
  std::string path;
  for (const char c : name) {
    if (c == '\n') {
      path += "%0A";
    } else if (c == '\r') {
      path += "%0D";
    } else if (c == '%') {
      path += "%25";
    } else {
      path += c;
    }
  }
  return path;
}

std::vector<Algorithm> each_of(AlgorithmSet algorithms) {
  std::vector<Algorithm> all;
  std::ranges::copy_if(kAlgorithms, std::back_inserter(all), [&](Algorithm a) { return algorithms.has(a); });
  return all;
}

/// One manifest of each algorithm, filled in order of name.
class Manifests {
 public:
  Result<void> create(const fs::path& into, const char* prefix, AlgorithmSet algorithms) {
    for (const Algorithm algorithm : each_of(algorithms)) {
      const std::string name = std::string(prefix) + std::string(name_of(algorithm)) + ".txt";
      TRY(files_[algorithm], WrittenFile::open(into / name, WrittenFile::How::fresh));
      names_.push_back(name);
    }
    return {};
  }
  Result<void> add(const std::vector<Digest>& digests, std::string_view name) {
    for (const Digest& digest : digests) {
      TRY_VOID(files_.at(digest.algorithm())->write(digest.hex() + "  " + manifest_path(name) + "\n"));
    }
    return {};
  }
  Result<void> finish() {
    for (const auto& [algorithm, file] : files_) TRY_VOID(file->finish());
    return {};
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<Algorithm, std::unique_ptr<WrittenFile>> files_;
  std::vector<std::string> names_;
};

Result<void> hash_payload(const std::vector<ListedFile>& payload, AlgorithmSet algorithms, const HashingNeeds& needs,
                          Manifests& manifests) {
  using Hashed = Result<std::pair<std::uint64_t, std::vector<Digest>>>;
  for (std::size_t begin = 0; begin < payload.size(); begin += kFilesOfABatch) {
    const std::size_t count = std::min(kFilesOfABatch, payload.size() - begin);
    std::vector<Hashed> done(count, broken("was not read"));
    needs.workers.for_each(count, kFilesAtOnce, [&](std::size_t i) {
      done[i] = hash_file(payload[begin + i].path, algorithms, [&](std::size_t bytes) { needs.progress(bytes); });
    });
    for (std::size_t i = 0; i < count; ++i) {
      const ListedFile& file = payload[begin + i];
      if (!done[i]) return done[i].error();
      if (done[i]->first != file.size) return broken("changed while it was being read", file.path.string());
      TRY_VOID(manifests.add(done[i]->second, file.name));
    }
  }
  return manifests.finish();
}

}  // namespace

Result<std::vector<ListedFile>> list_payload(const fs::path& directory) {
  TRY(std::vector<ListedFile> payload, list_files(directory, "data/"));
  for (const ListedFile& file : payload) {
    if (!is_utf8(file.name)) return rejected("its name is not UTF-8, so no manifest can hold it", file.path.string());
    if (file.name.ends_with(' ') || file.name.ends_with('\t')) {
      return rejected("its name ends in a blank, which is lost in manifests", file.path.string());
    }
  }
  return payload;
}

Result<void> write_tag_files(const std::vector<ListedFile>& payload, const NewBag& bag, const HashingNeeds& needs,
                             const fs::path& into) {
  Manifests manifests;
  TRY_VOID(manifests.create(into, "manifest-", bag.algorithms));
  TRY_VOID(hash_payload(payload, bag.algorithms, needs, manifests));
  std::string info;
  for (const auto& [label, value] : bag.fields) info += label + ": " + value + "\n";
  info += "Payload-Oxum: " + std::to_string(bytes_of(payload)) + "." + std::to_string(payload.size()) + "\n";
  TRY_VOID(write_file(into / "bag-info.txt", info));
  TRY_VOID(write_file(into / "bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"));
  std::vector<std::string> tag_files = {"bag-info.txt", "bagit.txt"};
  tag_files.insert(tag_files.end(), manifests.names().begin(), manifests.names().end());
  Manifests tag_manifests;
  TRY_VOID(tag_manifests.create(into, "tagmanifest-", bag.algorithms));
  for (const std::string& name : tag_files) {
    TRY(const auto hashed, hash_file(into / name, bag.algorithms, [](std::size_t) {}));
    TRY_VOID(tag_manifests.add(hashed.second, name));
  }
  TRY_VOID(tag_manifests.finish());
  return sync_directory(into);
}

InPlace::InPlace(const fs::path& directory)
    : directory_(without_end_slash(directory)),
      made_(directory_.parent_path() / ("." + directory_.filename().string() + ".new-bag")) {}

bool InPlace::is_half_done() const { return !fs::exists(directory_) && fs::exists(made_ / "data"); }

Result<void> InPlace::finish() const {
  if (::rename(made_.c_str(), directory_.c_str()) != 0) return trouble("cannot be renamed", errno, made_);
  return sync_directory(directory_.parent_path());
}

Result<fs::path> InPlace::prepare() const {
  if (fs::exists(directory_ / "bagit.txt"))
    return rejected("is a bag already: it has a bagit.txt", directory_.string());
  if (fs::exists(made_ / "data")) {
    return broken("an unfinished bag lies here, and " + directory_.string() + " too: move one of them away",
                  made_.string());
  }
  std::error_code error;
  fs::remove_all(made_, error);
  if (!error) fs::create_directory(made_, directory_, error);
  if (error) {
    return broken("a directory beside the bag cannot be made (" + error.message() + "): use --to to make a package",
                  made_.string());
  }
  return made_;
}

Result<void> InPlace::commit() const {
  const fs::path data = made_ / "data";
  if (::rename(directory_.c_str(), data.c_str()) != 0) {
    const int number = errno;
    give_up();
    return trouble("cannot be moved, use --to to make a package", number, directory_);
  }
  TRY_VOID(sync_directory(made_));
  return finish();
}

void InPlace::give_up() const {
  std::error_code ignored;
  if (!fs::exists(made_ / "data")) fs::remove_all(made_, ignored);
}

}  // namespace strongroom::cli
