#include "transfers/prefixes.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::string_view kTestIdentifiers = "archivematica-dev/TEST";
constexpr std::string_view kTestSpace = "testing";
constexpr std::string_view kExtension = ".zip";

Finding key_finding(std::string_view code, std::string_view key, std::string description) {
  Finding finding;
  finding.code = code;
  finding.value = key;
  finding.description = std::move(description);
  return finding;
}

}  // namespace

std::string_view name_of(Flavour flavour) { return flavour == Flavour::catalogued ? "catalogued" : "accession"; }

std::optional<Flavour> parse_flavour(std::string_view name) {
  for (const Flavour flavour : {Flavour::catalogued, Flavour::accession}) {
    if (name == name_of(flavour)) return flavour;
  }
  return std::nullopt;
}

std::vector<Prefix> default_prefixes() {
  return {{"born-digital/", Flavour::catalogued, "born_digital", "born-digital"},
          {"born-digital-accessions/", Flavour::accession, "b_dig_accessions", "born-digital-accessions"}};
}

bool is_package_key(std::string_view key) {
  return key.size() >= kExtension.size() && to_lower_ascii(key.substr(key.size() - kExtension.size())) == kExtension;
}

const Prefix* find_prefix(const std::vector<Prefix>& prefixes, std::string_view key) {
  const Prefix* found = nullptr;
  for (const Prefix& prefix : prefixes) {
    if (key.starts_with(prefix.prefix) && (found == nullptr || prefix.prefix.size() > found->prefix.size())) {
      found = &prefix;
    }
  }
  return found;
}

Finding key_prefix_finding(const std::vector<Prefix>& prefixes, std::string_view key) {
  std::vector<std::string> names;
  for (const Prefix& prefix : prefixes) names.push_back(prefix.prefix);
  std::string text = shown(key) + " is in none of the folders that are watched. Put the package into " +
                     join(names, " or ") + " and upload it again.";
  const auto differs_in_case = [&key](const Prefix& prefix) {
    return to_lower_ascii(key).starts_with(to_lower_ascii(prefix.prefix));
  };
  const auto near = std::find_if(prefixes.begin(), prefixes.end(), differs_in_case);
  if (near != prefixes.end()) {
    text +=
        " The name of the folder must be written exactly so: " + near->prefix + " (capital and small letters count).";
  }
  return key_finding("KEY-PREFIX", key, std::move(text));
}

Finding key_nested_finding(std::string_view key, std::string_view location_path) {
  return key_finding("KEY-NESTED", key,
                     shown(key) + " lies in a folder of the same name as the one that is watched, " +
                         shown(location_path) +
                         ", and Archivematica would fetch another file instead. Rename the inner folder, or upload the "
                         "package one folder higher.");
}

Finding key_case_finding(std::string_view key, std::string_view twin_key) {
  std::string text = shown(key) + " ends in " +
                     shown(key.substr(key.size() - std::min(key.size(), kExtension.size()))) +
                     ", but Archivematica recognises .zip in small letters only.";
  if (!twin_key.empty()) text += " It could not be renamed here, because " + shown(twin_key) + " is there already.";
  return key_finding("KEY-CASE", key, text + " Rename the package and upload it again.");
}

std::string twin_key(std::string_view key) {
  constexpr std::string_view kZip = ".zip";
  return std::string(key.substr(0, key.size() - kZip.size())) + std::string(kZip);
}

std::string processing_configuration_of(const Prefix& prefix) {
  std::string name = prefix.processing_configuration;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string expected_space(const Prefix& prefix, std::string_view identifier) {
  return identifier.starts_with(kTestIdentifiers) ? std::string(kTestSpace) : prefix.expected_space;
}

}  // namespace strongroom::transfers
