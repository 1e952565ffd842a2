// FanOut: the files of a package on their way to every place that stages, written from the same buffers while the next
// ones are unpacked and hashed (CORRECTNESS 4.2).
//
// Whoever unpacks calls it; a lane takes the digests and lists the files, and each place has a lane that writes. The
// first place leads: it makes each file before its bytes come, so that duplicate names show at once. A place that
// fails leaves the group and is filled later from another one; when it was the leading one, unpacking begins anew.
// Without places working storage leads alone. Memory: as many chunks of 1 MiB as wait in
// one lane, whatever the package holds. One thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/unpack.hpp"
#include "base/aligned.hpp"
#include "domain/inventory.hpp"
#include "ingest/progress.hpp"
#include "ingest/stop.hpp"
#include "ports/deposit.hpp"
#include "ports/workers.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct FanOutNeeds {
  WorkArea& area;
  std::vector<Intake*> intakes;  ///< of the places that take part; all empty
  InventoryWriter& inventory;
  ProgressMeter& progress;
  const Stop& stop;
};

class FanOut final : public archive::EntrySink {
 public:
  /// `workers`: null for a package so small that threads would cost more than they save.
  FanOut(const FanOutNeeds& needs, Workers* workers);
  ~FanOut() override;
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  Result<void> begin(const std::string& name, std::uint64_t size) override;
  Result<void> data(ByteView bytes) override;
  Result<void> end() override;
  Result<void> directory(const std::string& name) override;
  /// Waits for everything; afterwards the inventory has every file. The Error of the leading place, or of the
  /// inventory; that of another place is not told: it has no mark that it is filled.
  Result<void> finish();

 private:
  enum class Event : std::uint8_t { begin, data, end };
  struct Step {
    Event event = Event::begin;
    std::string name;                ///< of begin
    std::uint64_t size = 0;          ///< of begin
    std::shared_ptr<WorkFile> file;  ///< of begin: as the leading place has made it
    std::size_t offset = 0;          ///< of data
    std::size_t length = 0;          ///< of data
  };
  struct Chunk {
    AlignedBuffer memory;
    std::size_t used = 0;
    std::size_t files = 0;
    std::vector<Step> steps;
    Chunk();
    [[nodiscard]] ByteView bytes(const Step& step) { return memory.span().subspan(step.offset, step.length); }
  };
  using SharedChunk = std::shared_ptr<Chunk>;

  /// One place with its lane. What is not atomic belongs to the lane until it is drained.
  struct Branch {
    Intake* intake = nullptr;  ///< null: working storage
    bool leads = false;
    std::unique_ptr<Lane> lane;
    std::shared_ptr<WorkFile> file;
    std::optional<Error> error;
    std::atomic<bool> failed = false;
  };

  class Listing;

  [[nodiscard]] Branch& leader() { return *branches_.front(); }
  Result<void> check();
  Result<std::shared_ptr<WorkFile>> make(const std::string& name, std::uint64_t size);
  Chunk& chunk();
  void dispatch();
  static void write(Branch& branch, Chunk& chunk);
  static Result<void> step(Branch& branch, Chunk& chunk, Step& step);

  const FanOutNeeds needs_;
  std::vector<std::unique_ptr<Branch>> branches_;  ///< the leading one first
  std::unique_ptr<Listing> listing_;
  std::unique_ptr<Lane> listing_lane_;
  SharedChunk filling_;
  bool whole_ = true;  ///< every file has gone to the places
};

}  // namespace strongroom::ingest
