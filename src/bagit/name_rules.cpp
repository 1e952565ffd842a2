#include "bagit/name_rules.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/bag_path.hpp"

namespace strongroom::bagit {
namespace {

Problem pair_problem(std::string_view rule, std::string_view kind, std::string_view a, std::string_view b,
                     std::string_view description) {
  Problem problem = name_problem(rule, kind, std::min(a, b), description);
  problem.other = std::max(a, b);
  return problem;
}

}  // namespace

Result<void> NameRules::see(std::string_view name) {
  TRY_VOID(judge_alone(name));
  TRY_VOID(judge_directories(name));
  // Names that are no text have no other form; one with a NUL is refused by H4 and would blur the key.
  if (!is_utf8(name) || name.find('\0') != std::string_view::npos) return {};
  std::string key = folded(name);
  const std::string normal = normal_form_c(name);
  key.append(1, '\0').append(normal).append(1, '\0');
  if (normal != name) key.append(name).append(1, '\0');
  return forms_.add(key, {});
}

Result<void> NameRules::finish() {
  TRY_VOID(judge_forms());
  const auto fail = [this](std::string_view rule, std::string_view text, const NameList& names) {
    if (!names.empty()) findings_.fail(rule, std::string(text) + names.text());
  };
  fail("H3", "Filenames cannot end with a .: ", trailing_dots_);
  fail("H4", "Filenames contain a forbidden component or character: ", unsafe_);
  fail("H5", "Filenames are too long: ", too_long_);
  fail("H6", "Filenames differ only in Unicode normalisation: ", same_form_);
  fail("H7", "Filenames are both a file and a directory: ", directories_);
  return {};
}

Result<void> NameRules::judge_alone(std::string_view name) {
  if (is_system_file(name)) {
    TRY_VOID(findings_.add(name_problem("W11", "system-file", name, "An operating system's own file")));
  }
  std::optional<NameFault> fault;
  if (request_.rulebook == Rulebook::archive) {
    fault = find_name_fault(name, request_.key_prefix_bytes, request_.key_prefix_components);
  } else if (is_hostile_path(name)) {
    fault = NameFault::unsafe_name;
  }
  if (!fault) return {};
  switch (*fault) {
    case NameFault::trailing_dot:
      trailing_dots_.add(name);
      return findings_.add(name_problem("H3", "trailing-dot", name, "A part of the name ends in a dot"));
    case NameFault::unsafe_name:
      unsafe_.add(name);
      return findings_.add(name_problem("H4", "unsafe-name", name, "The name has a forbidden component or character"));
    case NameFault::name_too_long:
      too_long_.add(name);
      return findings_.add(name_problem("H5", "name-too-long", name, "The name, or a part of it, is too long"));
  }
  return {};
}

/// In byte order, between a file and what lies in a directory of that name come only names that begin with it.
Result<void> NameRules::judge_directories(std::string_view name) {
  const auto differ = std::mismatch(last_.begin(), last_.end(), name.begin(), name.end());
  const auto common = static_cast<std::size_t>(differ.first - last_.begin());
  while (!beginnings_.empty() && beginnings_.back().first > common) beginnings_.pop_back();
  for (auto& [size, reported] : beginnings_) {
    if (reported || name[size] != '/') continue;
    reported = true;
    const auto file = name.substr(0, size);
    directories_.add(file);
    Problem problem = name_problem("H7", "file-and-directory", file, "The name is both a file and a directory");
    problem.other = name;
    TRY_VOID(findings_.add(std::move(problem)));
  }
  last_ = name;
  beginnings_.emplace_back(name.size(), false);
  return {};
}

Result<void> NameRules::judge_forms() {
  std::string last_fold;
  std::string last_normal;
  std::string first_name;  // of those equal in NFC
  std::string last_name;
  TRY(auto reader, forms_.read());
  for (;;) {
    TRY(const SortedRecord* record, reader->next());
    if (record == nullptr) return {};
    const auto parts = split(record->key, '\0');
    const std::string_view fold = parts[0];
    const std::string_view normal = parts[1];
    const std::string_view name = parts[2].empty() ? normal : parts[2];
    const bool same_fold = !last_name.empty() && fold == last_fold;
    const bool same_normal = same_fold && normal == last_normal;
    if (same_normal && request_.rulebook == Rulebook::bagit) {
      TRY_VOID(findings_.add(pair_problem("W16", "normalisation-collision", last_name, name,
                                          "Two names differ only in Unicode normalisation")));
    } else if (same_normal) {
      if (last_name == first_name) same_form_.add(first_name);
      same_form_.add(name);
      TRY_VOID(findings_.add(pair_problem("H6", "normalisation-collision", last_name, name,
                                          "Two names differ only in Unicode normalisation")));
    } else if (same_fold) {
      TRY_VOID(findings_.add(pair_problem("W7", "case-collision", first_name, name, "Two names differ only in case")));
    }
    if (!same_normal) first_name = name;
    last_fold = fold;
    last_normal = normal;
    last_name = name;
  }
}

}  // namespace strongroom::bagit
