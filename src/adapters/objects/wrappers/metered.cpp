#include "adapters/objects/wrappers/metered.hpp"

#include <atomic>
#include <vector>

namespace strongroom::wrappers {
namespace {

constexpr std::string_view kRead = "read";
constexpr std::string_view kWritten = "written";

/// Where the counts of one location go.
struct Meter {
  const std::string& location;
  Metrics& metrics;

  void bytes(std::string_view direction, std::uint64_t count) const {
    if (count > 0) metrics.add(metric::kLocationBytes, {location, direction}, static_cast<double>(count));
  }
  /// What says that something is not there, or differs, is an answer; anything else is the location's fault.
  template <class T>
  Result<T> watched(Result<T> result) const {
    if (!result && result.error().act != Act::rejected && result.error().reason != Reason::not_found) {
      metrics.count(metric::kLocationFaults, {location});
    }
    return result;
  }
};

/// What many small files make, told now and then and at the end. Any thread.
class Tally {
 public:
  Tally(Meter meter, std::string_view direction) : meter_(meter), direction_(direction) {}
  ~Tally() { meter_.bytes(direction_, count_.exchange(0)); }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void add(std::uint64_t count) {
    if (count_.fetch_add(count) + count >= kTold) meter_.bytes(direction_, count_.exchange(0));
  }

 private:
  static constexpr std::uint64_t kTold = 16 << 20;
  Meter meter_;
  std::string_view direction_;
  std::atomic<std::uint64_t> count_ = 0;
};

/// Counts at its end, so that a small read does not cost a look-up of its series.
class CountingSource final : public ByteSource {
 public:
  CountingSource(std::unique_ptr<ByteSource> inner, Meter meter, std::string_view direction)
      : inner_(std::move(inner)), meter_(meter), direction_(direction) {}
  ~CountingSource() override { meter_.bytes(direction_, count_); }
  CountingSource(const CountingSource&) = delete;
  CountingSource& operator=(const CountingSource&) = delete;

  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t size, meter_.watched(inner_->read(into)));
    count_ += size;
    return size;
  }

 private:
  std::unique_ptr<ByteSource> inner_;
  Meter meter_;
  std::string_view direction_;
  std::uint64_t count_ = 0;
};

class CountingSink final : public ByteSink {
 public:
  CountingSink(ByteSink& inner, Tally& tally) : inner_(inner), tally_(tally) {}

  Result<void> write(ByteView bytes) override {
    tally_.add(bytes.size());
    return inner_.write(bytes);
  }

 private:
  ByteSink& inner_;
  Tally& tally_;
};

/// What is taken from the opened content is what is written.
ContentOpener counted(const ContentOpener& open, Meter meter) {
  return [&open, meter]() -> Result<std::unique_ptr<ByteSource>> {
    TRY(auto source, open());
    // Trouble with the content is not the location's.
    return std::unique_ptr<ByteSource>(std::make_unique<CountingSource>(std::move(source), meter, kWritten));
  };
}

class MeteredFile final : public WorkFile {
 public:
  MeteredFile(std::unique_ptr<WorkFile> inner, Meter meter, Tally& tally)
      : inner_(std::move(inner)), meter_(meter), tally_(tally) {}

  Result<void> write(ByteView bytes) override {
    tally_.add(bytes.size());
    return meter_.watched(inner_->write(bytes));
  }
  Result<void> finish() override { return meter_.watched(inner_->finish()); }

 private:
  std::unique_ptr<WorkFile> inner_;
  Meter meter_;
  Tally& tally_;
};

class MeteredIntake final : public Intake {
 public:
  MeteredIntake(std::unique_ptr<Intake> inner, Meter meter)
      : inner_(std::move(inner)), meter_(meter), written_(meter, kWritten) {}

  Result<std::unique_ptr<WorkFile>> create_file(const std::string& name, std::uint64_t expected_size) override {
    TRY(auto file, meter_.watched(inner_->create_file(name, expected_size)));
    return std::unique_ptr<WorkFile>(std::make_unique<MeteredFile>(std::move(file), meter_, written_));
  }
  Result<void> create_directory(const std::string& name) override {
    return meter_.watched(inner_->create_directory(name));
  }
  Result<void> finish() override { return meter_.watched(inner_->finish()); }
  Result<void> clear() override { return meter_.watched(inner_->clear()); }
  Result<std::unique_ptr<ByteSource>> open_file(const std::string& root, const std::string& name) override {
    TRY(auto source, meter_.watched(inner_->open_file(root, name)));
    return std::unique_ptr<ByteSource>(std::make_unique<CountingSource>(std::move(source), meter_, kRead));
  }

 private:
  std::unique_ptr<Intake> inner_;
  Meter meter_;
  Tally written_;
};

class MeteredDeposit final : public Deposit {
 public:
  MeteredDeposit(std::unique_ptr<Deposit> inner, Meter meter)
      : inner_(std::move(inner)), meter_(meter), read_(meter, kRead) {}

  [[nodiscard]] bool already_stored() const override { return inner_->already_stored(); }
  Result<bool> take_in(const std::string& root) override { return meter_.watched(inner_->take_in(root)); }
  Result<void> put(const DepositFile& file, const ContentOpener& open) override {
    return meter_.watched(inner_->put(file, counted(open, meter_)));
  }
  Result<void> seal() override { return meter_.watched(inner_->seal()); }
  Result<void> read_back(const std::string& name, ByteSink& sink) override {
    CountingSink counting(sink, read_);
    return meter_.watched(inner_->read_back(name, counting));
  }
  void read_back_all(std::span<ReadBack> files) override {
    std::vector<CountingSink> counting;
    counting.reserve(files.size());
    std::vector<ReadBack> inner;
    inner.reserve(files.size());
    for (const ReadBack& file : files) {
      counting.emplace_back(file.sink, read_);
      inner.push_back({file.name, counting.back()});
    }
    inner_->read_back_all(inner);
    for (std::size_t i = 0; i < files.size(); ++i) files[i].outcome = meter_.watched(std::move(inner[i].outcome));
  }
  Result<std::optional<ServerChecksum>> checksum_of(const std::string& name) override {
    return meter_.watched(inner_->checksum_of(name));
  }
  Result<void> list(const std::function<Result<void>(const DepositedFile&)>& found) override {
    return meter_.watched(inner_->list(found));
  }
  Result<void> commit() override { return meter_.watched(inner_->commit()); }
  Result<void> abandon() override { return meter_.watched(inner_->abandon()); }

 private:
  std::unique_ptr<Deposit> inner_;
  Meter meter_;
  Tally read_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> MeteredStore::get(const std::string& key, ByteRange range) {
  const Meter meter{location_, metrics_};
  TRY(auto source, meter.watched(inner_.get(key, range)));
  return std::unique_ptr<ByteSource>(std::make_unique<CountingSource>(std::move(source), meter, kRead));
}

Result<std::optional<ObjectInfo>> MeteredStore::stat(const std::string& key) {
  return Meter{location_, metrics_}.watched(inner_.stat(key));
}

Result<std::vector<ObjectInfo>> MeteredStore::list(const std::string& prefix, const std::string& after,
                                                   std::size_t limit) {
  return Meter{location_, metrics_}.watched(inner_.list(prefix, after, limit));
}

Result<void> MeteredStore::put(const std::string& key, const ObjectSpec& spec, const ContentOpener& open) {
  const Meter meter{location_, metrics_};
  return meter.watched(inner_.put(key, spec, counted(open, meter)));
}

Result<std::unique_ptr<Deposit>> MeteredDepository::open(const DepositTicket& ticket) {
  const Meter meter{location_, metrics_};
  TRY(auto deposit, meter.watched(inner_.open(ticket)));
  return std::unique_ptr<Deposit>(std::make_unique<MeteredDeposit>(std::move(deposit), meter));
}

Result<std::unique_ptr<Intake>> MeteredDepository::intake(const StagingTicket& ticket) {
  const Meter meter{location_, metrics_};
  TRY(auto intake, meter.watched(inner_.intake(ticket)));
  if (!intake) return std::unique_ptr<Intake>();
  return std::unique_ptr<Intake>(std::make_unique<MeteredIntake>(std::move(intake), meter));
}

Result<void> MeteredDepository::sweep(const IngestId& ingest, Fence below) {
  return Meter{location_, metrics_}.watched(inner_.sweep(ingest, below));
}

}  // namespace strongroom::wrappers
