// verify: the unpacked bag against all acceptance rules, before anything is copied (bag-acceptance.md 6).
//
// Leaves the verified inventory (the bag's own files in byte order of name, with every digest its manifests hold), the
// list of the files it takes from earlier versions, and bag-info in the work area: the only lists later rooms read.
#pragma once

#include <map>
#include <string>

#include "bagit/check.hpp"
#include "domain/problem.hpp"
#include "domain/waypoints.hpp"
#include "ingest/package_files.hpp"
#include "ingest/progress.hpp"
#include "ingest/rooms.hpp"
#include "ingest/stop.hpp"
#include "ports/working_storage.hpp"

namespace strongroom::ingest {

struct VerifyNeeds {
  WorkArea& area;
  PackageFiles& files;
  ProblemSink& problems;
  ProgressMeter& progress;
  const Stop& stop;
};

/// The BagIt profile that the bags of a space must follow, by space; most have none.
using SpaceProfiles = std::map<std::string, bagit::Profile, std::less<>>;

struct VerifyTask {
  IngestType type = IngestType::create;
  layout::KeyBudget budget;  ///< the largest of all locations
  BagId bag;
  bagit::HeldVersion* held = nullptr;  ///< the bag's latest version; nothing when none is stored
  const SpaceProfiles& profiles;
};

/// A refusal carries the event's detail: the text of the first failing rule.
Result<Verified> verify(const VerifyNeeds& needs, const VerifyTask& task, const Unpacked& unpacked,
                        const Rooted& rooted);

}  // namespace strongroom::ingest
