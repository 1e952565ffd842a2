#include "cli/package.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "cli/local_files.hpp"
#include "cli/packing.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

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
    TRY(std::vector<ListedFile> files, list_files(whole, name + "/"));
    const std::uint64_t bytes = bytes_of(files);
    return Package{name + ".tar.gz", pack_files(std::move(files)), std::nullopt, bytes};
  }
  if (!fs::is_regular_file(status)) return rejected("is neither a file nor a directory", path.string());
  auto source = std::make_unique<FileSource>(whole);
  if (!source->is_open()) return rejected("cannot be read", path.string());
  const std::uint64_t size = fs::file_size(whole, trouble);
  if (trouble) return rejected(trouble.message(), path.string());
  return Package{std::move(name), std::move(source), size, size};
}

}  // namespace strongroom::cli
