#include "archive/unpack.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "archive/decompressor.hpp"
#include "archive/entry_name.hpp"
#include "archive/tar_reader.hpp"
#include "archive/zip_reader.hpp"

namespace strongroom::archive {
namespace {

/// How far anything must have moved before the watcher is called again.
constexpr std::uint64_t kWatchStep = limits::kMiB;

Result<void> check_stop(const std::stop_token& stop) {
  if (stop.stop_requested()) return temporary("unpacking was stopped", {}, Reason::stopped);
  return {};
}

/// The package as it lies: its beginning can be looked at before it is read, its bytes are counted.
class Package final : public ByteSource {
 public:
  Package(ByteSource& source, const std::stop_token& stop) : source_(source), stop_(stop) {}

  /// Once, before the first read.
  Result<ByteView> head() {
    TRY(head_size_, read_full(source_, head_));
    return ByteView(head_).first(head_size_);
  }
  Result<std::size_t> read(ByteSpan into) override {
    TRY_VOID(check_stop(stop_));
    if (head_at_ < head_size_) {
      const std::size_t n = std::min(into.size(), head_size_ - head_at_);
      std::memcpy(into.data(), head_.data() + head_at_, n);
      head_at_ += n;
      bytes_ += n;
      return n;
    }
    TRY(const std::size_t n, source_.read(into));
    bytes_ += n;
    return n;
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Bytes that were read another way.
  void count(std::uint64_t bytes) { bytes_ += bytes; }

 private:
  ByteSource& source_;
  const std::stop_token& stop_;
  std::array<std::byte, kSniffSize> head_{};
  std::size_t head_size_ = 0;
  std::size_t head_at_ = 0;
  std::uint64_t bytes_ = 0;
};

/// The same for a package that is read by way of its directory.
class WatchedAccess final : public RandomAccess {
 public:
  WatchedAccess(RandomAccess& inner, Package& package, const std::stop_token& stop)
      : inner_(inner), package_(package), stop_(stop) {}
  [[nodiscard]] std::uint64_t size() const override { return inner_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) override {
    TRY_VOID(check_stop(stop_));
    TRY(const std::size_t n, inner_.read_at(offset, into));
    package_.count(n);
    return n;
  }

 private:
  RandomAccess& inner_;
  Package& package_;
  const std::stop_token& stop_;
};

std::string_view subject_of(MemberKind kind) {
  switch (kind) {
    case MemberKind::symbolic_link:
      return "a symbolic link";
    case MemberKind::hard_link:
      return "a hard link";
    case MemberKind::device:
      return "a device";
    case MemberKind::fifo:
      return "a FIFO";
    case MemberKind::file:
    case MemberKind::directory:
    case MemberKind::other:
      break;
  }
  return "an unsupported entry";
}

bool is_zip(ByteView head) {
  const std::string_view text = as_text(head);
  // An entry, an archive without any, and the mark of a spanned one.
  return text.starts_with("PK\3\4") || text.starts_with("PK\5\6") || text.starts_with("PK\7\x08");
}

/// One unpacking. Stands between decompressor and tar reader as the byte source on which limits, stopping and
/// progress are seen to: whatever the tar reader is busy with, it has to come by here.
class Unpacker final : public ByteSource {
 public:
  Unpacker(const PackageInput& input, EntrySink& sink, const ArchiveLimits& limits, const std::stop_token& stop,
           const UnpackWatcher& watcher)
      : input_(input), package_(input.stream, stop), sink_(sink), limits_(limits), stop_(stop), watcher_(watcher) {}

  Result<UnpackedArchive> run();
  Result<std::size_t> read(ByteSpan into) override;
  /// Why run() failed, when the package is at fault.
  [[nodiscard]] std::optional<Fault> fault() const;

 private:
  Result<void> open_members();
  Result<void> take_entry(const Member& member);
  Result<void> take_file(const std::string& name, std::uint64_t size);
  Result<void> take_piece(const std::string& name, ByteView piece, std::uint64_t& file_bytes);
  Result<void> count(std::uint64_t& counter);
  Result<void> from_sink(Result<void> answer, const std::string& name);
  Result<void> keep_watch(std::uint64_t unpacked);
  [[nodiscard]] UnpackedArchive result() const;

  const PackageInput input_;
  Package package_;
  EntrySink& sink_;
  const ArchiveLimits& limits_;
  const std::stop_token& stop_;
  const UnpackWatcher& watcher_;
  std::unique_ptr<Decompressor> decompressor_;
  std::optional<WatchedAccess> anywhere_;
  std::optional<ZipReader> zip_;
  std::optional<TarReader> tar_;
  MemberReader* members_ = nullptr;  ///< the one of the two that there is
  FaultSlot slot_;
  std::uint64_t files_ = 0;
  std::uint64_t directories_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t stream_bytes_ = 0;  ///< of the tar stream
  std::uint64_t watched_ = 0;
};

Result<void> Unpacker::open_members() {
  TRY(const ByteView head, package_.head());
  if (!is_zip(head)) {
    decompressor_ = open_decompressor(head, package_, input_.side_by_side);
    members_ = &tar_.emplace(*this);
    return {};
  }
  if (input_.anywhere == nullptr || input_.spills == nullptr) {
    return broken("a zip package cannot be read from here: its bytes come in one order only", {}, Reason::unsupported);
  }
  anywhere_.emplace(*input_.anywhere, package_, stop_);
  members_ = &zip_.emplace(*anywhere_, *input_.spills);
  return {};
}

Result<UnpackedArchive> Unpacker::run() {
  TRY_VOID(open_members());
  for (;;) {
    TRY(const auto member, members_->next());
    if (!member) break;
    TRY_VOID(take_entry(*member));
  }
  if (files_ == 0) {
    return slot_.refuse(
        {.kind = FaultKind::bad_archive, .detail = "the archive holds no files", .name = {}, .subject = {}});
  }
  return result();
}

std::optional<Fault> Unpacker::fault() const {
  if (slot_.fault()) return slot_.fault();
  if (members_ != nullptr && members_->fault()) return members_->fault();
  if (decompressor_) return decompressor_->fault();
  return std::nullopt;
}

Result<std::size_t> Unpacker::read(ByteSpan into) {
  TRY(const std::size_t n, decompressor_->read(into));
  stream_bytes_ += n;
  TRY_VOID(keep_watch(stream_bytes_));
  return n;
}

Result<void> Unpacker::keep_watch(std::uint64_t unpacked) {
  TRY_VOID(check_stop(stop_));
  const std::uint64_t ratio = std::max<std::uint64_t>(limits_.ratio, 1);
  const std::uint64_t consumed = zip_ ? zip_->consumed() : decompressor_->consumed();
  // unpacked > ratio * consumed, without overflow
  if (unpacked > 0 && unpacked >= limits_.ratio_from && (unpacked - 1) / ratio >= consumed) {
    return slot_.refuse({.kind = FaultKind::too_much_expansion,
                         .detail = "after " + std::to_string(consumed) + " bytes of the package " +
                                   std::to_string(unpacked) + " bytes had come out",
                         .name = {},
                         .subject = {},
                         .limit = limits_.ratio});
  }
  const std::uint64_t moved = package_.bytes() + stream_bytes_ + bytes_;
  if (watcher_ && moved - watched_ >= kWatchStep) {
    watched_ = moved;
    watcher_({.archive_bytes = package_.bytes(), .files = files_, .bytes = bytes_});
  }
  return {};
}

/// The checks of pipeline.md 4.2 in their order: the name, the kind, what was met before.
Result<void> Unpacker::take_entry(const Member& member) {
  const auto name = normalise_entry_name(member.name);
  if (!name) {
    return slot_.refuse({.kind = FaultKind::unsafe_name,
                         .detail = "the name is not UTF-8, or is absolute, or leads out of the package",
                         .name = member.name,
                         .subject = {}});
  }
  if (member.kind != MemberKind::file && member.kind != MemberKind::directory) {
    return slot_.refuse({.kind = FaultKind::forbidden_entry,
                         .detail = "this is " + std::string(subject_of(member.kind)),
                         .name = name->empty() ? member.name : *name,
                         .subject = std::string(subject_of(member.kind))});
  }
  if (member.kind == MemberKind::directory) {
    TRY_VOID(count(directories_));
    if (name->empty()) return {};  // `./`
    return from_sink(sink_.directory(*name), *name);
  }
  if (name->empty()) {
    // Only directories may go by without a name: content must never vanish.
    return slot_.refuse(
        {.kind = FaultKind::unsafe_name, .detail = "a file has no name", .name = member.name, .subject = {}});
  }
  return take_file(*name, member.size);
}

Result<void> Unpacker::count(std::uint64_t& counter) {
  if (counter >= limits_.entries) {
    return slot_.refuse({.kind = FaultKind::too_many_entries,
                         .detail = "the archive has more than " + std::to_string(limits_.entries) + " entries",
                         .name = {},
                         .subject = {},
                         .limit = limits_.entries});
  }
  ++counter;
  return {};
}

Result<void> Unpacker::take_file(const std::string& name, std::uint64_t size) {
  TRY_VOID(count(files_));
  TRY_VOID(from_sink(sink_.begin(name, size), name));
  std::uint64_t file_bytes = 0;
  for (;;) {
    TRY(const ByteView piece, members_->body());
    if (piece.empty()) break;
    TRY_VOID(take_piece(name, piece, file_bytes));
  }
  return sink_.end();
}

Result<void> Unpacker::take_piece(const std::string& name, ByteView piece, std::uint64_t& file_bytes) {
  if (piece.size() > limits_.file - file_bytes) {
    return slot_.refuse({.kind = FaultKind::too_many_bytes,
                         .detail = "one file has more than " + std::to_string(limits_.file) + " bytes",
                         .name = name,
                         .subject = {},
                         .limit = limits_.file});
  }
  if (piece.size() > limits_.bytes - bytes_) {
    return slot_.refuse({.kind = FaultKind::too_many_bytes,
                         .detail = "the files have more than " + std::to_string(limits_.bytes) + " bytes together",
                         .name = name,
                         .subject = {},
                         .limit = limits_.bytes});
  }
  file_bytes += piece.size();
  bytes_ += piece.size();
  TRY_VOID(keep_watch(bytes_));  // holes come out without anything being read
  return sink_.data(piece);
}

Result<void> Unpacker::from_sink(Result<void> answer, const std::string& name) {
  if (answer || answer.error().reason != Reason::already_exists) return answer;
  const std::string& where = answer.error().where;
  return slot_.refuse({.kind = FaultKind::duplicate_entry,
                       .detail = "the name was met before, or is both a file and a directory",
                       .name = !where.empty() && is_at_or_below(name, where) ? where : name,
                       .subject = {}});
}

UnpackedArchive Unpacker::result() const {
  UnpackedArchive unpacked{.media_type = zip_ ? "application/zip" : decompressor_->media_type(),
                           .files = files_,
                           .bytes = bytes_,
                           .archive_bytes = zip_ ? input_.anywhere->size() : package_.bytes(),
                           .warnings = {}};
  const auto warn = [&](std::string kind, std::string description) {
    Problem problem;
    problem.rule = "W14";
    problem.kind = std::move(kind);
    problem.description = std::move(description);
    unpacked.warnings.push_back(std::move(problem));
  };
  if (members_->lone_zero_block()) warn("lone-zero-block", "the tar archive ends with one zero block instead of two");
  if (members_->padded() || (decompressor_ && decompressor_->padded()))
    warn("zero-padding", "zero bytes follow the end of the archive");
  return unpacked;
}

}  // namespace

Result<UnpackOutcome> unpack_archive(PackageInput package, std::string_view loc, EntrySink& sink,
                                     const ArchiveLimits& limits, const std::stop_token& stop,
                                     const UnpackWatcher& watcher) {
  Unpacker unpacker(package, sink, limits, stop, watcher);
  auto outcome = unpacker.run();
  if (outcome) return UnpackOutcome(std::move(outcome).value());
  if (const auto fault = unpacker.fault()) return UnpackOutcome(refusal_for(*fault, loc));
  return std::move(outcome).error();
}

}  // namespace strongroom::archive
