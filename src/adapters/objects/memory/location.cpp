#include "adapters/objects/memory/location.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/layout.hpp"

namespace strongroom::memory {
namespace {

constexpr std::string_view kStaging = "_strongroom/staging/";

Error content_differs(const std::string& key) {
  return rejected("different content is already stored at " + key, key, Reason::content_differs);
}

/// The range of keys that begin with `prefix`.
std::pair<Objects::const_iterator, Objects::const_iterator> below(const Objects& all, const std::string& prefix) {
  const auto first = all.lower_bound(prefix);
  auto last = first;
  while (last != all.end() && last->first.starts_with(prefix)) ++last;
  return {first, last};
}

void erase_below(Objects& all, const std::string& prefix) {
  const auto [first, last] = below(all, prefix);
  all.erase(first, last);
}

/// A key below which others lie, or one above this, cannot be stored on every provider: refused here as on a disk.
bool is_in_the_way(const Objects& all, const std::string& key) {
  const auto next = all.lower_bound(key + "/");
  if (next != all.end() && next->first.starts_with(key + "/")) return true;
  for (std::size_t slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1)) {
    if (all.contains(key.substr(0, slash))) return true;
  }
  return false;
}

/// All bytes the opener gives, once they are what they should be.
Result<std::string> read_checked(const ContentOpener& open, std::uint64_t size, const Digest& sha256,
                                 const std::string& where) {
  TRY(const std::unique_ptr<ByteSource> source, open());
  Result<std::string> text = read_all(*source, static_cast<std::size_t>(size));
  const bool wrong = text ? text->size() != size || digest_of(Algorithm::sha256, *text) != sha256
                          : text.error().reason == Reason::limit;
  if (wrong) return broken("the bytes offered are not those of the inventory", where, Reason::corrupt);
  return text;
}

bool equals(const std::string& stored, std::uint64_t size, const Digest& sha256) {
  return stored.size() == size && digest_of(Algorithm::sha256, stored) == sha256;
}

/// Some bytes, and an error where there should be more.
class RangeSource final : public ByteSource {
 public:
  RangeSource(std::string bytes, bool truncated, std::string key)
      : bytes_(std::move(bytes)), truncated_(truncated), key_(std::move(key)) {}
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, bytes_.read(into));
    if (n == 0 && truncated_) return broken("an object ends too early", key_, Reason::truncated);
    return n;
  }

 private:
  TextSource bytes_;
  bool truncated_;
  std::string key_;
};

}  // namespace

/// Shows with finish().
class MemoryIntakeFile final : public WorkFile {
 public:
  MemoryIntakeFile(MemoryLocation& location, std::string key) : location_(location), key_(std::move(key)) {}
  Result<void> write(ByteView bytes) override {
    text_.append(as_text(bytes));
    return {};
  }
  Result<void> finish() override {
    const std::scoped_lock lock(location_.mutex_);
    TRY_VOID(location_.check());
    location_.staged_[key_] = std::move(text_);
    return {};
  }

 private:
  MemoryLocation& location_;
  std::string key_;
  std::string text_;
};

class MemoryIntake final : public Intake {
 public:
  MemoryIntake(MemoryLocation& location, const StagingTicket& ticket)
      : location_(location), staging_(layout::staging_directory(ticket.ingest, ticket.fence) + "/") {}

  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t) override {
    if (names_.contains(name)) return taken(name);
    TRY_VOID(make_parents(name));
    names_[name] = false;
    return std::unique_ptr<WorkFile>(std::make_unique<MemoryIntakeFile>(location_, staging_ + "unpacked/" + name));
  }
  Result<void> create_directory(const std::string& name) override { return make_parents(name + "/"); }
  Result<void> finish() override {
    const std::scoped_lock lock(location_.mutex_);
    TRY_VOID(location_.check());
    location_.staged_[staging_ + "filled"] = "";
    return {};
  }
  Result<void> clear() override {
    names_.clear();
    const std::scoped_lock lock(location_.mutex_);
    TRY_VOID(location_.check());
    erase_below(location_.staged_, staging_);
    return {};
  }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) override {
    const std::scoped_lock lock(location_.mutex_);
    TRY_VOID(location_.check());
    for (const std::string& key : {staging_ + "unpacked/" + root + name, staging_ + "tree/" + name}) {
      const auto found = location_.staged_.find(key);
      if (found != location_.staged_.end()) {
        return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(found->second));
      }
    }
    return rejected("nothing of that name is staged", name, Reason::not_found);
  }

 private:
  static Error taken(const std::string& name) {
    return rejected("the name is there already, or is a directory elsewhere", name, Reason::already_exists);
  }
  /// Every directory on the way to `name`; a file among them is in the way.
  Result<void> make_parents(const std::string& name) {
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      const auto [parent, fresh] = names_.emplace(name.substr(0, slash), true);
      if (!parent->second) return taken(parent->first);
    }
    return {};
  }

  MemoryLocation& location_;
  std::string staging_;
  std::map<std::string, bool> names_;  ///< true for a directory
};

class MemoryDeposit final : public Deposit {
 public:
  MemoryDeposit(MemoryLocation& location, const DepositTicket& ticket, bool already_stored)
      : location_(location),
        already_stored_(already_stored),
        final_(layout::version_prefix(ticket.bag, ticket.version)),
        staging_(layout::staging_directory(ticket.ingest, ticket.fence) + "/"),
        tree_(staging_ + "tree/") {}

  [[nodiscard]] bool already_stored() const override { return already_stored_; }

  Result<bool> take_in(const std::string& root) override {
    const std::scoped_lock lock(location_.mutex_);
    if (already_stored_ || committed_) return false;
    if (failed_) return spoiled();
    const auto [first, last] = below(location_.staged_, tree_);
    if (first == last) {
      const std::string from = staging_ + "unpacked/" + root;
      const auto [mine, end] = below(location_.staged_, from);
      Objects moved;
      for (auto it = mine; it != end; ++it) moved[tree_ + it->first.substr(from.size())] = it->second;
      location_.staged_.erase(mine, end);
      location_.staged_.merge(moved);
    }
    const auto [now, now_end] = below(location_.staged_, tree_);
    return now != now_end && location_.staged_.contains(staging_ + "filled");
  }

  Result<void> put(const DepositFile& file, const ContentOpener& open) override {
    {
      const std::scoped_lock lock(location_.mutex_);
      if (already_stored_ || committed_) {
        const auto stored = location_.objects_.find(final_ + file.name);
        if (stored == location_.objects_.end()) return missing(final_ + file.name);
        return equals(stored->second, file.size, file.sha256) ? ok() : content_differs(final_ + file.name);
      }
      if (failed_) return spoiled();
      const auto staged = location_.staged_.find(tree_ + file.name);
      if (staged != location_.staged_.end() && staged->second.size() == file.size) return {};
    }
    TRY(std::string bytes, read_checked(open, file.size, file.sha256, file.name));
    const std::scoped_lock lock(location_.mutex_);
    location_.staged_[tree_ + file.name] = std::move(bytes);
    location_.staged_.erase(sealed_mark());
    return {};
  }

  Result<void> seal() override {
    const std::scoped_lock lock(location_.mutex_);
    if (failed_) return spoiled();
    failed_ = std::exchange(location_.fail_barrier_, false);
    if (failed_) return temporary("the durability barrier failed", staging_);
    if (!already_stored_ && !committed_) location_.staged_[sealed_mark()] = "";
    return {};
  }

  Result<void> read_back(const std::string& name, ByteSink& sink) override {
    std::string bytes;
    {
      const std::scoped_lock lock(location_.mutex_);
      const Objects& all = place();
      const auto found = all.find(prefix() + name);
      if (found == all.end()) return rejected("the file is missing", final_ + name, Reason::not_found);
      bytes = found->second;
    }
    return bytes.empty() ? ok() : sink.write(as_bytes(bytes));
  }
  Result<std::optional<ServerChecksum>> checksum_of(const std::string&) override {
    return std::optional<ServerChecksum>();
  }

  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override {
    std::vector<DepositedFile> files;
    {
      const std::scoped_lock lock(location_.mutex_);
      const std::string start = prefix();
      const auto [first, last] = below(place(), start);
      for (auto it = first; it != last; ++it) files.push_back({it->first.substr(start.size()), it->second.size()});
    }
    for (const DepositedFile& file : files) TRY_VOID(found(file));
    return {};
  }

  Result<void> commit() override {
    const std::scoped_lock lock(location_.mutex_);
    if (failed_) return spoiled();
    TRY_VOID(location_.check());
    if (!already_stored_ && !committed_) {
      if (!location_.staged_.contains(sealed_mark()))
        return broken("commit without a barrier after the last write", final_);
      const auto [first, last] = below(location_.objects_, final_);
      if (first != last) {
        TRY_VOID(settle_conflict());
      } else if (is_in_the_way(location_.objects_, final_.substr(0, final_.size() - 1))) {
        return content_differs(final_);
      } else {
        const auto [mine, end] = below(location_.staged_, tree_);
        for (auto it = mine; it != end; ++it) location_.objects_[final_ + it->first.substr(tree_.size())] = it->second;
      }
    }
    committed_ = true;
    erase_below(location_.staged_, staging_);
    return {};
  }

  Result<void> abandon() override {
    const std::scoped_lock lock(location_.mutex_);
    erase_below(location_.staged_, staging_);
    return {};
  }

 private:
  static Error missing(const std::string& key) {
    return rejected("the version is stored without this file", key, Reason::not_found);
  }
  /// Beside the tree, so that a deposit opened again knows of the barrier.
  [[nodiscard]] std::string sealed_mark() const { return staging_ + "sealed"; }
  [[nodiscard]] Error spoiled() const {
    return temporary("the barrier of this deposit failed: it must be abandoned and written again", staging_);
  }
  [[nodiscard]] const Objects& place() const {
    return already_stored_ || committed_ ? location_.objects_ : location_.staged_;
  }
  [[nodiscard]] std::string prefix() const { return already_stored_ || committed_ ? final_ : tree_; }

  Result<void> settle_conflict() {
    const auto [mine, end] = below(location_.staged_, tree_);
    for (auto it = mine; it != end; ++it) {
      const std::string key = final_ + it->first.substr(tree_.size());
      const auto stored = location_.objects_.find(key);
      if (stored == location_.objects_.end() || stored->second != it->second) return content_differs(key);
    }
    const auto [first, last] = below(location_.objects_, final_);
    for (auto it = first; it != last; ++it) {
      if (location_.staged_.contains(tree_ + it->first.substr(final_.size()))) continue;
      return rejected("unexpected content is already stored at " + it->first, it->first, Reason::unexpected_content);
    }
    return {};
  }

  MemoryLocation& location_;
  const bool already_stored_;
  const std::string final_;
  const std::string staging_;
  const std::string tree_;
  bool failed_ = false;
  bool committed_ = false;
};

Result<void> MemoryLocation::check() const {
  if (replaced_) return temporary("another location lies where this one should be", {}, Reason::conflict);
  return {};
}

Objects& MemoryLocation::side_of(const std::string& key) { return key.starts_with(kStaging) ? staged_ : objects_; }

Result<std::unique_ptr<ByteSource>> MemoryLocation::get(const std::string& key, ByteRange range) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  const auto found = objects_.find(key);
  if (found == objects_.end()) return rejected("there is no such object", key, Reason::not_found);
  const std::string& bytes = found->second;
  if (range.first > bytes.size()) return broken("the object is shorter than that", key, Reason::truncated);
  const std::uint64_t there = bytes.size() - range.first;
  const std::uint64_t wanted = range.length.value_or(there);
  return std::unique_ptr<ByteSource>(std::make_unique<RangeSource>(
      bytes.substr(static_cast<std::size_t>(range.first), static_cast<std::size_t>(std::min(wanted, there))),
      wanted > there, key));
}

Result<std::optional<ObjectInfo>> MemoryLocation::stat(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  const auto found = objects_.find(key);
  if (found == objects_.end()) return std::optional<ObjectInfo>();
  return std::optional<ObjectInfo>(ObjectInfo{key, found->second.size()});
}

Result<std::vector<ObjectInfo>> MemoryLocation::list(const std::string& prefix, const std::string& after,
                                                     std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  std::vector<ObjectInfo> page;
  auto it = after < prefix ? objects_.lower_bound(prefix) : objects_.upper_bound(after);
  for (; it != objects_.end() && it->first.starts_with(prefix) && page.size() < limit; ++it) {
    page.push_back({it->first, it->second.size()});
  }
  return page;
}

Result<void> MemoryLocation::put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  if (key.empty() || key.starts_with(kStaging)) return broken("not a key of an object", key);
  const auto stored = [&]() -> Result<bool> {
    TRY_VOID(check());
    const auto found = objects_.find(key);
    if (found == objects_.end()) return is_in_the_way(objects_, key) ? Result<bool>(content_differs(key)) : false;
    if (!equals(found->second, spec.size, spec.sha256)) return content_differs(key);
    return true;
  };
  {
    const std::scoped_lock lock(mutex_);
    TRY(const bool there, stored());
    if (there) return {};
  }
  TRY(std::string bytes, read_checked(open, spec.size, spec.sha256, key));
  const std::scoped_lock lock(mutex_);
  TRY(const bool there, stored());
  if (!there) objects_[key] = std::move(bytes);
  return {};
}

Result<std::unique_ptr<Deposit>> MemoryLocation::open(const DepositTicket& ticket) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  const auto [first, last] = below(objects_, layout::version_prefix(ticket.bag, ticket.version));
  adopt(ticket.staging());
  return std::unique_ptr<Deposit>(std::make_unique<MemoryDeposit>(*this, ticket, first != last));
}

void MemoryLocation::adopt(const StagingTicket& ticket) {
  const std::string own = layout::staging_directory(ticket.ingest, ticket.fence) + "/";
  const auto [mine, mine_end] = below(staged_, own);
  bool found = mine != mine_end;
  for (Fence fence{ticket.fence.number - 1}; !found && ticket.adopt && fence >= *ticket.adopt; --fence.number) {
    const std::string theirs = layout::staging_directory(ticket.ingest, fence) + "/";
    const auto [from, to] = below(staged_, theirs);
    found = from != to;
    Objects adopted;
    for (auto it = from; it != to; ++it) adopted[own + it->first.substr(theirs.size())] = it->second;
    staged_.erase(from, to);
    staged_.merge(adopted);
  }
}

Result<std::unique_ptr<Intake>> MemoryLocation::intake(const StagingTicket& ticket) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  adopt(ticket);
  return std::unique_ptr<Intake>(std::make_unique<MemoryIntake>(*this, ticket));
}

Result<void> MemoryLocation::sweep(const IngestId& ingest, Fence below_fence) {
  const std::scoped_lock lock(mutex_);
  TRY_VOID(check());
  const std::string start = std::string(kStaging) + ingest.str() + "-";
  const auto [first, last] = below(staged_, start);
  for (auto it = first; it != last;) {
    const std::string rest = it->first.substr(start.size());
    const auto fence = parse_number(rest.substr(0, rest.find('/')));
    it = fence && static_cast<std::int64_t>(*fence) < below_fence.number ? staged_.erase(it) : std::next(it);
  }
  return {};
}

Objects MemoryLocation::objects() const {
  const std::scoped_lock lock(mutex_);
  return objects_;
}

Objects MemoryLocation::staged() const {
  const std::scoped_lock lock(mutex_);
  return staged_;
}

void MemoryLocation::plant(const std::string& key, std::string bytes) {
  const std::scoped_lock lock(mutex_);
  side_of(key)[key] = std::move(bytes);
}

void MemoryLocation::lose(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  side_of(key).erase(key);
}

void MemoryLocation::replace(bool replaced) {
  const std::scoped_lock lock(mutex_);
  replaced_ = replaced;
}

void MemoryLocation::fail_next_barrier() {
  const std::scoped_lock lock(mutex_);
  fail_barrier_ = true;
}

}  // namespace strongroom::memory
