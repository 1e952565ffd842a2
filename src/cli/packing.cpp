#include "cli/packing.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/limits.hpp"
#include "cli/local_files.hpp"

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

/// Made piece by piece as it is asked for.
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
    if (content_) return piece();
    if (next_ < files_.size()) return begin(files_[next_]);
    ended_ = true;
    if (archive_write_close(archive_.get()) != ARCHIVE_OK) return trouble();
    return ok();
  }
  Result<void> begin(const ListedFile& file) {
    TRY(open_, LocalFile::open(file.path));
    content_ = open_->stream();
    left_ = file.size;
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), file.modified, 0);
    if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) return trouble();
    return ok();
  }
  Result<void> piece() {
    TRY(const std::size_t size, content_->read(buffer_));
    if (size > left_ || (size == 0 && left_ > 0)) {
      return rejected("changed while it was being read", files_[next_].path.string());
    }
    if (size == 0) {
      content_.reset();
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
  std::unique_ptr<LocalFile> open_;
  std::unique_ptr<ByteSource> content_;  ///< of the open file
  std::size_t next_ = 0;
  std::uint64_t left_ = 0;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool good_ = false;
};

}  // namespace

Result<std::vector<ListedFile>> list_files(const fs::path& directory, const std::string& prefix) {
  std::vector<ListedFile> files;
  std::error_code trouble;
  auto entry = fs::recursive_directory_iterator(directory, trouble);
  for (; !trouble && entry != fs::end(entry); entry.increment(trouble)) {
    const fs::file_status status = entry->symlink_status(trouble);
    if (trouble || fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status)) {
      return rejected("a bag holds files only, no links or devices", entry->path().string());
    }
    struct stat info{};
    if (::stat(entry->path().c_str(), &info) != 0) return rejected(reason_of(errno), entry->path().string());
    files.push_back({entry->path(), prefix + entry->path().lexically_relative(directory).generic_string(),
                     static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec});
  }
  if (trouble) return rejected("the directory cannot be read: " + trouble.message(), directory.string());
  std::ranges::sort(files, {}, &ListedFile::name);
  return files;
}

std::uint64_t bytes_of(const std::vector<ListedFile>& files) {
  std::uint64_t bytes = 0;
  for (const ListedFile& file : files) bytes += file.size;
  return bytes;
}

std::unique_ptr<ByteSource> pack_files(std::vector<ListedFile> files) {
  return std::make_unique<PackingSource>(std::move(files));
}

}  // namespace strongroom::cli
