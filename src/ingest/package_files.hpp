// Files of the unpacked package, wherever unpacking has left them: in working storage, or in the staging of a location
// (CORRECTNESS 4.2). Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/rooms.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

class PackageFiles {
 public:
  /// `root`: of the bag in the package. Everything outlives it.
  PackageFiles(WorkArea& area, const std::vector<Place>& places, StagingTicket ticket, std::string root);
  /// Of a package that was unpacked into working storage alone.
  PackageFiles(WorkArea& area, std::string root);

  /// A file of the bag, from the first place that has it. Reason::not_found (broken) when none has.
  Result<std::unique_ptr<ByteSource>> open(const std::string& name);

 private:
  WorkArea& area_;
  const std::vector<Place>* places_ = nullptr;  ///< with the ticket
  const std::optional<StagingTicket> ticket_;
  const std::string root_;
};

}  // namespace strongroom::ingest
