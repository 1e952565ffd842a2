#include "transfers/examination.hpp"

#include <tuple>

#include "transfers/csv_text.hpp"
#include "transfers/identifier_check.hpp"
#include "transfers/layout.hpp"
#include "transfers/metadata_csv.hpp"
#include "transfers/rights_csv.hpp"

namespace strongroom::transfers {
namespace {

bool comes_before(const Finding& a, const Finding& b) {
  const auto place = [](const Finding& finding) {
    return std::tuple(check_of(finding), std::string_view(finding.file), finding.line.value_or(0));
  };
  return place(a) < place(b);
}

class Examiner {
 public:
  Examiner(const CheckSettings& settings, const PackageContents& contents) : settings_(settings), contents_(contents) {}

  Examination run(std::string_view key) {
    if (const Prefix* prefix = find_prefix(settings_.prefixes, key)) {
      result_.prefix = *prefix;
    } else {
      findings().add(key_prefix_finding(settings_.prefixes, key));
    }
    findings().add(contents_.findings);
    if (!contents_.readable) {
      for (const Check check : kChecks) {
        if (check != Check::zip) skip(check, "the zip file could not be read");
      }
    } else {
      check_listing(contents_.listing);
    }
    findings().sort(comes_before);
    return std::move(result_);
  }

 private:
  FindingList& findings() { return result_.report.findings; }

  void skip(Check check, std::string why) {
    result_.report.not_made[static_cast<std::size_t>(check) - 1] = std::move(why);
  }

  void check_listing(const PackageListing& listing) {
    check_content(listing, findings());
    check_place_of_metadata(listing, findings());
    check_metadata_folder(listing, findings());
    check_rights(listing);
    check_metadata(listing);
  }

  void check_rights(const PackageListing& listing) {
    if (contents_.rights_csv) {
      check_rights_csv(*contents_.rights_csv, listing, settings_.known_grant_notes, findings());
    } else if (has_file(listing, kRightsCsv)) {
      skip(Check::rights, "metadata/rights.csv could not be read");
    } else if (result_.prefix) {
      check_presence_of_rights(listing, result_.prefix->flavour, findings());
    }
  }

  void check_metadata(const PackageListing& listing) {
    const auto skip_both = [this](const std::string& why) {
      skip(Check::metadata, why);
      skip(Check::identifiers, why);
    };
    if (!result_.prefix) return skip_both("the folder of the package does not say what it must have");
    if (!contents_.metadata_csv) {
      return skip_both(has_file(listing, kMetadataCsv) ? "metadata/metadata.csv could not be read"
                                                       : "there is no metadata/metadata.csv");
    }
    const Flavour flavour = result_.prefix->flavour;
    result_.identifiers = check_metadata_csv(*contents_.metadata_csv, flavour, findings());
    const auto identifier = bag_identifier(result_.identifiers);
    if (!identifier) return skip(Check::identifiers, "metadata/metadata.csv gives no identifier");
    check_identifiers(result_.identifiers, flavour, findings());
    result_.expected_space = expected_space(*result_.prefix, *identifier);
  }

  const CheckSettings& settings_;
  const PackageContents& contents_;
  Examination result_;
};

}  // namespace

void CheckReport::add(Finding finding) {
  findings.add(std::move(finding));
  findings.sort(comes_before);
}

Examination examine(const CheckSettings& settings, std::string_view key, const PackageContents& contents) {
  return Examiner(settings, contents).run(key);
}

}  // namespace strongroom::transfers
