#include "bagit/profile.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

namespace json = boost::json;

std::string text_of(json::string_view text) { return {text.data(), text.size()}; }
json::string_view view_of(std::string_view text) { return {text.data(), text.size()}; }

/// Spellings of one sort of package that profiles in use have; the first is ours.
const std::vector<std::vector<std::string_view>>& media_types() {
  static const std::vector<std::vector<std::string_view>> kTypes = {
      {"application/x-tar", "application/tar"},
      {"application/gzip", "application/x-gzip", "application/tar+gzip", "application/x-gtar",
       "application/x-compressed-tar", "application/x-tar-gz", "application/x-tgz"},
      {"application/zip", "application/x-zip-compressed", "application/x-zip"},
      {"application/zstd", "application/x-zstd-compressed-tar"},
      {"application/x-xz", "application/x-xz-compressed-tar"},
      {"application/x-bzip2", "application/bzip2", "application/x-bzip", "application/x-bzip-compressed-tar",
       "application/x-bzip2-compressed-tar"}};
  return kTypes;
}

std::string canonical_media_type(std::string_view type) {
  const std::string wanted = to_lower_ascii(type);
  for (const auto& spellings : media_types()) {
    if (std::ranges::find(spellings, wanted) != spellings.end()) return std::string(spellings.front());
  }
  return wanted;
}

/// One object of the profile: takes members by name, notes faults, and knows which members nobody asked for.
class ProfileReader {
 public:
  explicit ProfileReader(const json::object& root) : root_(root) {}

  std::variant<Profile, ProfileFaults> read() {
    read_info();
    read_fields();
    profile_.payload_manifests = manifest_rule("Manifests-Required", "Manifests-Allowed");
    profile_.tag_manifests = manifest_rule("Tag-Manifests-Required", "Tag-Manifests-Allowed");
    read_fetch();
    profile_.payload_empty = boolean(root_, "Data-Empty", false);
    read_serialization();
    profile_.versions = texts("Accept-BagIt-Version").value_or(std::vector<std::string>());
    if (profile_.versions.empty()) fault("Accept-BagIt-Version must list at least one version");
    read_tag_files();
    refuse_others();
    if (!faults_.empty()) return std::move(faults_);
    return std::move(profile_);
  }

 private:
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  const json::value* member(std::string_view name) {
    known_.push_back(name);
    return root_.if_contains(view_of(name));
  }

  /// Profiles in use write `"true"` as well as `true`.
  bool boolean(const json::object& object, std::string_view name, bool otherwise) {
    if (&object == &root_) known_.push_back(name);
    const json::value* value = object.if_contains(view_of(name));
    if (value == nullptr) return otherwise;
    if (value->is_bool()) return value->get_bool();
    const std::string text = value->is_string() ? to_lower_ascii(text_of(value->get_string())) : std::string();
    if (text != "true" && text != "false") fault(std::string(name) + " must be true or false");
    return text == "true";
  }

  std::optional<std::vector<std::string>> texts(const json::value& value, const std::string& name) {
    std::vector<std::string> found;
    const json::array* list = value.if_array();
    bool good = list != nullptr;
    for (std::size_t i = 0; good && i < list->size(); ++i) {
      good = (*list)[i].is_string();
      if (good) found.push_back(text_of((*list)[i].get_string()));
    }
    if (good) return found;
    fault(name + " must be a list of texts");
    return std::nullopt;
  }
  std::optional<std::vector<std::string>> texts(std::string_view name) {
    const json::value* value = member(name);
    return value == nullptr ? std::nullopt : texts(*value, std::string(name));
  }

  void read_info() {
    const json::value* value = member("BagIt-Profile-Info");
    const json::object* info = value == nullptr ? nullptr : value->if_object();
    if (info == nullptr) return fault("BagIt-Profile-Info is missing, or not an object");
    const auto text = [&](std::string_view name) {
      const json::value* found = info->if_contains(view_of(name));
      return found != nullptr && found->is_string() ? text_of(found->get_string()) : std::string();
    };
    for (const std::string_view name :
         {"BagIt-Profile-Identifier", "Source-Organization", "External-Description", "Version"}) {
      if (text(name).empty()) fault("BagIt-Profile-Info must have " + std::string(name));
    }
    profile_.identifier = text("BagIt-Profile-Identifier");
    // Absent it means 1.1.0, of which later versions only are extensions.
    const std::string version = text("BagIt-Profile-Version");
    if (!version.empty() && !version.starts_with("1.")) {
      fault("BagIt-Profile-Version " + version + " is not supported: versions 1.0 to 1.4 are");
    }
  }

  void read_fields() {
    const json::value* value = member("Bag-Info");
    if (value == nullptr) return;
    const json::object* fields = value->if_object();
    if (fields == nullptr) return fault("Bag-Info must be an object");
    for (const auto& [label, rule] : *fields) read_field(text_of(label), rule);
  }

  void read_field(const std::string& label, const json::value& value) {
    const json::object* rule = value.if_object();
    if (rule == nullptr) return fault("Bag-Info " + label + " must be an object");
    FieldRule field{label};
    field.required = boolean(*rule, "required", false);
    field.repeatable = boolean(*rule, "repeatable", true);
    if (const json::value* values = rule->if_contains("values")) {
      field.values = texts(*values, "The values of Bag-Info " + label).value_or(std::vector<std::string>());
    }
    profile_.fields.push_back(std::move(field));
  }

  /// Names of algorithms without regard to case, `SHA-256` for `sha256` included.
  static void normalise(std::vector<std::string>& algorithms) {
    for (std::string& name : algorithms) {
      name = to_lower_ascii(name);
      std::string joined = name;
      std::erase(joined, '-');
      if (parse_algorithm(joined)) name = joined;
    }
  }

  ManifestRule manifest_rule(std::string_view required, std::string_view allowed) {
    ManifestRule rule;
    rule.required = texts(required).value_or(std::vector<std::string>());
    rule.allowed = texts(allowed);
    normalise(rule.required);
    if (!rule.allowed) return rule;
    normalise(*rule.allowed);
    for (const std::string& name : rule.required) {
      if (std::ranges::find(*rule.allowed, name) != rule.allowed->end()) continue;
      fault(std::string(allowed) + " must have " + name + ", which " + std::string(required) + " has");
    }
    return rule;
  }

  void read_fetch() {
    profile_.fetch_allowed = boolean(root_, "Allow-Fetch.txt", true);
    profile_.fetch_required = boolean(root_, "Fetch.txt-Required", false);
    if (profile_.fetch_required && !profile_.fetch_allowed) {
      fault("Fetch.txt-Required cannot be true where Allow-Fetch.txt is false");
    }
  }

  void read_serialization() {
    const json::value* value = member("Serialization");
    profile_.media_types = texts("Accept-Serialization").value_or(std::vector<std::string>());
    for (std::string& type : profile_.media_types) type = canonical_media_type(type);
    if (value == nullptr) return;
    const std::string text = value->is_string() ? text_of(value->get_string()) : std::string();
    if (text == "required") {
      profile_.serialization = Serialization::required;
    } else if (text == "forbidden") {
      profile_.serialization = Serialization::forbidden;
    } else if (text != "optional") {
      fault("Serialization must be \"forbidden\", \"required\" or \"optional\"");
    }
    if (profile_.serialization != Serialization::forbidden && profile_.media_types.empty()) {
      fault("Accept-Serialization must list at least one media type, since Serialization is not \"forbidden\"");
    }
  }

  void read_tag_files() {
    profile_.tag_files_required = texts("Tag-Files-Required").value_or(std::vector<std::string>());
    if (auto allowed = texts("Tag-Files-Allowed")) profile_.tag_files_allowed = std::move(*allowed);
    for (const std::string& name : profile_.tag_files_required) {
      if (!profile_.allows_tag_file(name)) fault("Tag-Files-Allowed must have " + name + ", which is required");
    }
  }

  /// Remarks, by the custom of JSON files, begin with `_` or `$`.
  void refuse_others() {
    for (const auto& [key, value] : root_) {
      const std::string name = text_of(key);
      if (name.starts_with('_') || name.starts_with('$')) continue;
      if (std::ranges::find(known_, name) == known_.end()) {
        fault(name + " is not known to BagIt Profiles 1.4, and could not be enforced");
      }
    }
  }

  const json::object& root_;
  std::vector<std::string_view> known_;
  Profile profile_;
  ProfileFaults faults_;
};

}  // namespace

bool Profile::allows_tag_file(const std::string& name) const {
  return std::ranges::any_of(tag_files_allowed, [&name](const std::string& pattern) {
    return pattern == name || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

bool Profile::accepts_package(std::string_view media_type) const {
  return media_types.empty() || std::ranges::find(media_types, canonical_media_type(media_type)) != media_types.end();
}

std::variant<Profile, ProfileFaults> parse_profile(std::string_view text) {
  try {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    boost::system::error_code error;
    const json::value root = json::parse(view_of(text), error);
    if (error) return ProfileFaults{"it is not JSON: " + error.message()};
    const json::object* object = root.if_object();
    if (object == nullptr) return ProfileFaults{"it is not a JSON object"};
    return ProfileReader(*object).read();
  } catch (const std::exception& failure) {
    return ProfileFaults{std::string("it could not be read: ") + failure.what()};
  }
}

}  // namespace strongroom::bagit
