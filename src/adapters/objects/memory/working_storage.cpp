#include "adapters/objects/memory/working_storage.hpp"

namespace strongroom::memory {

class MemoryWorkFile final : public WorkFile {
 public:
  MemoryWorkFile(MemoryWorkingStorage& storage, std::shared_ptr<MemoryWorkingStorage::Area> area, std::string name,
                 bool blob)
      : storage_(storage), area_(std::move(area)), name_(std::move(name)), blob_(blob) {}
  ~MemoryWorkFile() override {
    if (finished_ || blob_) return;
    const std::scoped_lock lock(storage_.mutex_);
    area_->names.erase(name_);
  }
  Result<void> write(ByteView bytes) override {
    text_.append(as_text(bytes));
    return {};
  }
  Result<void> finish() override {
    if (finished_) return {};
    const std::scoped_lock lock(storage_.mutex_);
    (blob_ ? area_->blobs : area_->files)[name_] = std::move(text_);
    finished_ = true;
    return {};
  }

 private:
  MemoryWorkingStorage& storage_;
  std::shared_ptr<MemoryWorkingStorage::Area> area_;
  std::string name_;
  bool blob_;
  bool finished_ = false;
  std::string text_;
};

class MemoryWorkArea final : public WorkArea {
 public:
  MemoryWorkArea(MemoryWorkingStorage& storage, std::shared_ptr<MemoryWorkingStorage::Area> area, bool resumed)
      : storage_(storage), area_(std::move(area)), resumed_(resumed) {}

  [[nodiscard]] bool resumed() const override { return resumed_; }
  Result<std::unique_ptr<Spill>> create() override { return spills_.create(); }

  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t) override {
    const std::scoped_lock lock(storage_.mutex_);
    if (area_->names.contains(name)) return taken(name);
    TRY_VOID(make_parents(name));
    area_->names[name] = false;
    return std::unique_ptr<WorkFile>(std::make_unique<MemoryWorkFile>(storage_, area_, name, false));
  }

  Result<void> create_directory(const std::string& name) override {
    const std::scoped_lock lock(storage_.mutex_);
    return make_parents(name + "/");
  }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& name) override { return open(area_->files, name); }

  Result<void> clear_files() override {
    const std::scoped_lock lock(storage_.mutex_);
    area_->files.clear();
    area_->names.clear();
    return {};
  }

  Result<std::unique_ptr<WorkFile>> create_blob(const std::string& name) override {
    return std::unique_ptr<WorkFile>(std::make_unique<MemoryWorkFile>(storage_, area_, name, true));
  }
  Result<std::unique_ptr<ByteSource>> open_blob(const std::string& name) override { return open(area_->blobs, name); }

 private:
  static Error taken(const std::string& name) {
    return rejected("the name is there already, or is a directory elsewhere", name, Reason::already_exists);
  }
  /// Every directory on the way to `name`; a file among them is in the way.
  Result<void> make_parents(const std::string& name) {
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      const auto [parent, fresh] = area_->names.emplace(name.substr(0, slash), true);
      if (!parent->second) return taken(parent->first);
    }
    return {};
  }
  Result<std::unique_ptr<ByteSource>> open(const std::map<std::string, std::string>& from, const std::string& name) {
    const std::scoped_lock lock(storage_.mutex_);
    const auto found = from.find(name);
    if (found == from.end()) return broken("working storage lacks a file", name, Reason::not_found);
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(found->second));
  }

  MemoryWorkingStorage& storage_;
  std::shared_ptr<MemoryWorkingStorage::Area> area_;
  bool resumed_;
  MemorySpillSpace spills_;
};

void MemoryWorkingStorage::remove_where(const IngestId& ingest, Fence up_to) {
  std::erase_if(areas_, [&](const auto& entry) {
    return entry.first.first == ingest.str() && entry.first.second <= up_to.number;
  });
}

Result<std::unique_ptr<WorkArea>> MemoryWorkingStorage::open(const IngestId& ingest, Fence fence,
                                                             std::optional<Fence> adopt) {
  const std::scoped_lock lock(mutex_);
  const std::pair own(ingest.str(), fence.number);
  auto found = areas_.find(own);
  for (Fence earlier{fence.number - 1}; found == areas_.end() && adopt && earlier >= *adopt; --earlier.number) {
    found = areas_.find({ingest.str(), earlier.number});
  }
  const bool resumed = found != areas_.end();
  std::shared_ptr<Area> area = resumed ? found->second : std::make_shared<Area>();
  remove_where(ingest, fence);
  areas_[own] = area;
  return std::unique_ptr<WorkArea>(std::make_unique<MemoryWorkArea>(*this, std::move(area), resumed));
}

Result<void> MemoryWorkingStorage::remove(const IngestId& ingest, Fence fence) {
  const std::scoped_lock lock(mutex_);
  remove_where(ingest, fence);
  return {};
}

void MemoryWorkingStorage::reboot() {
  const std::scoped_lock lock(mutex_);
  areas_.clear();
}

std::map<std::string, std::string> MemoryWorkingStorage::contents() const {
  const std::scoped_lock lock(mutex_);
  std::map<std::string, std::string> all;
  for (const auto& [name, area] : areas_) {
    const std::string start = name.first + "-" + std::to_string(name.second);
    for (const auto& [file, bytes] : area->files) all[start + "/files/" + file] = bytes;
    for (const auto& [blob, bytes] : area->blobs) all[start + "/blobs/" + blob] = bytes;
  }
  return all;
}

void MemoryWorkingStorage::tamper(const std::string& name, std::optional<std::string> bytes) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [area_name, area] : areas_) {
    const std::string start = area_name.first + "-" + std::to_string(area_name.second) + "/";
    if (!name.starts_with(start)) continue;
    const std::string rest = name.substr(start.size());
    auto& side = rest.starts_with("files/") ? area->files : area->blobs;
    const std::string inner = rest.substr(std::string("files/").size());
    if (bytes) {
      side[inner] = std::move(*bytes);
    } else {
      side.erase(inner);
    }
    return;
  }
}

}  // namespace strongroom::memory
