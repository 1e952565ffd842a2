#include "adapters/areas/directory/watch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "adapters/areas/directory/files.hpp"

namespace strongroom::areas {
namespace {

using filesystem::Fd;

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
/// More keys than this in one report are everything.
constexpr std::size_t kKeysMax = 100'000;
constexpr int kDepthMax = 128;

void note(WatchReport& report, std::string key) {
  if (report.everything) return;
  report.keys.insert(std::move(key));
  if (report.keys.size() > kKeysMax) report.everything = true;
}

/// Waits for one of them; false for neither.
bool poll_for(int inotify, int stop, Duration up_to) {
  std::array<pollfd, 2> ends{{{stop, POLLIN, 0}, {inotify, POLLIN, 0}}};
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(std::max(up_to, Duration::zero()));
  timespec time{};
  time.tv_sec = static_cast<time_t>(nanoseconds.count() / 1'000'000'000);
  time.tv_nsec = static_cast<long>(nanoseconds.count() % 1'000'000'000);
  // A signal ends the wait early, which callers bear. A descriptor of -1 is passed over.
  return ::ppoll(ends.data(), ends.size(), &time, nullptr) > 0 && (ends[1].revents & POLLIN) != 0;
}

}  // namespace

DirectoryWatch::DirectoryWatch(std::string root, Log& log) : root_(std::move(root)), log_(log) { begin(); }

void DirectoryWatch::complain(const std::string& what, int code) {
  complete_ = false;
  if (complained_) return;
  complained_ = true;
  log_.write(LogLevel::warning, "area.watch_incomplete",
             {{"directory", root_}, {"why", what + ": " + std::generic_category().message(code)}});
}

void DirectoryWatch::begin() {
  paths_.clear();
  complete_ = true;
  inotify_ = Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_.valid()) return complain("cannot watch directories", errno);
  // What lies there now is the sweep's.
  WatchReport ignored;
  add_below("", ignored);
  if (complete_) complained_ = false;
}

/// The root is not kept open: then its removal would not be told.
void DirectoryWatch::add_below(const std::string& path, WatchReport& report) {
  const Fd root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return complain("cannot open the area's directory", errno);
  add(root.get(), path, report, 0);
}

void DirectoryWatch::add(int root, const std::string& path, WatchReport& report, int depth) {
  if (depth > kDepthMax) return complain("too many directories in each other below " + path, ELOOP);
  Fd directory;
  const std::string name = path.empty() ? "" : path.substr(0, path.size() - 1);
  const int code = name.empty() ? filesystem::make_directories(root, "", directory)
                                : filesystem::open_beneath(root, name, O_RDONLY | O_DIRECTORY, 0, directory);
  if (is_absent(code)) return;
  if (code != 0) return complain("cannot open " + path, code);
  // The watch comes before the look, so that nothing falls between them. By way of /proc it is on what was opened.
  const std::string self = "/proc/self/fd/" + std::to_string(directory.get());
  const int watch = ::inotify_add_watch(inotify_.get(), self.c_str(), kEvents);
  if (watch < 0) return complain("cannot watch the directory " + path, errno);
  paths_[watch] = path;
  DIR* stream = ::fdopendir(directory.get());
  if (stream == nullptr) return complain("cannot read " + path, errno);
  [[maybe_unused]] const int given = directory.release();
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> owner(stream, close);
  while (const dirent* entry = ::readdir(stream)) {
    if (!is_area_name(entry->d_name)) continue;
    struct stat facts{};
    if (::fstatat(::dirfd(stream), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(facts.st_mode)) add(root, path + entry->d_name + "/", report, depth + 1);
    if (S_ISREG(facts.st_mode)) note(report, path + entry->d_name);
  }
}

void DirectoryWatch::forget(const std::string& path) {
  for (auto it = paths_.begin(); it != paths_.end();) {
    if (!it->second.starts_with(path)) {
      ++it;
      continue;
    }
    ::inotify_rm_watch(inotify_.get(), it->first);
    it = paths_.erase(it);
  }
}

void DirectoryWatch::on_directory(const std::string& path, std::uint32_t mask, WatchReport& report) {
  // Those that are moved within the area are watched again below their new name.
  if ((mask & IN_MOVED_FROM) != 0) forget(path);
  if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) add_below(path, report);
}

void DirectoryWatch::take_events(WatchReport& report) {
  alignas(inotify_event) std::array<char, std::size_t{64} << 10U> buffer;
  for (;;) {
    const ssize_t n = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (n <= 0) return;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = event.len > 0 ? buffer.data() + at + sizeof event : "";
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        // Directories may have come and gone unseen, too.
        begin();
        report.everything = true;
        return;
      }
      const auto known = paths_.find(event.wd);
      if (known == paths_.end()) continue;
      if ((event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
        if (!known->second.empty()) {
          // Where a directory has moved to, its parents tell.
          if ((event.mask & IN_MOVE_SELF) == 0) paths_.erase(known);
          continue;
        }
        paths_.clear();
        complain("the area's directory is gone", ENOENT);
        report.everything = true;
        return;
      }
      if (!is_area_name(name)) continue;
      const std::string key = known->second + name;
      if ((event.mask & IN_ISDIR) != 0) {
        on_directory(key + "/", event.mask, report);
      } else if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
        note(report, key);
      }
    }
  }
}

Result<WatchReport> DirectoryWatch::wait(Duration up_to, std::stop_token stop) {
  const Fd stopped(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stopped.valid()) return temporary("cannot wait for changes: " + std::generic_category().message(errno), root_);
  const std::stop_callback wake(stop, [&stopped] { ::eventfd_write(stopped.get(), 1); });
  WatchReport report;
  if (paths_.empty()) {
    begin();
    // What came while nothing was watched has been seen by nobody.
    report.everything = !paths_.empty();
    if (report.everything) return report;
  }
  if (poll_for(inotify_.get(), stopped.get(), up_to)) take_events(report);
  if (report.everything) report.keys.clear();
  return report;
}

}  // namespace strongroom::areas
