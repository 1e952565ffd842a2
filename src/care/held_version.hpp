// A stored version as its description tells it, held against what lies beside it in the location.
// One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/spill.hpp"
#include "domain/description.hpp"
#include "domain/layout.hpp"
#include "ports/object_store.hpp"

namespace strongroom::care {

/// A description that could be read to its end.
struct ReadDescription {
  DescriptionHead head;
  DescriptionTail tail;
  ObjectSpec spec;    ///< of its bytes
  std::string index;  ///< its sparse index
};

/// What is wrong with a version: all of it is counted, the first few are told.
class Faults {
 public:
  void add(std::string text);
  [[nodiscard]] const std::vector<std::string>& first() const { return first_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::vector<std::string> first_;
  std::uint64_t count_ = 0;
};

/// Reads the description of `version` and checks everything that can be checked without reading payload: it is that
/// version's, its files are those its manifests list with the same digests, the tag files have their bytes, and the
/// version directory holds its own files with their sizes and nothing else. Nothing, with faults, when it cannot even
/// be read. An Error is trouble with the location.
Result<std::optional<ReadDescription>> examine_version(ObjectStore& location, const layout::VersionKey& version,
                                                       SpillSpace& spills, Faults& faults);

}  // namespace strongroom::care
