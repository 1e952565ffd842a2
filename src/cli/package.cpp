#include "cli/package.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

std::string reason_of(int number) { return std::generic_category().message(number); }

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const fs::path& path) : path_(path), stream_(path, std::ios::binary) {}

  [[nodiscard]] bool is_open() const { return stream_.is_open(); }
  Result<std::size_t> read(ByteSpan into) override {
    stream_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    if (stream_.bad()) return broken("cannot be read", path_.string());
    return static_cast<std::size_t>(stream_.gcount());
  }

 private:
  fs::path path_;
  std::ifstream stream_;
};

struct ListedFile {
  fs::path path;
  std::string name;  ///< in the package
  struct stat info{};
};

Result<std::vector<ListedFile>> list_files(const fs::path& directory, const std::string& top) {
  std::vector<ListedFile> files;
  std::error_code trouble;
  auto entry = fs::recursive_directory_iterator(directory, trouble);
  for (; !trouble && entry != fs::end(entry); entry.increment(trouble)) {
    const fs::file_status status = entry->symlink_status(trouble);
    if (trouble || fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status))
      return rejected("a bag holds files only, no links or devices", entry->path().string());
    ListedFile file{entry->path(), top + "/" + entry->path().lexically_relative(directory).generic_string(), {}};
    if (::stat(file.path.c_str(), &file.info) != 0) return rejected(reason_of(errno), file.path.string());
    files.push_back(std::move(file));
  }
  if (trouble) return rejected("the directory cannot be read: " + trouble.message(), directory.string());
  std::ranges::sort(files, {}, &ListedFile::name);
  return files;
}

/// A directory as tar.gz, made piece by piece as it is asked for.
class PackingSource final : public ByteSource {
 public:
  explicit PackingSource(std::vector<ListedFile> files) : files_(std::move(files)), archive_(archive_write_new()) {
    // GNU's format keeps names as the bytes they are; the fast level suits files that are compressed already.
    good_ = archive_write_set_format_gnutar(archive_.get()) == ARCHIVE_OK &&
            archive_write_add_filter_gzip(archive_.get()) == ARCHIVE_OK &&
            archive_write_set_options(archive_.get(), "gzip:compression-level=1,gzip:!timestamp") == ARCHIVE_OK &&
            archive_write_set_bytes_in_last_block(archive_.get(), 1) == ARCHIVE_OK &&
            archive_write_open2(archive_.get(), &packed_, nullptr, &take, nullptr, nullptr) == ARCHIVE_OK;
  }

  Result<std::size_t> read(ByteSpan into) override {
    if (!good_) return trouble();
    while (at_ == packed_.size() && !ended_) {
      packed_.clear();
      at_ = 0;
      TRY_VOID(advance());
    }
    const std::size_t size = std::min(into.size(), packed_.size() - at_);
    std::memcpy(into.data(), packed_.data() + at_, size);
    at_ += size;
    return size;
  }

 private:
  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
    void operator()(archive_entry* e) const { archive_entry_free(e); }
  };

  static la_ssize_t take(archive*, void* packed, const void* bytes, std::size_t size) {
    static_cast<std::string*>(packed)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }
  [[nodiscard]] Error trouble() const {
    const char* text = archive_error_string(archive_.get());
    return broken(std::string("the bag cannot be packed: ") + (text == nullptr ? "unknown reason" : text));
  }

  /// One step: the head of the next file, a piece of the open one, or the end.
  Result<void> advance() {
    if (open_) return piece();
    if (next_ < files_.size()) return begin(files_[next_]);
    ended_ = true;
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) return trouble();
    return ok();
  }
  Result<void> begin(const ListedFile& file) {
    open_ = std::make_unique<FileSource>(file.path);
    if (!open_->is_open()) return rejected("cannot be read", file.path.string());
    left_ = static_cast<std::uint64_t>(file.info.st_size);
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.name.c_str());
    archive_entry_set_size(entry.get(), file.info.st_size);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), file.info.st_mtim.tv_sec, 0);
    if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) return trouble();
    return ok();
  }
  Result<void> piece() {
    TRY(const std::size_t size, open_->read(buffer_));
    if (size > left_ || (size == 0 && left_ > 0)) {
      return rejected("changed while it was being read", files_[next_].path.string());
    }
    if (size == 0) {
      open_.reset();
      ++next_;
      return ok();
    }
    left_ -= size;
    if (archive_write_data(archive_.get(), buffer_.data(), size) != static_cast<la_ssize_t>(size)) return trouble();
    return ok();
  }

  std::vector<ListedFile> files_;
  std::string packed_;  ///< outlives the archive, which writes to it until it is freed
  std::unique_ptr<archive, Free> archive_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(limits::kStreamBuffer);
  std::unique_ptr<FileSource> open_;
  std::size_t next_ = 0;
  std::uint64_t left_ = 0;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool good_ = false;
};

fs::path without_end_slash(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

Result<std::string> bag_info_of_directory(const fs::path& directory) {
  const fs::path file = directory / "bag-info.txt";
  FileSource source(file);
  if (!source.is_open()) return rejected("cannot be read; name the bag with --id", file.string());
  return read_all(source, limits::kBagInfoMax);
}

/// bag-info.txt at the top of the package or one directory below.
bool is_bag_info(std::string_view name) {
  if (name.starts_with("./")) name.remove_prefix(2);
  const std::size_t slash = name.find('/');
  return (slash == std::string_view::npos ? name : name.substr(slash + 1)) == "bag-info.txt";
}

Result<std::string> bag_info_of_package(const fs::path& file) {
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  const std::unique_ptr<archive, Free> package(archive_read_new());
  archive_read_support_filter_gzip(package.get());
  archive_read_support_filter_zstd(package.get());
  archive_read_support_filter_xz(package.get());
  archive_read_support_filter_bzip2(package.get());
  archive_read_support_format_tar(package.get());
  archive_read_support_format_zip(package.get());
  if (archive_read_open_filename(package.get(), file.c_str(), limits::kStreamBuffer) != ARCHIVE_OK) {
    return rejected("is not a package: neither a tar, plain or compressed by gzip, zstd, xz or bzip2, nor a zip",
                    file.string());
  }
  archive_entry* entry = nullptr;
  while (archive_read_next_header(package.get(), &entry) == ARCHIVE_OK) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || !is_bag_info(name)) continue;
    const auto size = static_cast<std::uint64_t>(archive_entry_size(entry));
    if (size > limits::kBagInfoMax) break;
    std::string text(size, '\0');
    if (archive_read_data(package.get(), text.data(), size) != static_cast<la_ssize_t>(size)) break;
    return text;
  }
  return rejected("has no bag-info.txt that can be read; name the bag with --id", file.string());
}

}  // namespace

std::optional<std::string> identifier_in(std::string_view bag_info) {
  std::optional<std::string> value;
  for (std::string_view line : split(bag_info, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continues = line.starts_with(' ') || line.starts_with('\t');
    if (value && !continues) return value;
    const std::size_t colon = value ? std::string_view::npos : line.find(':');
    if (!value && (colon == std::string_view::npos || to_lower_ascii(line.substr(0, colon)) != "external-identifier")) {
      continue;
    }
    std::string_view text = value ? line : line.substr(colon + 1);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    text = text.substr(0, text.find_last_not_of(" \t") + 1);
    value = value ? *value + " " + std::string(text) : std::string(text);
  }
  return value;
}

Result<std::string> read_identifier(const fs::path& path) {
  const bool directory = fs::is_directory(path);
  TRY(const std::string text, directory ? bag_info_of_directory(path) : bag_info_of_package(path));
  const std::optional<std::string> identifier = identifier_in(text);
  if (!identifier || identifier->empty()) {
    return rejected("its bag-info.txt has no External-Identifier; name the bag with --id", path.string());
  }
  return *identifier;
}

Result<Package> open_package(const fs::path& path) {
  std::error_code trouble;
  const fs::file_status status = fs::status(path, trouble);
  if (!fs::exists(status)) return rejected("there is no such file or directory", path.string());
  const fs::path whole = without_end_slash(path);
  std::string name = whole.filename().string();
  if (fs::is_directory(status)) {
    if (!fs::is_regular_file(whole / "bagit.txt")) {
      return rejected("is not a bag: it has no bagit.txt", path.string());
    }
    TRY(std::vector<ListedFile> files, list_files(whole, name));
    std::uint64_t bytes = 0;
    for (const ListedFile& file : files) bytes += static_cast<std::uint64_t>(file.info.st_size);
    return Package{name + ".tar.gz", std::make_unique<PackingSource>(std::move(files)), std::nullopt, bytes};
  }
  if (!fs::is_regular_file(status)) return rejected("is neither a file nor a directory", path.string());
  auto source = std::make_unique<FileSource>(whole);
  if (!source->is_open()) return rejected("cannot be read", path.string());
  const std::uint64_t size = fs::file_size(whole, trouble);
  if (trouble) return rejected(trouble.message(), path.string());
  return Package{std::move(name), std::move(source), size, size};
}

}  // namespace strongroom::cli
