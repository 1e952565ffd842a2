#include "transfers/self_check.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "transfers/prefixes.hpp"
#include "transfers/problems.hpp"
#include "transfers/submitting.hpp"

namespace strongroom::transfers {
namespace {

constexpr Duration kApartAtMost = std::chrono::minutes(5);
/// From here on Archivematica knows what an idempotency key is.
constexpr std::uint64_t kMajor = 1;
constexpr std::uint64_t kMinor = 19;

std::string name_of(const SourceArea& source, bool is_directory) {
  if (is_directory) return "directory " + one_line(source.path);
  return "bucket " + one_line(source.bucket) + " with path " + one_line(source.relative_path);
}

/// Sources that fall short by one thing.
std::string nearest_of(const std::vector<SourceArea>& sources, const AreaInUse& area, const std::string& folder) {
  std::vector<std::string> near;
  for (const SourceArea& source : sources) {
    const std::string name = name_of(source, area.is_directory);
    SourceArea other = source;
    other.enabled = true;
    if (find_source({other}, area, folder) != nullptr) {
      near.push_back(name + " is disabled");
      continue;
    }
    other.bucket = area.bucket;
    const bool is_path = !area.is_directory && find_source({other}, area, folder) != nullptr;
    const bool is_bucket = !area.is_directory && source.bucket == area.bucket;
    if (is_path) near.push_back("same path in another bucket: " + name);
    if (is_bucket) near.push_back("same bucket with another path: " + name);
    if (area.is_directory && source.path.ends_with(folder.substr(0, folder.find('/')))) near.push_back(name);
  }
  return near.empty() ? "" : "; near: " + join(near, ", ");
}

struct VersionNumber {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
};

/// `1.19.0`, `1.19`, perhaps with `v` before it and words behind.
std::optional<VersionNumber> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto number = [&text]() {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto read = parse_number(text.substr(0, end));
    text.remove_prefix(end);
    return read;
  };
  const auto major = number();
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = number();
  if (!minor) return std::nullopt;
  return VersionNumber{*major, *minor};
}

std::string in_seconds(Duration duration) {
  return with_thousands(
             static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count())) +
         " s";
}

}  // namespace

std::string_view name_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::ok:
      return "ok";
    case CheckStatus::warning:
      return "warning";
    case CheckStatus::missing:
      break;
  }
  return "MISSING";
}

bool is_missing(const CheckItem& item) { return item.status == CheckStatus::missing; }

CheckItem fine(int number, std::string what, std::string found) {
  return {number, std::move(what), CheckStatus::ok, std::move(found)};
}

CheckItem doubtful(int number, std::string what, std::string found, std::string advice) {
  return {number, std::move(what), CheckStatus::warning, std::move(found), std::move(advice)};
}

CheckItem missing(int number, std::string what, std::string found, std::string advice) {
  return {number, std::move(what), CheckStatus::missing, std::move(found), std::move(advice)};
}

CheckItem missing(int number, std::string what, const Error& error, std::string advice) {
  return missing(number, std::move(what), one_line(error.text()), std::move(advice));
}

CheckItem known_as(CheckItem item, std::vector<std::string> problems, std::string told) {
  item.problems = std::move(problems);
  item.told = std::move(told);
  return item;
}

CheckItem judge_source(const AreaInUse& area, const Prefix& prefix, const std::vector<SourceArea>& sources) {
  const std::string what = "location of " + area.name + ": " + prefix.prefix;
  const std::string folder = first_segment(prefix.prefix);
  std::vector<SourceArea> matching;
  for (const SourceArea& source : sources) {
    if (find_source({source}, area, prefix.prefix) != nullptr) matching.push_back(source);
  }
  const std::vector<std::string> problems = {problem::location(area.name, folder)};
  if (matching.empty()) {
    const std::string wanted = area.is_directory ? "the path " + area.archivematica_path + "/" + folder
                                                 : "the bucket " + area.bucket + " and the relative path " + folder;
    return known_as(
        missing(5, what,
                "no enabled transfer source of Archivematica has " + wanted + nearest_of(sources, area, prefix.prefix),
                "make one in Archivematica's Storage Service (Locations, purpose Transfer Source), with " + wanted),
        problems, problem::no_location(area.name, folder));
  }
  const SourceArea& first = matching.front();
  std::string found = "transfer source " + one_line(first.uuid) + ", " + name_of(first, area.is_directory);
  if (matching.size() == 1) return known_as(fine(5, what, std::move(found)), problems);
  return doubtful(5, what,
                  std::to_string(matching.size()) + " enabled transfer sources match; the first one counts: " + found,
                  "disable the others in Archivematica's Storage Service");
}

CheckItem judge_version(const std::string& version) {
  const std::string what = "version of Archivematica";
  const std::string advice =
      "a lost answer may create a second transfer of a package; update Archivematica to 1.19 or later";
  const auto number = parse_version(version);
  if (!number) {
    return doubtful(6, what,
                    version.empty() ? "the dashboard does not tell it" : "it cannot be read: " + one_line(version),
                    advice);
  }
  const bool is_old = number->major < kMajor || (number->major == kMajor && number->minor < kMinor);
  if (is_old) return doubtful(6, what, one_line(version) + " is older than 1.19", advice);
  return fine(6, what, one_line(version));
}

std::vector<CheckItem> judge_configurations(const std::vector<Prefix>& prefixes,
                                            const std::vector<std::string>& names) {
  std::vector<CheckItem> items;
  std::set<std::string> judged;
  for (const Prefix& prefix : prefixes) {
    const std::string wanted = processing_configuration_of(prefix);
    if (!judged.insert(wanted).second) continue;
    const std::string what = problem::configuration(wanted);
    if (std::ranges::find(names, wanted) != names.end()) {
      items.push_back(known_as(fine(7, what, "Archivematica has it"), {what}));
      continue;
    }
    items.push_back(known_as(missing(7, what,
                                     "Archivematica does not have it; it has: " +
                                         (names.empty() ? std::string("none") : one_line(join(names, ", "))),
                                     "make it in the dashboard (Administration, Processing configuration), or change "
                                     "processingConfig of the prefix " +
                                         prefix.prefix),
                             {what}, problem::no_configuration(wanted, names)));
  }
  return items;
}

CheckItem judge_clock(const std::vector<ClockSeen>& seen) {
  const std::string what = "clock";
  if (seen.empty()) return fine(9, what, "no server was there to compare it with");
  const auto apart = [](const ClockSeen& one) {
    return one.ours > one.theirs ? one.ours - one.theirs : one.theirs - one.ours;
  };
  const ClockSeen& worst = *std::ranges::max_element(seen, {}, apart);
  const std::string by = in_seconds(apart(worst));
  if (apart(worst) <= kApartAtMost) {
    std::vector<std::string> servers;
    for (const ClockSeen& one : seen) servers.push_back(one.server);
    return fine(9, what, "at most " + by + " from those of " + join(servers, ", "));
  }
  return missing(9, what,
                 "this machine is " + by + (worst.ours > worst.theirs ? " ahead of " : " behind ") + worst.server,
                 "have the clocks kept right, here and there (chrony, systemd-timesyncd)");
}

void tell_findings(const std::vector<CheckItem>& items, Alarm& alarm, Log& journal) {
  std::map<std::string, std::string> lasting;  // problems with what is said of them
  std::set<std::string> gone;
  for (const CheckItem& item : items) {
    const std::vector<std::string> own = {"self-check: " + item.what};
    const std::vector<std::string>& problems = item.problems.empty() ? own : item.problems;
    if (item.status == CheckStatus::ok) {
      gone.insert(problems.begin(), problems.end());
      continue;
    }
    journal.write(is_missing(item) ? LogLevel::error : LogLevel::warning, "self_check",
                  {{"what", item.what}, {"found", item.found}, {"advice", item.advice}});
    if (!is_missing(item)) continue;
    const std::string text = item.what + ": " + item.found + ". What to do: " + item.advice;
    // Of several items the last one is nearest to what others meet.
    for (const std::string& problem : problems) lasting[problem] = item.told.empty() ? text : item.told;
  }
  for (const std::string& problem : gone) {
    if (!lasting.contains(problem)) alarm.over(problem);
  }
  for (const auto& [problem, text] : lasting) alarm.raise(problem, text);
  const auto missing_ones = std::ranges::count(items, CheckStatus::missing, &CheckItem::status);
  const auto doubtful_ones = std::ranges::count(items, CheckStatus::warning, &CheckItem::status);
  journal.write(LogLevel::info, "self_checked",
                {{"missing", std::to_string(missing_ones)}, {"warnings", std::to_string(doubtful_ones)}});
}

}  // namespace strongroom::transfers
