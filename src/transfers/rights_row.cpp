#include "transfers/rights_row.hpp"

#include <algorithm>
#include <cstring>

#include "base/instant.hpp"
#include "base/text.hpp"
#include "transfers/csv_text.hpp"
#include "transfers/shown_value.hpp"
#include "transfers/unicode_text.hpp"

namespace strongroom::transfers {
namespace {

using Column = RightsColumn;

constexpr std::string_view kObjects = "objects/";
constexpr std::string_view kOpen = "open";

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string list_of(std::span<const std::string_view> texts) {
  std::string list;
  for (const std::string_view text : texts) list.append(list.empty() ? "" : ", ").append(text);
  return list;
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, of a day that exists.
bool is_partial_date(std::string_view text) {
  constexpr std::string_view kFirstDay = "0000-01-01";
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  return is_date(std::string(text) + std::string(kFirstDay.substr(text.size())));
}

std::string_view article_of(Column column) { return column == Column::file ? "which file" : "on which basis"; }

}  // namespace

void RightsRowChecker::add(std::string_view code, RightsColumn column, std::string description) {
  findings_.add(csv_finding(code, kRightsCsv, row_->line, name_of(column), (*row_)[column], std::move(description)));
}

void RightsRowChecker::check(const RightsRow& row) {
  row_ = &row;
  act_is_required_ = false;
  check_blank();
  check_file();
  if (const RightsBasis* basis = check_basis()) check_for(*basis);
  check_document();
  check_grant();
  check_dates();
  remember();
  row_ = nullptr;
}

void RightsRowChecker::check_blank() {
  for (const Column column : {Column::file, Column::basis}) {
    if (!is_blank((*row_)[column])) continue;
    add("RIGHTS-BLANK", column,
        "The column " + std::string(name_of(column)) + " is empty. Every row must say " +
            std::string(article_of(column)) + " it is about.");
  }
}

void RightsRowChecker::check_file() {
  const std::string_view file = trim((*row_)[Column::file]);
  if (file.empty()) return;
  if (!file.starts_with(kObjects)) {
    std::string text = shown(file) + " must begin with objects/, whatever folders the package has.";
    if (names_.find(file) == PackageNames::Found::file)
      text += " Write " + shown(std::string(kObjects) + std::string(file)) + ".";
    add("RIGHTS-PATH", Column::file, std::move(text));
    return;
  }
  const std::string_view name = file.substr(kObjects.size());
  const auto found = names_.find(name);
  const bool is_file = found == PackageNames::Found::file || found == PackageNames::Found::file_by_reading;
  if (!is_file || name.starts_with(kMetadataFolder)) {
    missing_file(file, name, found);
  } else if (found == PackageNames::Found::file_by_reading) {
    add("W-NAME-ENCODING", Column::file,
        "The name of " + shown(file) +
            " is in UTF-8, but the zip file does not say so; other programs may show another "
            "name. Make the zip file with a program that marks names as UTF-8.");
  }
}

void RightsRowChecker::missing_file(std::string_view file, std::string_view name, PackageNames::Found found) {
  std::string text = shown(file);
  if (name.empty() || name.ends_with('/')) {
    text += found == PackageNames::Found::directory || name.empty()
                ? " is a folder. Give a row to each file in it."
                : " ends with a slash, but must be the name of a file.";
  } else if (name.starts_with(kMetadataFolder)) {
    text += " lies in metadata/, whose files get no rights. Delete this row.";
  } else {
    text += " is not in the package.";
    if (const auto alike = names_.alike(name)) {
      text += " The package has " + shown(*alike) + ", which differs in " + difference_of(name, *alike) +
              ": both must be written alike.";
    } else if (names_.find(file) == PackageNames::Found::file) {
      text += " The package has " + shown(file) + ", which is called " +
              shown(std::string(kObjects) + std::string(file)) + " here.";
    } else {
      text += " Correct the path, or add the file to the package.";
    }
  }
  add("RIGHTS-NOT-IN-PACKAGE", Column::file, std::move(text));
}

const RightsBasis* RightsRowChecker::check_basis() {
  const std::string name = to_lower(trim((*row_)[Column::basis]));
  if (name.empty()) return nullptr;
  const RightsBasis* basis = find_rights_basis(name);
  if (basis != nullptr) return basis;
  std::string text = shown(trim((*row_)[Column::basis])) + " is not known. Use one of " + rights_basis_names() + ".";
  if (name == "licence") text += " Write \"license\", with an s.";
  add("RIGHTS-BASIS", Column::basis, std::move(text));
  return nullptr;
}

void RightsRowChecker::check_for(const RightsBasis& basis) {
  for (const Column column : basis.required) {
    if (!is_blank((*row_)[column])) continue;
    act_is_required_ = act_is_required_ || column == Column::grant_act;
    add("RIGHTS-REQUIRED", column,
        "With the basis " + std::string(basis.name) + " the column " + std::string(name_of(column)) +
            " must be there and filled in.");
  }
  check_note(basis);
  for (const Column column : basis.empty) {
    const std::string& value = (*row_)[column];
    if (is_blank(value)) continue;
    add("RIGHTS-NOT-APPLICABLE", column,
        shown(value) + " cannot stay: with the basis " + std::string(basis.name) + " the column " +
            std::string(name_of(column)) + " must be empty.");
  }
  if (basis.name == "copyright" && to_lower(trim((*row_)[Column::end_date])) == kOpen) {
    add("RIGHTS-OPEN", Column::end_date,
        shown((*row_)[Column::end_date]) +
            " cannot be the end of a copyright. Write a date, or leave the column empty.");
  }
}

void RightsRowChecker::check_note(const RightsBasis& basis) {
  const std::string_view note = trim((*row_)[Column::note]);
  if (basis.notes.empty() || note.empty()) return;
  if (std::find(basis.notes.begin(), basis.notes.end(), note) != basis.notes.end()) return;
  std::string text = shown(note) + " is not a note for the basis " + std::string(basis.name) + ". Use one of " +
                     list_of(basis.notes) + ", exactly so.";
  const auto near = std::find_if(basis.notes.begin(), basis.notes.end(),
                                 [&note](std::string_view known) { return likeness_of(known) == likeness_of(note); });
  if (near != basis.notes.end()) text += " Write " + quoted(*near) + ".";
  add("RIGHTS-NOTE", Column::note, std::move(text));
}

void RightsRowChecker::check_document() {
  const bool type = !is_blank((*row_)[Column::doc_id_type]);
  const bool value = !is_blank((*row_)[Column::doc_id_value]);
  const bool role = !is_blank((*row_)[Column::doc_id_role]);
  if (type == value && (type || !role)) return;
  const Column missing = type ? Column::doc_id_value : Column::doc_id_type;
  add("RIGHTS-DOC", missing,
      "A document must be named by doc_id_type and doc_id_value together (doc_id_role may be added). Fill in what is "
      "missing, or empty all three columns.");
}

void RightsRowChecker::check_grant() {
  const auto given = [this](Column column) { return !is_blank((*row_)[column]); };
  if (!given(Column::grant_act) && !act_is_required_) {
    std::vector<std::string> others;
    for (const Column column :
         {Column::grant_restriction, Column::grant_start_date, Column::grant_end_date, Column::grant_note}) {
      if (given(column)) others.emplace_back(name_of(column));
    }
    if (!others.empty()) {
      add("RIGHTS-GRANT-ACT", Column::grant_act,
          "The row has " + join(others, ", ") +
              " without grant_act. Say which act this is about, such as disseminate.");
    }
  }
  const std::string_view restriction = trim((*row_)[Column::grant_restriction]);
  if (restriction.empty() && (given(Column::grant_start_date) || given(Column::grant_end_date))) {
    add("RIGHTS-GRANT-DATES", Column::grant_restriction,
        "A grant with a date must say whether the act is allowed: fill in grant_restriction with one of " +
            list_of(grant_restrictions()) + ".");
  }
  const auto known = grant_restrictions();
  if (!restriction.empty() && std::find(known.begin(), known.end(), to_lower(restriction)) == known.end()) {
    add("RIGHTS-RESTRICTION", Column::grant_restriction,
        shown(restriction) + " is not known. Use one of " + list_of(known) + ".");
  }
  const std::string_view note = trim((*row_)[Column::grant_note]);
  if (note.empty() || known_grant_notes_.empty()) return;
  if (std::find(known_grant_notes_.begin(), known_grant_notes_.end(), note) == known_grant_notes_.end()) {
    add("W-GRANT-NOTE", Column::grant_note, shown(note) + " is none of the usual notes. Check that it is meant so.");
  }
}

void RightsRowChecker::check_dates() {
  check_date(Column::determination_date, false);
  check_date(Column::start_date, false);
  check_date(Column::end_date, true);
  check_date(Column::grant_start_date, false);
  check_date(Column::grant_end_date, true);
  check_order(Column::start_date, Column::end_date);
  check_order(Column::grant_start_date, Column::grant_end_date);
}

void RightsRowChecker::check_date(RightsColumn column, bool may_be_open) {
  const std::string_view date = trim((*row_)[column]);
  if (date.empty() || is_partial_date(date) || (may_be_open && to_lower(date) == kOpen)) return;
  add("W-DATE", column,
      shown(date) + " is not a date. Write it as 1901, 1901-05 or 1901-05-31" + (may_be_open ? ", or \"open\"." : "."));
}

void RightsRowChecker::check_order(RightsColumn start, RightsColumn end) {
  const std::string_view from = trim((*row_)[start]);
  const std::string_view to = trim((*row_)[end]);
  if (!is_partial_date(from) || !is_partial_date(to)) return;
  // Of a year and a month within it neither comes first.
  const std::size_t common = std::min(from.size(), to.size());
  if (to.substr(0, common) >= from.substr(0, common)) return;
  add("W-DATE", end,
      shown(to) + " lies before " + shown(from) + " in " + std::string(name_of(start)) +
          ". Check whether the two are exchanged.");
}

/// Keeps what makes the row unique.
void RightsRowChecker::remember() {
  const std::string_view file = trim((*row_)[Column::file]);
  const std::string basis = to_lower(trim((*row_)[Column::basis]));
  if (file.empty() || basis.empty()) return;
  // Lengths in front keep apart what would run together.
  hasher_.update(as_bytes(std::to_string(file.size()) + " " + std::to_string(basis.size()) + " "));
  hasher_.update(as_bytes(file));
  hasher_.update(as_bytes(basis));
  hasher_.update(as_bytes(normalise_act((*row_)[Column::grant_act])));
  const Digest digest = hasher_.finish();
  Key key;
  std::memcpy(&key.high, digest.bytes().data(), sizeof key.high);
  std::memcpy(&key.low, digest.bytes().data() + sizeof key.high, sizeof key.low);
  key.line = static_cast<std::uint32_t>(row_->line);
  keys_.push_back(key);
}

void RightsRowChecker::finish() {
  std::sort(keys_.begin(), keys_.end());
  /// Line, and the first line that says the same.
  std::deque<std::pair<std::uint32_t, std::uint32_t>> repeated;
  const Key* first = nullptr;
  for (const Key& key : keys_) {
    if (first != nullptr && first->high == key.high && first->low == key.low) {
      repeated.emplace_back(key.line, first->line);
    } else {
      first = &key;
    }
  }
  std::sort(repeated.begin(), repeated.end());
  for (const auto& [line, first_line] : repeated) {
    findings_.add(csv_finding("RIGHTS-DUPLICATE", kRightsCsv, line, {}, {},
                              "This row has the same file, basis and grant_act as line " + std::to_string(first_line) +
                                  ". Delete one of the two, or give them different acts."));
  }
  keys_.clear();
}

}  // namespace strongroom::transfers
