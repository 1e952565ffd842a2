#include "ingest/fan_out.hpp"

#include <algorithm>
#include <cstring>

#include "base/limits.hpp"

namespace strongroom::ingest {
namespace {

constexpr std::size_t kChunk = 1 << 20;
/// Of one chunk: the leading place has them all open.
constexpr std::size_t kFilesMax = 32;
/// From this size the bytes of a file begin with a page.
constexpr std::uint64_t kLarge = 256 << 10;

/// The algorithm of a manifest, when the entry is one: what comes after it in the archive is hashed with it too.
std::optional<Algorithm> manifest_algorithm(std::string_view name) {
  const auto slash = name.rfind('/');
  std::string_view file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  constexpr std::string_view kEnd = ".txt";
  if (!file.ends_with(kEnd)) return std::nullopt;
  file.remove_suffix(kEnd.size());
  for (std::string_view begin : {"manifest-", "tagmanifest-"}) {
    if (file.starts_with(begin)) return parse_algorithm(file.substr(begin.size()));
  }
  return std::nullopt;
}

/// A location cannot have it under that name, and no version can: verification will say so.
bool fits(const std::string& name) {
  if (name.size() > limits::kKeyMax) return false;
  std::size_t component = 0;
  for (const char c : name) {
    component = c == '/' ? 0 : component + 1;
    if (component > limits::kSegmentMax) return false;
  }
  return true;
}

}  // namespace

/// Takes the digests and lists the files, in the order of the package.
class FanOut::Listing {
 public:
  Listing(InventoryWriter& inventory, ProgressMeter& progress) : inventory_(inventory), progress_(progress) {
    hashers_.emplace_back(Algorithm::sha256);
  }

  void take(Chunk& chunk) {
    if (failed) return;
    for (const Step& one : chunk.steps) {
      if (auto done = take(one, chunk); !done) {
        error = std::move(done).error();
        failed = true;
        return;
      }
    }
  }

  std::optional<Error> error;  ///< of the inventory; the lane's until it is drained
  std::atomic<bool> failed = false;

 private:
  Result<void> take(const Step& one, Chunk& chunk) {
    switch (one.event) {
      case Event::begin:
        entry_.name = one.name;
        entry_.size = 0;
        return {};
      case Event::data:
        for (Hasher& hasher : hashers_) hasher.update(chunk.bytes(one));
        entry_.size += one.length;
        progress_.add(one.length, 0);
        return {};
      case Event::end:
        break;
    }
    entry_.digests.clear();
    for (Hasher& hasher : hashers_) entry_.digests.push_back(hasher.finish());
    progress_.add(0, 1);
    TRY_VOID(inventory_.add(entry_));
    const auto algorithm = manifest_algorithm(entry_.name);
    const auto computed = [&](const Hasher& h) { return h.algorithm() == *algorithm; };
    if (algorithm && std::none_of(hashers_.begin(), hashers_.end(), computed)) hashers_.emplace_back(*algorithm);
    return {};
  }

  InventoryWriter& inventory_;
  ProgressMeter& progress_;
  std::vector<Hasher> hashers_;
  InventoryEntry entry_;
};

FanOut::Chunk::Chunk() : memory(kChunk) {}

FanOut::FanOut(const FanOutNeeds& needs, Workers* workers)
    : needs_(needs), listing_(std::make_unique<Listing>(needs.inventory, needs.progress)) {
  const auto lane = [&]() -> std::unique_ptr<Lane> {
    return workers != nullptr ? workers->lane() : std::make_unique<InlineLane>();
  };
  for (Intake* intake : needs_.intakes) {
    branches_.push_back(std::make_unique<Branch>());
    branches_.back()->intake = intake;
    branches_.back()->lane = lane();
  }
  if (branches_.empty()) {
    branches_.push_back(std::make_unique<Branch>());
    leader().lane = lane();
  }
  leader().leads = true;
  listing_lane_ = lane();
}

FanOut::~FanOut() {
  listing_lane_->drain();
  for (const auto& branch : branches_) branch->lane->drain();
}

Result<void> FanOut::check() {
  TRY_VOID(needs_.stop.check());
  // What a failed lane has written down is read once it has been drained.
  if (leader().failed) {
    leader().lane->drain();
    return *leader().error;
  }
  if (listing_->failed) {
    listing_lane_->drain();
    return *listing_->error;
  }
  return {};
}

Result<std::shared_ptr<WorkFile>> FanOut::make(const std::string& name, std::uint64_t size) {
  if (leader().intake != nullptr && fits(name)) {
    TRY(auto file, leader().intake->create_file(name, size));
    return std::shared_ptr<WorkFile>(std::move(file));
  }
  whole_ = whole_ && leader().intake == nullptr;
  TRY(auto file, needs_.area.create_file(name, size));
  return std::shared_ptr<WorkFile>(std::move(file));
}

Result<void> FanOut::begin(const std::string& name, std::uint64_t size) {
  TRY_VOID(check());
  TRY(auto file, make(name, size));
  if (size >= kLarge && filling_) {
    filling_->used =
        (filling_->used + AlignedBuffer::kAlignment - 1) / AlignedBuffer::kAlignment * AlignedBuffer::kAlignment;
    // A stub of a chunk would only make the first piece small.
    if (filling_->used + kChunk / 4 > kChunk) dispatch();
  }
  chunk().steps.push_back({Event::begin, name, size, std::move(file), 0, 0});
  return {};
}

Result<void> FanOut::data(ByteView bytes) {
  TRY_VOID(check());
  while (!bytes.empty()) {
    Chunk& into = chunk();
    const std::size_t piece = std::min(bytes.size(), kChunk - into.used);
    std::memcpy(into.memory.span().data() + into.used, bytes.data(), piece);
    Step* last = into.steps.empty() ? nullptr : &into.steps.back();
    if (last != nullptr && last->event == Event::data && last->offset + last->length == into.used) {
      last->length += piece;
    } else {
      into.steps.push_back({Event::data, {}, 0, nullptr, into.used, piece});
    }
    into.used += piece;
    bytes = bytes.subspan(piece);
    if (into.used == kChunk) dispatch();
  }
  return {};
}

Result<void> FanOut::end() {
  chunk().steps.push_back({Event::end, {}, 0, nullptr, 0, 0});
  if (++filling_->files >= kFilesMax) dispatch();
  return {};
}

Result<void> FanOut::directory(const std::string& name) {
  TRY_VOID(check());
  if (leader().intake != nullptr && fits(name)) return leader().intake->create_directory(name);
  return needs_.area.create_directory(name);
}

FanOut::Chunk& FanOut::chunk() {
  if (!filling_) filling_ = std::make_shared<Chunk>();
  return *filling_;
}

/// The slowest lane says how many chunks there are.
void FanOut::dispatch() {
  if (!filling_) return;
  const SharedChunk full = std::exchange(filling_, nullptr);
  listing_lane_->post([this, full] { listing_->take(*full); });
  for (std::size_t i = branches_.size(); i-- > 0;) {
    Branch& branch = *branches_[i];
    branch.lane->post([&branch, full] { write(branch, *full); });
  }
}

void FanOut::write(Branch& branch, Chunk& chunk) {
  for (Step& one : chunk.steps) {
    if (branch.failed) return;
    if (auto done = step(branch, chunk, one); !done) {
      branch.error = std::move(done).error();
      branch.file.reset();
      branch.failed = true;
    }
  }
}

Result<void> FanOut::step(Branch& branch, Chunk& chunk, Step& step) {
  switch (step.event) {
    case Event::begin:
      if (branch.leads) {
        branch.file = std::move(step.file);
      } else if (fits(step.name)) {
        TRY(branch.file, branch.intake->create_file(step.name, step.size));
      }
      return {};
    case Event::data:
      return branch.file ? branch.file->write(chunk.bytes(step)) : ok();
    case Event::end:
      break;
  }
  const std::shared_ptr<WorkFile> ended = std::exchange(branch.file, nullptr);
  return ended ? ended->finish() : ok();
}

Result<void> FanOut::finish() {
  dispatch();
  listing_lane_->drain();
  for (const auto& branch : branches_) branch->lane->drain();
  TRY_VOID(check());
  for (const auto& branch : branches_) {
    if (branch->intake == nullptr || branch->failed || !whole_) continue;
    // Without its mark the place is filled file by file; and there its trouble will show.
    static_cast<void>(branch->intake->finish());
  }
  return {};
}

}  // namespace strongroom::ingest
