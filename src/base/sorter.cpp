#include "base/sorter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <span>

namespace strongroom {
namespace {

/// Runs merged at once: bounds the open spills, and with kRunBuffer the memory of a merge (1 MiB).
constexpr std::size_t kMergeWidth = 16;
constexpr std::size_t kRunBuffer = std::size_t{64} << 10;
constexpr std::size_t kArenaBlockMax = std::size_t{64} << 10;

/// A record in the arena. `sequence` keeps equal keys in the order they were added.
struct Item {
  const char* bytes;
  std::uint32_t key_size;
  std::uint32_t value_size;
  std::uint32_t sequence;

  [[nodiscard]] std::string_view key() const { return {bytes, key_size}; }
  [[nodiscard]] std::string_view value() const { return {bytes + key_size, value_size}; }
};

/// Bytes in blocks: never moved, so growing costs no second copy at the peak.
class Arena {
 public:
  explicit Arena(std::size_t block) : block_(block) {}
  char* take(std::size_t size) {
    if (size > left_) {
      const std::size_t block = std::max(size, block_);
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
      at_ = blocks_.back().get();
      left_ = block;
      used_ += block;
    }
    char* taken = at_;
    at_ += size;
    left_ -= size;
    return taken;
  }
  [[nodiscard]] std::size_t used() const { return used_; }
  void clear() {
    blocks_.clear();
    at_ = nullptr;
    left_ = used_ = 0;
  }

 private:
  std::size_t block_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;
};

constexpr std::size_t kFrame = 2 * sizeof(std::uint32_t);

/// A run on a spill: key size, value size (32 bits each, as this machine has them), key, value.
class RunWriter {
 public:
  explicit RunWriter(Spill& spill) : spill_(spill) { held_.reserve(kRunBuffer); }
  Result<void> add(std::string_view key, std::string_view value) {
    const std::array<std::uint32_t, 2> sizes = {static_cast<std::uint32_t>(key.size()),
                                                static_cast<std::uint32_t>(value.size())};
    if (held_.size() + kFrame + key.size() + value.size() > kRunBuffer) TRY_VOID(flush());
    held_.append(reinterpret_cast<const char*>(sizes.data()), kFrame).append(key).append(value);
    return {};
  }
  Result<void> flush() {
    if (!held_.empty()) TRY_VOID(spill_.write(as_bytes(held_)));
    held_.clear();
    return {};
  }

 private:
  Spill& spill_;
  std::string held_;
};

class RunReader {
 public:
  static Result<RunReader> open(Spill& spill) {
    TRY(auto source, spill.open());
    return RunReader(std::move(source));
  }
  /// Moves to the next record; false at the end. `record` is valid until the next call.
  Result<bool> next(SortedRecord& record) {
    TRY(const bool more, fill(kFrame));
    if (!more) {
      if (at_ == held_.size()) return false;
      return cut();
    }
    std::array<std::uint32_t, 2> sizes{};
    std::memcpy(sizes.data(), held_.data() + at_, kFrame);
    at_ += kFrame;
    const std::size_t size = std::size_t{sizes[0]} + sizes[1];
    TRY(const bool whole, fill(size));
    if (!whole) return cut();
    record.key = std::string_view(held_).substr(at_, sizes[0]);
    record.value = std::string_view(held_).substr(at_ + sizes[0], sizes[1]);
    at_ += size;
    return true;
  }

 private:
  explicit RunReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  static Error cut() { return broken("a spilled run ends early", {}, Reason::corrupt); }

  /// True when `size` bytes from at_ are held.
  Result<bool> fill(std::size_t size) {
    if (held_.size() - at_ >= size) return true;
    held_.erase(0, at_);
    at_ = 0;
    while (held_.size() < size) {
      const std::size_t before = held_.size();
      held_.resize(before + kRunBuffer);
      TRY(const std::size_t n, source_->read(std::as_writable_bytes(std::span(held_.data() + before, kRunBuffer))));
      held_.resize(before + n);
      if (n == 0) return false;
    }
    return true;
  }

  std::unique_ptr<ByteSource> source_;
  std::string held_;
  std::size_t at_ = 0;
};

/// Merges runs given from oldest to newest; among equal keys the older run comes first.
class MergeReader final : public SortedReader {
 public:
  static Result<std::unique_ptr<MergeReader>> open(std::span<const std::unique_ptr<Spill>> runs) {
    auto merge = std::make_unique<MergeReader>();
    merge->heads_.reserve(runs.size());
    for (const auto& run : runs) {
      TRY(auto reader, RunReader::open(*run));
      merge->heads_.push_back(Head{std::move(reader), {}});
    }
    for (std::size_t i = 0; i < merge->heads_.size(); ++i) TRY_VOID(merge->advance(i));
    return merge;
  }

  Result<const SortedRecord*> next() override {
    if (shown_) TRY_VOID(advance(*shown_));
    shown_.reset();
    if (heap_.empty()) return static_cast<const SortedRecord*>(nullptr);
    std::pop_heap(heap_.begin(), heap_.end(), Later{heads_});
    shown_ = heap_.back();
    heap_.pop_back();
    return static_cast<const SortedRecord*>(&heads_[*shown_].record);
  }

 private:
  struct Head {
    RunReader reader;
    SortedRecord record;
  };
  /// Makes the standard heap one with the least key, and of equal keys the oldest run, in front.
  struct Later {
    const std::vector<Head>& heads;
    bool operator()(std::size_t a, std::size_t b) const {
      const int order = heads[a].record.key.compare(heads[b].record.key);
      return order != 0 ? order > 0 : a > b;
    }
  };
  Result<void> advance(std::size_t i) {
    TRY(const bool more, heads_[i].reader.next(heads_[i].record));
    if (more) {
      heap_.push_back(i);
      std::push_heap(heap_.begin(), heap_.end(), Later{heads_});
    }
    return {};
  }

  std::vector<Head> heads_;
  std::vector<std::size_t> heap_;
  std::optional<std::size_t> shown_;
};

class ItemReader final : public SortedReader {
 public:
  explicit ItemReader(const std::vector<Item>& items) : items_(items) {}
  Result<const SortedRecord*> next() override {
    if (at_ == items_.size()) return static_cast<const SortedRecord*>(nullptr);
    record_ = {items_[at_].key(), items_[at_].value()};
    ++at_;
    return static_cast<const SortedRecord*>(&record_);
  }

 private:
  const std::vector<Item>& items_;
  std::size_t at_ = 0;
  SortedRecord record_;
};

}  // namespace

struct Sorter::State {
  SpillSpace& space;
  std::size_t memory_max;
  std::uint64_t size = 0;
  bool ended = false;
  Arena arena;
  std::vector<Item> items;
  /// From oldest to newest; `levels` falls along it, as each merge takes the newest runs of one level.
  std::vector<std::unique_ptr<Spill>> runs;
  std::vector<unsigned> levels;

  [[nodiscard]] std::size_t memory_used() const { return arena.used() + items.capacity() * sizeof(Item); }

  void sort_items() {
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      const int order = a.key().compare(b.key());
      return order != 0 ? order < 0 : a.sequence < b.sequence;
    });
  }

  Result<void> spill_items() {
    sort_items();
    TRY(auto spill, space.create());
    RunWriter writer(*spill);
    for (const Item& item : items) TRY_VOID(writer.add(item.key(), item.value()));
    TRY_VOID(writer.flush());
    items = {};
    arena.clear();
    runs.push_back(std::move(spill));
    levels.push_back(0);
    return merge_full_levels();
  }

  Result<void> merge_full_levels() {
    while (runs.size() >= kMergeWidth && levels[levels.size() - kMergeWidth] == levels.back()) {
      TRY_VOID(merge_newest(kMergeWidth));
    }
    return {};
  }

  /// Replaces the `count` newest runs by one.
  Result<void> merge_newest(std::size_t count) {
    const std::size_t from = runs.size() - count;
    TRY(auto spill, space.create());
    {
      TRY(auto reader, MergeReader::open(std::span(runs).subspan(from)));
      RunWriter writer(*spill);
      for (;;) {
        TRY(const SortedRecord* record, reader->next());
        if (record == nullptr) break;
        TRY_VOID(writer.add(record->key, record->value));
      }
      TRY_VOID(writer.flush());
    }
    const unsigned level = levels[from] + 1;
    runs.resize(from);
    levels.resize(from);
    runs.push_back(std::move(spill));
    levels.push_back(level);
    return {};
  }

  Result<void> end() {
    ended = true;
    if (runs.empty()) {
      sort_items();
      return {};
    }
    if (!items.empty()) TRY_VOID(spill_items());
    while (runs.size() > kMergeWidth) TRY_VOID(merge_newest(std::min(kMergeWidth, runs.size() - kMergeWidth + 1)));
    return {};
  }
};

Sorter::Sorter(SpillSpace& space, std::size_t memory_max)
    : state_(std::make_unique<State>(
          State{space, memory_max, 0, false, Arena(std::min(kArenaBlockMax, memory_max / 8)), {}, {}, {}})) {}
Sorter::~Sorter() = default;
Sorter::Sorter(Sorter&&) noexcept = default;
Sorter& Sorter::operator=(Sorter&&) noexcept = default;

std::uint64_t Sorter::size() const { return state_->size; }

Result<void> Sorter::add(std::string_view key, std::string_view value) {
  constexpr std::size_t kMax = std::numeric_limits<std::uint32_t>::max();
  CHECK(!state_->ended);
  if (key.size() > kMax || value.size() > kMax) return broken("a record is too long to sort", {}, Reason::limit);
  char* bytes = state_->arena.take(key.size() + value.size());
  std::copy(key.begin(), key.end(), bytes);
  std::copy(value.begin(), value.end(), bytes + key.size());
  state_->items.push_back(Item{bytes, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size()),
                               static_cast<std::uint32_t>(state_->items.size())});
  state_->size += 1;
  return state_->memory_used() >= state_->memory_max ? state_->spill_items() : ok();
}

Result<std::unique_ptr<SortedReader>> Sorter::read() {
  if (!state_->ended) TRY_VOID(state_->end());
  if (state_->runs.empty()) return std::unique_ptr<SortedReader>(std::make_unique<ItemReader>(state_->items));
  TRY(auto merged, MergeReader::open(state_->runs));
  return std::unique_ptr<SortedReader>(std::move(merged));
}

}  // namespace strongroom
