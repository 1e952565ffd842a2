#include "transfers/finding_codes.hpp"

#include <algorithm>

#include "transfers/csv_text.hpp"

namespace strongroom::transfers {
namespace {

// clang-format off
constexpr FindingCode kCodes[] = {
    {"KEY-PREFIX", Check::zip, "the package lies in no folder that is watched",
     "put it into one of the folders that the log names, written exactly so, and upload it again",
     "Born-Digital/pkg.zip", "born-digital/pkg.zip"},
    {"KEY-NESTED", Check::zip, "the package lies in a folder of the same name inside of the watched one; Archivematica would fetch another file",
     "rename the inner folder, or upload the package one folder higher",
     "born-digital/born-digital/pkg.zip", "born-digital/pkg.zip"},
    {"KEY-CASE", Check::zip, "the name ends in `.ZIP` or the like, and a file with the name in small letters is there already",
     "rename the package, with `.zip` in small letters, and upload it again",
     "born-digital/PKG.ZIP", "born-digital/PKG.zip"},
    {"ZIP-EMPTY", Check::zip, "the package has no bytes: the upload was broken off",
     "upload it again", "pkg.zip, 0 bytes", "pkg.zip, 48213 bytes"},
    {"ZIP-NOT-ZIP", Check::zip, "the file is no zip file, whatever its name",
     "make a zip file and upload that", "a PDF that was renamed to pkg.zip", "a zip file"},
    {"ZIP-TRUNCATED", Check::zip, "the end of the package is missing: the upload was broken off",
     "upload it again; if it happens again, make the zip file anew",
     "pkg.zip, its first 10 MB", "pkg.zip, whole"},
    {"ZIP-MULTIDISK", Check::zip, "the package is one of several parts of a zip file",
     "make one zip file of it", "pkg.z01, pkg.z02, pkg.zip", "pkg.zip"},
    {"ZIP-ENCRYPTED", Check::zip, "files in the package need a password",
     "make the zip file without a password", "a zip file with a password", "a zip file without one"},
    {"ZIP-CORRUPT", Check::zip, "the package is damaged",
     "make the zip file anew and upload it again",
     "a zip file that other programs report as damaged", "a zip file that other programs open without complaint"},
    {"ZIP-METHOD", Check::zip, "a CSV file is compressed by a method that is not understood",
     "make the zip file with the usual compression (deflate), or without any",
     "metadata/metadata.csv compressed by PPMd", "metadata/metadata.csv compressed by deflate"},
    {"CSV-TOO-BIG", Check::zip, "a CSV file has more than 64 MiB",
     "check whether it is the right file, or divide the package", "metadata/rights.csv, 80 MiB", "metadata/rights.csv, 2 MiB"},
    {"W-METHOD", Check::zip, "a file is compressed by a method that Archivematica may not understand",
     "make the zip file with the usual compression if it fails there", "", ""},
    {"W-DUPLICATE-MEMBER", Check::zip, "two files in the package have one name; the last of them counts",
     "make the zip file anew, with each file once", "", ""},
    {"W-OBJECTS-FOLDER", Check::zip, "all files lie in a folder `objects`, which the package need not have",
     "leave that folder out, unless it is meant; in `rights.csv` such files are called `objects/objects/…`",
     "objects/reports/s.pdf", "reports/s.pdf"},
    {"W-NO-CONTENT", Check::zip, "the package has nothing but its CSV files",
     "add the files that are to be kept", "metadata/metadata.csv", "metadata/metadata.csv\nreports/s.pdf"},
    {"W-TRAILING-DOT", Check::zip, "the name of a file ends in a full stop, which some systems drop or refuse",
     "rename the file if the full stop has no meaning", "reports/minutes.", "reports/minutes"},
    {"W-SAME-CONTENT", Check::zip, "a package with the same content has been stored already",
     "check that it is not uploaded a second time by mistake", "", ""},

    {"META-MISSING", Check::metadata_place, "there is no file `metadata/metadata.csv` at the top of the package",
     "put it there; names of folder and file in small letters; zip what is inside of the folder, not the folder itself",
     "top/metadata/metadata.csv", "metadata/metadata.csv"},
    {"META-EXTRA-FILE", Check::metadata_folder, "the folder `metadata` holds something other than `metadata.csv` and `rights.csv`",
     "take it out; files such as `.DS_Store` are made by the computer",
     "metadata/metadata.csv\nmetadata/notes.txt", "metadata/metadata.csv\nnotes.txt"},

    {"RIGHTS-ENCODING", Check::rights, "`rights.csv` is not in UTF-8",
     "save it again in the character set UTF-8, without byte-order mark", "saved as \"Unicode text\" (UTF-16)", "saved as UTF-8"},
    {"RIGHTS-BOM", Check::rights, "`rights.csv` begins with a byte-order mark",
     "save it again as UTF-8 without byte-order mark", "saved as \"CSV UTF-8\" by Excel", "saved as UTF-8 without byte-order mark"},
    {"RIGHTS-CSV", Check::rights, "a value in `rights.csv` has more than 131,072 characters; what follows is not read",
     "shorten it, or look for a quotation mark that is never closed",
     "objects/a.pdf,policy,\"Open", "objects/a.pdf,policy,\"Open\""},
    {"RIGHTS-EMPTY", Check::rights, "`rights.csv` is empty",
     "fill it in, or leave it out of the package", "", "file,basis\nobjects/reports/s.pdf,policy"},
    {"RIGHTS-HEADING-DUPLICATE", Check::rights, "a column of `rights.csv` is there more than once",
     "keep one of each", "file,basis,note,note", "file,basis,note"},
    {"RIGHTS-HEADING-UNKNOWN", Check::rights, "`rights.csv` has a column that is not known",
     "delete it, or write its name exactly as documented, in small letters and without blanks", "file,basis,comment", "file,basis,note"},
    {"RIGHTS-HEADING-MISSING", Check::rights, "the column `file` or `basis` is missing in `rights.csv`",
     "add it; the first line names the columns, separated by commas", "file,status", "file,basis,status"},
    {"RIGHTS-NO-ROWS", Check::rights, "`rights.csv` has headings but no row",
     "add a row for each file, or leave the file out of the package", "file,basis", "file,basis\nobjects/reports/s.pdf,policy"},
    {"RIGHTS-WIDTH", Check::rights, "a row of `rights.csv` has more or fewer values than there are columns",
     "put values that contain commas into double quotes; write a comma for each empty value",
     "file,basis,note\nobjects/a.pdf,policy,Open, see letter", "file,basis,note\nobjects/a.pdf,policy,\"Open, see letter\""},
    {"RIGHTS-BLANK", Check::rights, "a row of `rights.csv` does not say which file or which basis",
     "fill in both", ",policy", "objects/reports/s.pdf,policy"},
    {"RIGHTS-PATH", Check::rights, "a path in `rights.csv` does not begin with `objects/`",
     "write `objects/` before the path that the file has in the package", "reports/s.pdf,policy", "objects/reports/s.pdf,policy"},
    {"RIGHTS-NOT-IN-PACKAGE", Check::rights, "a path in `rights.csv` is no file of the package, outside of `metadata`",
     "correct the path (capital and small letters count), or add the file", "objects/Reports/s.pdf,policy", "objects/reports/s.pdf,policy"},
    {"RIGHTS-BASIS", Check::rights, "the basis is not known",
     "use one of `copyright`, `donor`, `license`, `other`, `policy`, `statute`",
     "objects/reports/s.pdf,licence", "objects/reports/s.pdf,license"},
    {"RIGHTS-REQUIRED", Check::rights, "a column that this basis needs is missing or empty",
     "fill it in; copyright needs status, jurisdiction, note, grant_act and grant_note, license needs note, grant_act and grant_note, statute needs citation and jurisdiction",
     "file,basis,citation,jurisdiction\nobjects/a.pdf,statute,,GB",
     "file,basis,citation,jurisdiction\nobjects/a.pdf,statute,Data Protection Act 2018,GB"},
    {"RIGHTS-NOTE", Check::rights, "the note is none of those that this basis has",
     "use one that the log names, exactly so",
     "objects/a.pdf,license,cc-by,disseminate,Open", "objects/a.pdf,license,CC-BY,disseminate,Open"},
    {"RIGHTS-NOT-APPLICABLE", Check::rights, "a column is filled in that this basis does not have",
     "empty it, or use another basis", "file,basis,terms\nobjects/a.pdf,policy,By agreement", "file,basis,terms\nobjects/a.pdf,policy,"},
    {"RIGHTS-OPEN", Check::rights, "the end of a copyright is `open`",
     "write a date, or leave the column empty", "objects/a.pdf,copyright,1990,open", "objects/a.pdf,copyright,1990,2060"},
    {"RIGHTS-DOC", Check::rights, "a document is named in part only",
     "fill in both `doc_id_type` and `doc_id_value`, or none of the three columns",
     "file,basis,doc_id_type,doc_id_value\nobjects/a.pdf,policy,reference,",
     "file,basis,doc_id_type,doc_id_value\nobjects/a.pdf,policy,reference,PP/ABC/1"},
    {"RIGHTS-GRANT-ACT", Check::rights, "columns of a grant are filled in, but `grant_act` is not",
     "say which act is meant, such as `disseminate`",
     "file,basis,grant_act,grant_note\nobjects/a.pdf,policy,,Open", "file,basis,grant_act,grant_note\nobjects/a.pdf,policy,disseminate,Open"},
    {"RIGHTS-GRANT-DATES", Check::rights, "a grant has a date, but does not say whether the act is allowed",
     "fill in `grant_restriction`",
     "grant_act,grant_restriction,grant_start_date\ndisseminate,,1990", "grant_act,grant_restriction,grant_start_date\ndisseminate,allow,1990"},
    {"RIGHTS-RESTRICTION", Check::rights, "`grant_restriction` is not known",
     "use one of `allow`, `conditional`, `disallow`", "disseminate,maybe", "disseminate,conditional"},
    {"RIGHTS-DUPLICATE", Check::rights, "two rows have the same file, basis and act",
     "delete one, or give them different acts",
     "objects/a.pdf,policy,disseminate\nobjects/a.pdf,policy,Disseminate", "objects/a.pdf,policy,disseminate\nobjects/a.pdf,policy,delete"},
    {"W-NO-RIGHTS", Check::rights, "the package has no `metadata/rights.csv`",
     "add one if rights are to be recorded", "", ""},
    {"W-NAME-ENCODING", Check::rights, "the name of a file is in UTF-8, but the zip file does not say so",
     "make the zip file with a program that marks names as UTF-8", "", ""},
    {"W-DATE", Check::rights, "a date is none, does not exist, or an end lies before its start",
     "write dates as 1901, 1901-05 or 1901-05-31", "objects/a.pdf,policy,31/05/1901", "objects/a.pdf,policy,1901-05-31"},
    {"W-GRANT-NOTE", Check::rights, "`grant_note` is none of the usual ones",
     "check that it is meant so", "", ""},
    {"W-UNCLOSED-QUOTE", Check::rights, "a quotation mark in a CSV file is never closed, so that the rest of the file is one value",
     "close it, or write it twice where it belongs to the text", "\"a \"big\" box", "\"a \"\"big\"\" box\""},

    {"META-ENCODING", Check::metadata, "`metadata.csv` is not in UTF-8",
     "save it again as \"CSV UTF-8\"", "saved as \"Unicode text\" (UTF-16)", "saved as \"CSV UTF-8\""},
    {"META-CSV", Check::metadata, "`metadata.csv` cannot be read: its lines end as on old Macintosh computers, or a value has more than 131,072 characters",
     "save it again as \"CSV UTF-8\"; look for a quotation mark that is never closed",
     "saved as \"CSV (Macintosh)\"", "saved as \"CSV UTF-8\""},
    {"META-ROWS", Check::metadata, "`metadata.csv` has not exactly one row below its headings; one package is one catalogue item",
     "make a package of its own for each item; delete lines that hold only commas",
     "filename,dc.identifier\nobjects/,PP/ABC/1\nobjects/,PP/ABC/2", "filename,dc.identifier\nobjects/,PP/ABC/1"},
    {"META-COLUMNS", Check::metadata, "a column is missing in `metadata.csv`",
     "add it; catalogued: `filename`, `dc.identifier`; accession: `filename`, `collection_reference`, `accession_number`; exactly so, separated by commas",
     "Filename;DC.Identifier\nobjects/;PP/ABC/1", "filename,dc.identifier\nobjects/,PP/ABC/1"},
    {"META-FILENAME", Check::metadata, "the column `filename` does not hold `objects/`",
     "write exactly `objects/`: the row describes the whole package", "objects/cat.jpg,PP/ABC/1", "objects/,PP/ABC/1"},
    {"META-EMPTY", Check::metadata, "an identifier is empty in `metadata.csv`",
     "fill it in", "objects/,", "objects/,PP/ABC/1"},

    {"META-IDENTIFIER", Check::identifiers, "the identifier cannot be the name of something stored",
     "use letters A-Z and a-z, digits, spaces and `- _ / .` only, at most 256 characters, beginning and ending with a letter or digit; nothing in it may be like `/v1`",
     "PP//ABC/1_", "PP/ABC/1"},
    {"TAG-VALUE", Check::identifiers, "a value cannot be recorded with the package",
     "use letters, digits, spaces and `+ - = . _ : / @` only, at most 256 characters", "1234&5", "1234/5"},
    {"W-ACCESSION-DC", Check::identifiers, "an accession has a `dc.identifier` and will be stored under it",
     "empty that column if the accession number is meant", "", ""},
};
// clang-format on

}  // namespace

std::string_view name_of(Check check) {
  switch (check) {
    case Check::zip:
      return "the zip file can be read";
    case Check::metadata_place:
      return "metadata.csv is in its place";
    case Check::metadata_folder:
      return "metadata/ holds nothing else";
    case Check::rights:
      return "rights.csv is valid";
    case Check::metadata:
      return "metadata.csv is valid";
    case Check::identifiers:
      return "identifiers can be stored";
  }
  return {};
}

std::span<const FindingCode> finding_codes() { return kCodes; }

const FindingCode* find_code(std::string_view code) {
  const auto* const found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                         [code](const FindingCode& known) { return known.code == code; });
  return found == std::end(kCodes) ? nullptr : found;
}

Check check_of(const Finding& finding) {
  if (finding.code == "W-UNCLOSED-QUOTE" && finding.file == kMetadataCsv) return Check::metadata;
  const FindingCode* known = find_code(finding.code);
  return known == nullptr ? Check::zip : known->check;
}

}  // namespace strongroom::transfers
