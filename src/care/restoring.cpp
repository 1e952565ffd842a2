#include "care/restoring.hpp"

#include <algorithm>
#include <optional>

#include "domain/description.hpp"
#include "domain/layout.hpp"
#include "retrieve/description.hpp"

namespace strongroom::care {
namespace {

/// Files whose state is kept together.
constexpr std::size_t kBatch = 256;
constexpr std::size_t kAtOnce = 16;

constexpr Duration kNap = std::chrono::seconds(5);
/// Providers take from minutes to two days.
constexpr Duration kFirstPause = std::chrono::seconds(10);
constexpr Duration kLongestPause = std::chrono::minutes(5);

}  // namespace

/// The stored files of a version, payload and tag files, in the order of its description.
class Restoring::Files {
 public:
  static Result<Files> open(const RestoringNeeds& needs, const Restore& restore) {
    TRY(const auto row, needs.catalogue.find_registered(restore.bag, restore.version));
    if (!row) return broken("a version that is restored is not registered", restore.bag.str(), Reason::not_found);
    const retrieve::DescriptionNeeds wants{needs.records, needs.locations, needs.journal};
    TRY(auto source, retrieve::open_description(wants, restore.bag, *row));
    Files files(std::move(source), layout::bag_prefix(restore.bag));
    TRY_VOID(files.reader_->head());
    return files;
  }

  /// Up to `limit` more; none at the end.
  Result<std::vector<std::string>> next(std::size_t limit) {
    std::vector<std::string> keys;
    while (keys.size() < limit && list_ != List::none) {
      TRY(const DescribedFile* file, list_ == List::payload ? reader_->next_file() : reader_->next_tag_file());
      if (file != nullptr) {
        keys.push_back(prefix_ + file->path);
      } else {
        list_ = list_ == List::payload ? List::tags : List::none;
      }
    }
    return keys;
  }
  Result<void> skip(std::uint64_t count) {
    while (count > 0) {
      TRY(const auto keys, next(static_cast<std::size_t>(std::min<std::uint64_t>(count, kBatch))));
      if (keys.empty()) return {};
      count -= keys.size();
    }
    return {};
  }
  /// Of a stored file, the version directory it lies in.
  [[nodiscard]] std::optional<Version> version_of(const std::string& key) const {
    const std::string_view path = std::string_view(key).substr(prefix_.size());
    return Version::parse(path.substr(0, path.find('/')));
  }

 private:
  enum class List : std::uint8_t { payload, tags, none };

  Files(std::unique_ptr<ByteSource> source, std::string prefix)
      : source_(std::move(source)),
        reader_(std::make_unique<DescriptionReader>(*source_)),
        prefix_(std::move(prefix)) {}

  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<DescriptionReader> reader_;
  std::string prefix_;
  List list_ = List::payload;
};

Restoring::Restoring(const RestoringNeeds& needs, const LocationFacts& location, int days, std::stop_token stop)
    : needs_(needs), location_(location), days_(days), stop_(std::move(stop)) {}

void Restoring::tell(std::string_view event, const Restore& restore) {
  needs_.journal.write(LogLevel::info, event,
                       {{"location", location_.name.str()},
                        {"bag", restore.bag.str()},
                        {"version", restore.version.str()},
                        {"restore", restore.id}});
}

void Restoring::complain(const std::string& restore_id, const Error& error) {
  needs_.journal.write(LogLevel::error, "restore_behind",
                       {{"location", location_.name.str()}, {"restore", restore_id}, {"error", error.text()}});
}

/// Does `work` for each of the keys, several at a time; the first Error is that of the earliest one that failed.
Result<void> Restoring::visit(const std::vector<std::string>& keys,
                              const std::function<Result<void>(const std::string& key, TierView& view)>& work,
                              std::vector<TierView>& views) {
  views.assign(keys.size(), {});
  std::vector<Result<void>> outcomes(keys.size());
  needs_.workers.for_each(keys.size(), kAtOnce, [&](std::size_t i) {
    outcomes[i] = stop_.stop_requested() ? temporary("asked to stop", {}, Reason::stopped) : work(keys[i], views[i]);
  });
  for (Result<void>& outcome : outcomes) {
    if (!outcome) return std::move(outcome);
  }
  return {};
}

Result<void> Restoring::ask(Restore& restore) {
  TRY(Files files, Files::open(needs_, restore));
  TRY_VOID(files.skip(restore.files_asked));
  restore.ready_by = needs_.clock.now() + needs_.archiver.restored_within();
  std::vector<TierView> views;
  for (;;) {
    TRY(const auto keys, files.next(kBatch));
    if (keys.empty()) break;
    TRY_VOID(
        visit(keys, [&](const std::string& key, TierView&) { return needs_.archiver.restore(key, days_); }, views));
    restore.files_asked += keys.size();
    restore.detail.clear();
    TRY_VOID(needs_.restores.save_restore(restore));
  }
  restore.state = RestoreState::waiting;
  restore.ready_by = needs_.clock.now() + needs_.archiver.restored_within();
  return needs_.restores.save_restore(restore);
}

/// Goes on from the first file that could not be read yet, to the next that cannot.
Result<void> Restoring::await(Restore& restore) {
  TRY(Files files, Files::open(needs_, restore));
  TRY_VOID(files.skip(restore.files_ready));
  const auto look = [&](const std::string& key, TierView& view) -> Result<void> {
    TRY(view, needs_.archiver.look(key));
    // Its time was over before the others had come, or the provider has given it up.
    return view.now == Readability::archived ? needs_.archiver.restore(key, days_) : ok();
  };
  std::vector<TierView> views;
  for (;;) {
    TRY(const auto keys, files.next(kBatch));
    if (keys.empty()) break;
    TRY_VOID(visit(keys, look, views));
    const auto first = std::ranges::find_if_not(views, [](const TierView& view) { return view.can_be_read(); });
    for (auto view = views.begin(); view != first; ++view) {
      if (view->until && (!restore.expires || *view->until < *restore.expires)) restore.expires = view->until;
    }
    restore.files_ready += static_cast<std::uint64_t>(first - views.begin());
    restore.detail.clear();
    TRY_VOID(needs_.restores.save_restore(restore));
    if (first != views.end()) return {};
  }
  restore.state = RestoreState::ready;
  if (!restore.expires) restore.expires = needs_.clock.now() + std::chrono::hours(24) * days_;
  TRY_VOID(needs_.restores.save_restore(restore));
  tell("restore_ready", restore);
  return {};
}

/// Whether files of it may still be needed by another restore of the bag, of another version.
Result<bool> Restoring::is_shared(const Restore& restore) {
  TRY(const auto open, needs_.restores.open_restores(location_.uuid));
  return std::ranges::any_of(open, [&](const Restore& other) {
    return other.id != restore.id && other.bag == restore.bag &&
           (!other.expires || *other.expires > needs_.clock.now());
  });
}

/// What a provider has moved for good is moved back; what it restored for a while it takes back itself.
Result<void> Restoring::archive_again(const Restore& restore) {
  TRY(Files files, Files::open(needs_, restore));
  std::vector<TierView> views;
  std::map<std::int64_t, bool> archived;
  for (;;) {
    TRY(auto keys, files.next(kBatch));
    if (keys.empty()) return {};
    for (const std::string& key : keys) {
      const auto version = files.version_of(key);
      if (!version || archived.contains(version->number())) continue;
      TRY(const auto fact, needs_.catalogue.recall(archived_fact(location_.uuid, restore.bag, *version)));
      archived[version->number()] = fact.has_value();
    }
    std::erase_if(keys, [&](const std::string& key) {
      const auto version = files.version_of(key);
      return !version || !archived.at(version->number());
    });
    const auto work = [&](const std::string& key, TierView& view) -> Result<void> {
      TRY(view, needs_.archiver.look(key));
      return view.now == Readability::readable ? needs_.archiver.archive(key) : ok();
    };
    TRY_VOID(visit(keys, work, views));
  }
}

Result<void> Restoring::finish(Restore& restore) {
  if (!restore.expires || needs_.clock.now() < *restore.expires) return {};
  TRY(const bool shared, is_shared(restore));
  if (shared) return {};
  TRY_VOID(archive_again(restore));
  restore.state = RestoreState::ended;
  TRY_VOID(needs_.restores.save_restore(restore));
  tell("restore_ended", restore);
  return {};
}

Result<void> Restoring::carry_on(Restore restore) {
  if (restore.state == RestoreState::asking) TRY_VOID(ask(restore));
  if (restore.state == RestoreState::waiting) TRY_VOID(await(restore));
  if (restore.state == RestoreState::ready) TRY_VOID(finish(restore));
  return {};
}

void Restoring::look_after(const Restore& restore) {
  Pace& pace = paces_[restore.id];
  const Duration now = needs_.clock.since_boot();
  if (now < pace.next) return;
  const auto carried = carry_on(restore);
  if (!carried && carried.error().reason == Reason::stopped) return;
  pace.interval = std::clamp(pace.interval * 2, kFirstPause, kLongestPause);
  pace.next = now + pace.interval;
  if (carried) return;
  const std::string error = carried.error().text();
  if (restore.detail == error) return;
  complain(restore.id, carried.error());
  // What was kept meanwhile is newer than what this began with.
  auto latest = needs_.restores.find_restore(restore.id);
  if (!latest || !*latest) return;
  (*latest)->detail = error;
  if (auto kept = needs_.restores.save_restore(**latest); !kept) complain(restore.id, kept.error());
}

void Restoring::run() {
  std::string told;
  while (!stop_.stop_requested()) {
    const auto open = needs_.restores.open_restores(location_.uuid);
    if (open) {
      std::erase_if(paces_, [&](const auto& one) {
        return std::ranges::none_of(*open, [&](const Restore& restore) { return restore.id == one.first; });
      });
      for (const Restore& restore : *open) {
        if (!stop_.stop_requested()) look_after(restore);
      }
      told.clear();
    } else if (std::exchange(told, open.error().text()) != open.error().text()) {
      needs_.journal.write(LogLevel::error, "restores_unknown", {{"location", location_.name.str()}, {"error", told}});
    }
    needs_.clock.wait_until(needs_.clock.since_boot() + kNap, stop_);
  }
}

}  // namespace strongroom::care
