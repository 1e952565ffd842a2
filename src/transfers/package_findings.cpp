#include "transfers/package_findings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "transfers/shown_value.hpp"

namespace strongroom::transfers {
namespace {

constexpr std::size_t kNamed = 10;
constexpr std::string_view kPackAgain = " Pack the folder as a zip again and upload the new zip.";
constexpr std::string_view kUploadAgain =
    " The upload probably broke off, or the zip was not finished yet. Open the zip on your own computer: if that "
    "works, "
    "upload it again, otherwise make it anew.";

Finding problem(std::string_view code, std::string description, std::string_view file = {}) {
  return {.code = std::string(code),
          .severity = Severity::problem,
          .file = std::string(file),
          .line = {},
          .column = {},
          .value = {},
          .description = std::move(description)};
}

Finding warning(std::string_view code, std::string description, std::string_view file) {
  Finding finding = problem(code, std::move(description), file);
  finding.severity = Severity::warning;
  return finding;
}

std::string sentence(std::string_view a, std::string_view b, std::string_view c = {}) {
  return std::string(a).append(b).append(c);
}

std::string_view name_of_method(std::uint16_t method) {
  using Named = std::pair<std::uint16_t, std::string_view>;
  static constexpr std::array<Named, 10> kNames = {{{1, "Shrink"},
                                                    {6, "Implode"},
                                                    {10, "PKWARE DCL Implode"},
                                                    {18, "IBM TERSE"},
                                                    {94, "MP3"},
                                                    {95, "XZ"},
                                                    {96, "JPEG"},
                                                    {97, "WavPack"},
                                                    {98, "PPMd"},
                                                    {99, "AES encryption"}}};
  const auto* const found = std::ranges::find(kNames, method, &Named::first);
  return found == kNames.end() ? std::string_view() : found->second;
}

/// What other files are known by that are taken for zips; nothing when it is none of them.
std::string_view kind_of_file(std::string_view head) {
  using Known = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Known, 5> kKnown = {{{"7z\xBC\xAF", "a 7z archive"},
                                                   {"Rar!", "a RAR archive"},
                                                   {"\x1F\x8B", "a gzip file (.tar.gz)"},
                                                   {"BZh", "a bzip2 file (.tar.bz2)"},
                                                   {"%PDF", "a PDF file"}}};
  const auto* const found =
      std::ranges::find_if(kKnown, [&](const Known& known) { return head.starts_with(known.first); });
  return found == kKnown.end() ? std::string_view() : found->second;
}

std::string members(std::uint64_t count) {
  return count == 1 ? std::string("1 member") : with_thousands(count) + " members";
}

}  // namespace

void FewNames::add(std::string_view name, std::string_view remark) {
  if (++count_ == 1) first_ = name;
  if (shown_.size() < kNamed) shown_.push_back(shown(name).append(remark));
}

std::string FewNames::text() const {
  const std::string names = join(shown_, ", ");
  return count_ > shown_.size() ? names + " and " + with_thousands(count_ - shown_.size()) + " more" : names;
}

std::string method_remark(std::uint16_t method) {
  const std::string_view name = name_of_method(method);
  return sentence(" (method " + std::to_string(method), name.empty() ? "" : ", ", name) + ")";
}

Finding zip_empty() {
  return problem("ZIP-EMPTY",
                 "The file has 0 bytes. The upload probably broke off before it began. Upload the package again.");
}

Finding zip_not_zip(std::string_view head) {
  const std::string_view kind = kind_of_file(head);
  const std::string seems = kind.empty() ? "." : sentence(": it seems to be ", kind, ".");
  return problem("ZIP-NOT-ZIP", "This is not a zip file, though its name ends in .zip" + seems +
                                    " Another kind of file does not become a zip by its name." +
                                    std::string(kPackAgain));
}

Finding zip_truncated_end() {
  return problem("ZIP-TRUNCATED", sentence("The zip file begins well but its end is missing.", kUploadAgain));
}

Finding zip_truncated_directory() {
  return problem(
      "ZIP-TRUNCATED",
      sentence("The zip file is shorter than its own directory says: a part of it is missing.", kUploadAgain));
}

Finding zip_multidisk() {
  return problem("ZIP-MULTIDISK",
                 "This is one part of a zip that was split into several files (such as .z01, .z02, .zip). A package is "
                 "one whole zip. Pack the folder again without splitting and upload that one file.");
}

Finding zip_encrypted_directory() {
  return problem("ZIP-ENCRYPTED",
                 "The list of what is in the zip is encrypted, so nothing in it can be read. Pack the folder again "
                 "without a password and without encryption, and upload the new zip.");
}

Finding zip_corrupt_directory(std::string_view detail) {
  return problem("ZIP-CORRUPT", sentence("The zip's list of its members is damaged: ", detail, ".").append(kPackAgain));
}

Finding zip_too_many_members() {
  return problem("ZIP-CORRUPT", "The zip's list of its members is longer than any that can be handled: more than " +
                                    with_thousands(limits::kArchiveEntriesMax) +
                                    " members, or names of more than 1 GiB together. Divide the package into smaller "
                                    "ones and upload those.");
}

Finding zip_encrypted(const FewNames& names) {
  return problem("ZIP-ENCRYPTED",
                 members(names.count()) + " of the zip " + (names.count() == 1 ? "is" : "are") +
                     " encrypted (protected by a password): " + names.text() +
                     ". Pack the folder again without a password and upload the new zip.",
                 names.only());
}

Finding zip_bad_names(const FewNames& names) {
  return problem("ZIP-CORRUPT",
                 "The zip says that its names are in UTF-8, but that of " + members(names.count()) +
                     " is not: " + names.text() +
                     ". Pack the folder with another program, or rename these files in plain letters, and upload the "
                     "new zip.",
                 names.only());
}

Finding unknown_methods(const FewNames& names) {
  return warning("W-METHOD",
                 members(names.count()) + " of the zip " + (names.count() == 1 ? "is" : "are") +
                     " compressed by a method that is not known here: " + names.text() +
                     ". Archivematica may not be able to unpack this. If it fails, pack the folder again with the "
                     "usual compression (Deflate).",
                 names.only());
}

Finding duplicate_member(std::string_view name, std::uint64_t count) {
  return warning("W-DUPLICATE-MEMBER",
                 "The zip has " + with_thousands(count) + " members of the name " + shown(name) +
                     "; the last one counts. If that is not the one you mean, pack the folder again as a new zip "
                     "instead of adding to an existing one.",
                 name);
}

Finding more_duplicate_members(std::uint64_t names) {
  return warning("W-DUPLICATE-MEMBER",
                 with_thousands(names) +
                     " more names occur more than once in the zip; of each the last member counts. Pack the folder "
                     "again as a new zip instead of adding to an existing one.",
                 {});
}

Finding zip_truncated_csv(std::string_view file) {
  return problem("ZIP-TRUNCATED",
                 sentence("By the zip's list of its members ", shown(file), " reaches beyond the end of the zip file.")
                     .append(kUploadAgain),
                 file);
}

Finding zip_corrupt_csv(std::string_view file, std::string_view detail) {
  return problem(
      "ZIP-CORRUPT",
      sentence("Within the zip ", shown(file), " is damaged: ").append(detail).append(".").append(kPackAgain), file);
}

Finding zip_method(std::string_view file, std::uint16_t method) {
  Finding finding = problem(
      "ZIP-METHOD",
      sentence(shown(file), " is compressed in a way that cannot be read here", method_remark(method)) +
          ". Pack the folder again with the usual compression of your zip program (Deflate) and upload the new zip.",
      file);
  finding.value = std::to_string(method);
  return finding;
}

Finding csv_too_big(std::string_view file) {
  return problem("CSV-TOO-BIG",
                 shown(file) + " is larger than " + std::to_string(limits::kPackageCsvMax / limits::kMiB) + " MiB (" +
                     with_thousands(limits::kPackageCsvMax) +
                     " bytes) once unpacked, which no CSV file of a package may be. Look whether it is the right file; "
                     "divide the package if it is.",
                 file);
}

}  // namespace strongroom::transfers
