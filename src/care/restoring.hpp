// Restoring: the worker of one location that carries its restores on (http-api.md 9.5).
//
// It asks the provider for every file of the version, looks from time to time how far the provider is, and when the
// time is over sees to it that what the location had moved to its archive tier goes back there. How far it has come is
// in the catalogue: dying loses at most a batch, and doing a batch again does no harm. One thread.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/location.hpp"
#include "ports/archiver.hpp"
#include "ports/catalogue.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/object_store.hpp"
#include "ports/restores.hpp"
#include "ports/workers.hpp"

namespace strongroom::care {

/// Everything outlives the restoring.
struct RestoringNeeds {
  Catalogue& catalogue;
  Restores& restores;
  Archiver& archiver;
  ObjectStore& records;
  const std::vector<ObjectStore*>& locations;
  Workers& workers;
  Clock& clock;
  Log& journal;
};

class Restoring {
 public:
  /// `days`: for how long files are to be readable.
  Restoring(const RestoringNeeds& needs, const LocationFacts& location, int days, std::stop_token stop);

  /// Does what can be done for it now, and keeps how far it has come. An Error is of the provider or the catalogue; the
  /// next call goes on.
  Result<void> carry_on(Restore restore);
  /// Does so for all that have not ended, again and again until a stop is asked for.
  void run();

 private:
  class Files;
  /// When a restore is looked at next.
  struct Pace {
    Duration next{};
    Duration interval{};
  };

  Result<void> ask(Restore& restore);
  Result<void> await(Restore& restore);
  Result<void> finish(Restore& restore);
  Result<bool> is_shared(const Restore& restore);
  Result<void> archive_again(const Restore& restore);
  Result<void> visit(const std::vector<std::string>& keys,
                     const std::function<Result<void>(const std::string& key, TierView& view)>& work,
                     std::vector<TierView>& views);
  void look_after(const Restore& restore);
  void tell(std::string_view event, const Restore& restore);
  void complain(const std::string& restore_id, const Error& error);

  const RestoringNeeds& needs_;
  const LocationFacts& location_;
  const int days_;
  std::stop_token stop_;
  std::map<std::string, Pace> paces_;  ///< by id, of those in trouble or waiting
};

}  // namespace strongroom::care
