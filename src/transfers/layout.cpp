#include "transfers/layout.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kNearMissesShown = 5;
/// What the Finder of macOS adds to a package beside the real files.
constexpr std::string_view kMacFolder = "__MACOSX/";
constexpr std::string_view kObjectsFolder = "objects/";

std::string_view last_segment(std::string_view name) { return name.substr(name.rfind('/') + 1); }

/// Made by the depositor's computer without being asked.
bool is_made_by_computer(std::string_view name) {
  constexpr std::array<std::string_view, 3> kNames = {".ds_store", "thumbs.db", "desktop.ini"};
  const std::string last = to_lower_ascii(last_segment(name));
  return std::find(kNames.begin(), kNames.end(), last) != kNames.end() || last.starts_with("._");
}

Finding member_finding(std::string_view code, std::string_view name, std::string description) {
  Finding finding;
  finding.code = code;
  finding.file = name;
  finding.description = std::move(description);
  return finding;
}

Finding package_finding(std::string_view code, std::string description) {
  return member_finding(code, {}, std::move(description));
}

/// Some `metadata.csv`, wherever it lies and however its name is written.
bool is_near_miss(std::string_view name) {
  std::string plain = to_lower_ascii(name);
  std::replace(plain.begin(), plain.end(), '\\', '/');
  return !plain.ends_with('/') && trim_blanks(last_segment(plain)) == "metadata.csv" && !name.starts_with(kMacFolder);
}

/// The one folder that everything lies in, with its slash; empty when there is none.
std::string_view enclosing_folder(const PackageListing& listing) {
  std::string_view folder;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    const std::string_view name = listing.name(i);
    if (name.starts_with(kMacFolder)) continue;
    const std::string_view top = name.substr(0, name.find('/') + 1);
    if (top.empty() || (!folder.empty() && top != folder)) return {};
    folder = top;
  }
  return folder;
}

/// What to do about the near misses.
std::string near_miss_advice(const PackageListing& listing, const std::vector<std::string_view>& near) {
  const std::string_view folder = enclosing_folder(listing);
  if (!folder.empty() && folder != kMetadataFolder) {
    return " Everything in the package lies in the one folder " + shown(folder) +
           ": zip what is inside of that folder, not the folder itself.";
  }
  const auto any = [&near](auto fits) { return std::any_of(near.begin(), near.end(), fits); };
  if (any([](std::string_view name) { return name.find('\\') != std::string_view::npos; })) {
    return " Make the zip file with a program that writes / between folder and file, not \\.";
  }
  if (any([](std::string_view name) { return to_lower_ascii(name) == kMetadataCsv; })) {
    return " Write the names of folder and file in small letters.";
  }
  return " Move the file into a folder \"metadata\" at the top of the package.";
}

}  // namespace

bool has_file(const PackageListing& listing, std::string_view name) {
  const auto found = listing.find(name);
  return found && !listing.is_directory(*found);
}

void check_content(const PackageListing& listing, FindingList& findings) {
  bool any_content = false;
  bool any_outside = false;
  bool all_in_objects = true;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    if (listing.is_directory(i)) continue;
    const std::string_view name = listing.name(i);
    any_content = any_content || (name != kMetadataCsv && name != kRightsCsv);
    if (!name.starts_with(kMetadataFolder) && !name.starts_with(kMacFolder)) {
      any_outside = true;
      all_in_objects = all_in_objects && name.starts_with(kObjectsFolder);
    }
    if (name.ends_with('.')) {
      findings.add(member_finding("W-TRAILING-DOT", name,
                                  "The name of the file ends in a full stop, which some systems drop or refuse. Rename "
                                  "the file if that full stop has no meaning."));
    }
  }
  if (!any_content) {
    findings.add(package_finding("W-NO-CONTENT",
                                 "The package has no file beside its CSV files. Add the files that are to be kept."));
  }
  if (any_outside && all_in_objects) {
    findings.add(
        package_finding("W-OBJECTS-FOLDER",
                        "All files lie in a folder \"objects\", which the package need not have: Archivematica "
                        "adds one of its own. In rights.csv these files are called objects/objects/..."));
  }
}

void check_place_of_metadata(const PackageListing& listing, FindingList& findings) {
  if (has_file(listing, kMetadataCsv)) return;
  std::vector<std::string_view> near;
  std::size_t more = 0;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    if (listing.is_directory(i) || !is_near_miss(listing.name(i))) continue;
    if (near.size() < kNearMissesShown) {
      near.push_back(listing.name(i));
    } else {
      ++more;
    }
  }
  std::string text = "The package has no file metadata/metadata.csv.";
  if (near.empty()) {
    text += " Add that file, in a folder \"metadata\" at the top of the package.";
  } else {
    std::vector<std::string> names;
    for (const std::string_view name : near) names.push_back(shown(name));
    text += " It has " + join(names, ", ") + (more == 0 ? "" : " and " + std::to_string(more) + " more") + " instead.";
    text += near_miss_advice(listing, near);
  }
  Finding finding = package_finding("META-MISSING", std::move(text));
  if (!near.empty()) finding.value = near.front();
  findings.add(std::move(finding));
}

void check_metadata_folder(const PackageListing& listing, FindingList& findings) {
  for (std::size_t i = 0; i < listing.size(); ++i) {
    const std::string_view name = listing.name(i);
    if (!name.starts_with(kMetadataFolder)) continue;
    if (name == kMetadataFolder || name == kMetadataCsv || name == kRightsCsv) continue;
    std::string text = is_made_by_computer(name)
                           ? "The folder metadata/ holds only metadata.csv and rights.csv. This file was made by the "
                             "computer by itself: zip the package without it."
                           : "The folder metadata/ holds only metadata.csv and rights.csv. Take this out of it, or put "
                             "it elsewhere in the package.";
    findings.add(member_finding("META-EXTRA-FILE", name, std::move(text)));
  }
}

void check_presence_of_rights(const PackageListing& listing, Flavour flavour, FindingList& findings) {
  if (flavour == Flavour::accession || has_file(listing, kRightsCsv)) return;
  findings.add(
      package_finding("W-NO-RIGHTS",
                      "The package has no metadata/rights.csv, so nothing will be recorded about the rights in "
                      "its files. Add one if that was not meant."));
}

}  // namespace strongroom::transfers
