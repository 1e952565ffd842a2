// ports/area_watch.hpp by inotify, on the whole tree of a directory (transfers.md 3.4).
//
// Directories that appear are watched from then on, and what lies in them already is reported. Where the system gives
// no (more) watches, or the directory is missing, a warning is logged and the sweep has to find what is not seen here;
// while nothing at all is watched it is tried again with every wait. Changes made by other hosts of a network file
// system are not seen. One thread at a time; a stop may be asked for from any.
#pragma once

#include <map>
#include <string>

#include "adapters/objects/filesystem/posix.hpp"
#include "ports/area_watch.hpp"
#include "ports/log.hpp"

namespace strongroom::areas {

class DirectoryWatch final : public AreaWatch {
 public:
  /// Watches from now on. `log` outlives it.
  DirectoryWatch(std::string root, Log& log);
  Result<WatchReport> wait(Duration up_to, std::stop_token stop) override;

  /// Whether the directory itself is watched, and everything below it as far as is known.
  [[nodiscard]] bool is_watching() const { return complete_; }

 private:
  void begin();
  void take_events(WatchReport& report);
  void on_directory(const std::string& path, std::uint32_t mask, WatchReport& report);
  void add_below(const std::string& path, WatchReport& report);
  /// Watches the directory `path` (empty, or ending in a slash) and all below it; files in it go into the report.
  void add(int root, const std::string& path, WatchReport& report, int depth);
  void forget(const std::string& path);
  void complain(const std::string& what, int code);

  const std::string root_;
  Log& log_;
  filesystem::Fd inotify_;
  std::map<int, std::string> paths_;  ///< of the watched directories, by the system's number of the watch
  bool complete_ = false;
  bool complained_ = false;
};

}  // namespace strongroom::areas
