#include "bagit/root.hpp"

#include "bagit/declaration.hpp"
#include "bagit/findings.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::size_t kNamesShown = 10;

/// The first component, when there is another behind it.
std::optional<std::string_view> top_directory(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return name.substr(0, slash);
}

/// The directory, when `name` is its `bagit.txt` and it is a top directory.
std::optional<std::string_view> bag_directory(std::string_view name) {
  const auto top = top_directory(name);
  return top && name.substr(top->size() + 1) == kDeclarationFile ? top : std::nullopt;
}

/// Everything that decides, of any number of names.
struct Survey {
  bool at_top = false;
  std::uint64_t bags = 0;  ///< top directories with a bagit.txt
  std::string bag;         ///< the first of them
  bool any = false;
  std::string first;    ///< top directory of the first name; empty for a file at the top
  bool others = false;  ///< some name lies elsewhere

  void see(std::string_view name) {
    at_top = at_top || name == kDeclarationFile;
    const auto top = top_directory(name).value_or(std::string_view());
    if (!any) first = top;
    any = true;
    others = others || top != first || top.empty();
    if (const auto directory = bag_directory(name)) {
      if (bags == 0) bag = *directory;
      bags += 1;
    }
  }
};

std::string shown(const NameList& names) {
  const std::uint64_t rest = names.left_out();
  return rest == 0 ? names.text() : names.text() + " and " + std::to_string(rest) + " more";
}

class RootReport {
 public:
  RootReport(const NameReplay& names, ProblemSink& problems) : names_(names), findings_(problems) {}

  Result<RootOutcome> none() {
    TRY_VOID(findings_.add(name_problem("P5", "no-root", {}, "The archive has no bagit.txt where one must be")));
    return failed("there is no bagit.txt at the top of the archive or one directory down");
  }

  Result<RootOutcome> several() {
    NameList list(kNamesShown);
    TRY_VOID(names_([&](std::string_view name) -> Result<void> {
      const auto directory = bag_directory(name);
      if (!directory) return {};
      list.add(*directory);
      return findings_.add(name_problem("P5", "several-roots", *directory, "One of several bags in the archive"));
    }));
    return failed("there are several bags in the archive: " + shown(list));
  }

  Result<RootOutcome> beside(const std::string& directory) {
    NameList list(kNamesShown);
    TRY_VOID(names_([&](std::string_view name) -> Result<void> {
      if (top_directory(name) == directory) return {};
      list.add(name);
      return findings_.add(name_problem("P5", "beside-root", name, "The file lies beside the bag directory"));
    }));
    return failed("there are files beside the bag directory " + directory + ": " + shown(list));
  }

 private:
  Result<RootOutcome> failed(std::string text) {
    RootOutcome outcome;
    outcome.failure = std::move(text);
    outcome.problems = findings_.problems();
    return outcome;
  }

  const NameReplay& names_;
  Findings findings_;
};

}  // namespace

Result<RootOutcome> find_root(const NameReplay& names, ProblemSink& problems) {
  Survey survey;
  TRY_VOID(names([&survey](std::string_view name) -> Result<void> {
    survey.see(name);
    return {};
  }));
  RootOutcome outcome;
  if (survey.at_top) {
    outcome.root = std::string();
    return outcome;
  }
  RootReport report(names, problems);
  if (survey.bags == 0) return report.none();
  if (survey.bags > 1) return report.several();
  if (survey.others) return report.beside(survey.bag);
  outcome.root = survey.bag + "/";
  return outcome;
}

}  // namespace strongroom::bagit
