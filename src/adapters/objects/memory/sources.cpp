#include "adapters/objects/memory/sources.hpp"

#include <algorithm>

namespace strongroom::memory {

class MemoryPackage final : public PackageSource, private RandomAccess {
 public:
  MemoryPackage(MemorySources& sources, SourceLocation location, const MemorySources::Package& package)
      : sources_(sources),
        location_(std::move(location)),
        identity_{package.tag, package.bytes.size()},
        bytes_(package.bytes) {}

  [[nodiscard]] const SourceIdentity& identity() const override { return identity_; }
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, read_at(at_, into));
    at_ += n;
    return n;
  }
  [[nodiscard]] RandomAccess& anywhere() override { return *this; }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const ByteView piece = as_bytes(std::string_view(bytes_).substr(offset, into.size()));
    std::copy(piece.begin(), piece.end(), into.begin());
    return piece.size();
  }
  Result<void> check_unchanged() override {
    const std::scoped_lock lock(sources_.mutex_);
    const auto bucket = sources_.buckets_.find(location_.bucket);
    if (bucket != sources_.buckets_.end()) {
      const auto package = bucket->second.find(location_.path);
      if (package != bucket->second.end() && package->second.tag == identity_.tag) return {};
    }
    return rejected("the package changed while it was being read", location_.text(), Reason::conflict);
  }

 private:
  MemorySources& sources_;
  SourceLocation location_;
  SourceIdentity identity_;
  const std::string bytes_;
  std::size_t at_ = 0;
};

class MemoryUpload final : public Upload {
 public:
  MemoryUpload(MemorySources& sources, std::string area, std::string path)
      : sources_(sources), area_(std::move(area)), path_(std::move(path)) {}

  Result<void> write(ByteView bytes) override {
    text_.append(as_text(bytes));
    return {};
  }
  Result<UploadReceipt> commit() override {
    const std::scoped_lock lock(sources_.mutex_);
    auto& bucket = sources_.buckets_[area_];
    if (bucket.contains(path_)) return rejected("the path is taken", path_, Reason::already_exists);
    UploadReceipt receipt{text_.size(), digest_of(Algorithm::sha256, text_)};
    sources_.store(bucket, path_, std::move(text_));
    return receipt;
  }

 private:
  MemorySources& sources_;
  std::string area_;
  std::string path_;
  std::string text_;
};

void MemorySources::store(Bucket& bucket, const std::string& path, std::string bytes) {
  bucket[path] = {std::move(bytes), "revision-" + std::to_string(++stored_)};
}

void MemorySources::add_bucket(const std::string& bucket) {
  const std::scoped_lock lock(mutex_);
  buckets_[bucket];
}

void MemorySources::place(const std::string& bucket, const std::string& path, std::string bytes) {
  const std::scoped_lock lock(mutex_);
  store(buckets_[bucket], path, std::move(bytes));
}

void MemorySources::forbid(const std::string& bucket, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  forbidden_.insert({bucket, path});
}

std::optional<std::string> MemorySources::content(const std::string& bucket, const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return std::nullopt;
  const auto package = found->second.find(path);
  if (package == found->second.end()) return std::nullopt;
  return package->second.bytes;
}

Result<std::unique_ptr<PackageSource>> MemorySources::open(const SourceLocation& location) {
  const std::scoped_lock lock(mutex_);
  const auto bucket = buckets_.find(location.bucket);
  if (bucket == buckets_.end()) {
    return rejected("there is no such bucket or area", location.bucket, Reason::no_container);
  }
  if (forbidden_.contains({location.bucket, location.path})) {
    return rejected("the package may not be read", location.text(), Reason::forbidden);
  }
  const auto package = bucket->second.find(location.path);
  if (package == bucket->second.end()) {
    return rejected("there is nothing at this path", location.text(), Reason::not_found);
  }
  return std::unique_ptr<PackageSource>(std::make_unique<MemoryPackage>(*this, location, package->second));
}

Result<std::unique_ptr<Upload>> MemorySources::begin(const std::string& area, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto bucket = buckets_.find(area);
  if (bucket == buckets_.end()) return rejected("there is no such upload area", area, Reason::no_container);
  if (bucket->second.contains(path)) return rejected("the path is taken", path, Reason::already_exists);
  return std::unique_ptr<Upload>(std::make_unique<MemoryUpload>(*this, area, path));
}

Result<void> MemorySources::remove(const std::string& area, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto bucket = buckets_.find(area);
  if (bucket == buckets_.end()) return rejected("there is no such upload area", area, Reason::no_container);
  bucket->second.erase(path);
  return {};
}

}  // namespace strongroom::memory
