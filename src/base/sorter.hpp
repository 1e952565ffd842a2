// Sorter: sorts any number of (key, value) records in bounded memory.
//
// Records are collected up to `memory_max` bytes, sorted, and spilled as runs; reading merges the runs. Without a spill
// it is a plain in-memory sort. Keys are compared byte by byte; records with equal keys come in the order they were
// added. One thread at a time. Cost: n log n comparisons, each record written and read at most once per merge level
// (runs beyond kMergeWidth are merged in levels, so open spills are bounded too).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/spill.hpp"

namespace strongroom {

/// A record of a Sorter; both views are valid until the next call of next().
struct SortedRecord {
  std::string_view key;
  std::string_view value;
};

class SortedReader {
 public:
  virtual ~SortedReader() = default;
  /// The next record in key order, or null at the end.
  virtual Result<const SortedRecord*> next() = 0;
};

class Sorter {
 public:
  /// `space` outlives the sorter and its readers.
  Sorter(SpillSpace& space, std::size_t memory_max);
  ~Sorter();
  Sorter(Sorter&&) noexcept;
  Sorter& operator=(Sorter&&) noexcept;

  Result<void> add(std::string_view key, std::string_view value);
  [[nodiscard]] std::uint64_t size() const;
  /// A reader from the first record. The first call ends adding; further calls give further, independent readers.
  /// Readers must not outlive the sorter.
  Result<std::unique_ptr<SortedReader>> read();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace strongroom
