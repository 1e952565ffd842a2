#include "retrieve/stored_file.hpp"

#include <algorithm>

namespace strongroom::retrieve {
namespace {

/// A location that may be asked.
struct Copy {
  std::string name;
  std::string uuid;
  ObjectStore* store = nullptr;
};

bool holds(const LocationFacts& facts, const WantedFile& file) {
  return std::ranges::find(file.location_uuids, facts.uuid) != file.location_uuids.end();
}

/// In the order in which they are asked.
std::vector<Copy> readable_copies(const CopyNeeds& needs, const WantedFile& file) {
  std::vector<Copy> copies;
  for (const bool primary : {true, false}) {
    for (std::size_t i = 0; i < needs.facts.size(); ++i) {
      const LocationFacts& facts = needs.facts[i];
      if ((facts.role == LocationRole::primary) != primary || facts.tier == AccessTier::archive) continue;
      if (!holds(facts, file)) continue;
      copies.push_back({facts.name.str(), facts.uuid, needs.stores[i]});
    }
  }
  return copies;
}

bool any_in_archive(const CopyNeeds& needs, const WantedFile& file) {
  return std::ranges::any_of(
      needs.facts, [&](const LocationFacts& facts) { return facts.tier == AccessTier::archive && holds(facts, file); });
}

std::string_view fault_of(const Error& error) {
  switch (error.reason) {
    case Reason::not_found:
      return "missing";
    case Reason::corrupt:
    case Reason::truncated:
      return "damaged";
    default:
      return "unreadable";
  }
}

class StoredFile final : public ByteSource {
 public:
  StoredFile(const CopyNeeds& needs, WantedFile file, ByteRange range)
      : log_(needs.log),
        metrics_(needs.metrics),
        damage_(needs.damage),
        archived_(any_in_archive(needs, file)),
        copies_(readable_copies(needs, file)),
        file_(std::move(file)),
        at_(range.first),
        end_(range.length ? range.first + *range.length : file_.size),
        whole_(range.first == 0 && end_ == file_.size) {}

  /// Of the next copy that can be opened, from where reading stopped.
  Result<void> open() {
    Error last = none();
    for (; next_ < copies_.size(); ++next_) {
      auto source = copies_[next_].store->get(file_.key, ByteRange{at_, end_ - at_});
      if (source) {
        source_ = std::move(*source);
        began_ = at_;
        ++next_;
        return {};
      }
      // A copy that has been moved to an archive tier is as it should be.
      if (source.error().reason != Reason::archived) {
        tell(copies_[next_], source.error());
        note(copies_[next_], source.error());
      }
      last = std::move(source).error();
    }
    return last;
  }

  Result<std::size_t> read(ByteSpan into) override {
    if (failure_) return *failure_;
    if (at_ == end_) return std::size_t{0};
    auto read = read_some(into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), end_ - at_))));
    if (!read) failure_ = read.error();
    return read;
  }

 private:
  Result<std::size_t> read_some(ByteSpan into) {
    for (;;) {
      auto read = source_->read(into);
      if (read && *read == 0) read = broken("the stored file is shorter than recorded", file_.key, Reason::truncated);
      if (read) return take(into.first(*read));
      tell(copies_[next_ - 1], read.error());
      note(copies_[next_ - 1], read.error());
      if (auto opened = open(); !opened)
        return opened.error().reason == Reason::archived ? read.error() : opened.error();
    }
  }

  Result<std::size_t> take(ByteSpan bytes) {
    at_ += bytes.size();
    if (!whole_) return bytes.size();
    hasher_.update(bytes);
    if (at_ < end_) return bytes.size();
    const Copy& copy = copies_[next_ - 1];
    const bool alone = began_ == 0;
    if (hasher_.finish() != file_.sha256) {
      const Error wrong = broken("a stored file does not have the recorded digest", file_.key, Reason::corrupt);
      tell(copy, wrong);
      // When several copies gave a part each, nobody knows whose is wrong.
      if (alone) note(copy, wrong);
      return wrong;
    }
    if (alone) note_right(copy);
    return bytes.size();
  }

  void tell(const Copy& copy, const Error& error) {
    metrics_.count(metric::kCopiesUnusable, {copy.name, fault_of(error)});
    log_.write(LogLevel::error, "file.copy_unusable",
               {{"location", copy.name}, {"key", file_.key}, {"error", error.text()}});
  }

  [[nodiscard]] FileCopy file_copy(const Copy& copy) const { return {copy.uuid, file_.key, file_.size, file_.sha256}; }

  void note(const Copy& copy, const Error& error) {
    if (damage_ != nullptr) damage_->failed(copy.name, file_copy(copy), error);
  }

  /// Not more than the recorded bytes was read: whether there are more is asked when it matters.
  void note_right(const Copy& copy) {
    if (damage_ == nullptr || !damage_->is_known(copy.name, file_copy(copy))) return;
    const auto object = copy.store->stat(file_.key);
    if (object && *object && (*object)->size == file_.size) damage_->was_right(copy.name, file_copy(copy));
  }

  /// When no copy is left that could be asked.
  [[nodiscard]] Error none() const {
    if (copies_.empty() && archived_) {
      return temporary("every copy is in an archive tier", file_.key, Reason::archived);
    }
    return broken("no location that is configured can give a stored file", file_.key, Reason::not_found);
  }

  Log& log_;
  Metrics& metrics_;
  DamageNotes* damage_;
  const bool archived_;
  const std::vector<Copy> copies_;
  const WantedFile file_;
  std::uint64_t at_;
  const std::uint64_t end_;
  const bool whole_;
  std::uint64_t began_ = 0;  ///< where the present copy took over
  std::size_t next_ = 0;     ///< the copy to be asked when the present one fails
  std::unique_ptr<ByteSource> source_;
  Hasher hasher_{Algorithm::sha256};
  std::optional<Error> failure_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const CopyNeeds& needs, WantedFile file, ByteRange range) {
  auto source = std::make_unique<StoredFile>(needs, std::move(file), range);
  TRY_VOID(source->open());
  return std::unique_ptr<ByteSource>(std::move(source));
}

}  // namespace strongroom::retrieve
