#include "bagit/fetch_rules.hpp"

#include "base/limits.hpp"

namespace strongroom::bagit {

Result<void> FetchRules::see(const FetchLine& line) {
  seen_ += 1;
  FetchEntry entry{line.number, line.length, line.url, std::nullopt};
  const bool judged = request_.rulebook == Rulebook::archive && request_.update && request_.held != nullptr;
  if (!judged) return entries_.add(line.path, encode(entry));
  const auto path = request_.held->path_of(line.url);
  if (!path) {
    TRY_VOID(refuse("I4", "fetch-elsewhere", line.path, entry,
                    "The URL does not lie below this bag in a location of the archive", elsewhere_));
    return entries_.add(line.path, encode(entry));
  }
  if (!by_path_) by_path_.emplace(spills_, request_.sorter_memory);
  return by_path_->add(*path + std::string(1, '\0') + line.path, encode(entry));
}

Result<void> FetchRules::finish() {
  if (seen_ == 0 || request_.rulebook != Rulebook::archive) return {};
  if (!request_.update) {
    return refuse_all("I1", "fetch-in-create", "fetch.txt is only allowed in an update",
                      "fetch.txt has entries, but the ingest is no update");
  }
  if (request_.held == nullptr) {
    const std::string bag = request_.bag ? request_.bag->str() : std::string();
    return refuse_all("I2", "fetch-unknown-bag", "fetch.txt refers to a bag that is not stored: " + bag,
                      "fetch.txt has entries, but no version of the bag is stored");
  }
  if (by_path_) TRY_VOID(resolve());
  if (!elsewhere_.empty()) {
    findings_.fail(
        "I4", "fetch.txt refers to paths in a mismatched prefix or with a non-S3 URI scheme: " + elsewhere_.text());
  }
  if (!not_current_.empty()) {
    findings_.fail("I5", "fetch.txt does not name the most recent stored copy of: " + not_current_.text());
  }
  return {};
}

Result<void> FetchRules::refuse_all(std::string_view rule, std::string_view kind, std::string text,
                                    std::string_view description) {
  findings_.fail(rule, std::move(text));
  return findings_.add(name_problem(rule, kind, kFetchFile, description));
}

/// The held files by path beside the entries by path: each entry meets the one stored file it can mean, or none.
Result<void> FetchRules::resolve() {
  Sorter held(spills_, request_.sorter_memory);
  {
    TRY(const auto files, request_.held->payload());
    for (;;) {
      TRY(const InventoryEntry* file, files->next());
      if (file == nullptr) break;
      TRY_VOID(held.add(file->path, encode_entry(*file)));
    }
  }
  TRY(const auto wanted, by_path_->read());
  TRY(const auto stored, held.read());
  TRY(const SortedRecord* file, stored->next());
  for (;;) {
    TRY(const SortedRecord* record, wanted->next());
    if (record == nullptr) break;
    const auto end = record->key.find('\0');
    const std::string_view path = record->key.substr(0, end);
    const std::string name(record->key.substr(end + 1));
    while (file != nullptr && file->key < path) {
      TRY(file, stored->next());
    }
    TRY(FetchEntry entry, decode_fetch(record->value));
    if (file != nullptr && file->key == path) {
      TRY(entry.held, decode_entry(file->value));
    } else {
      TRY_VOID(refuse("I5", "fetch-not-current", name, entry,
                      "The URL names no file of the latest version as it is stored", not_current_));
    }
    TRY_VOID(entries_.add(name, encode(entry)));
  }
  by_path_.reset();
  return {};
}

Result<void> FetchRules::refuse(std::string_view rule, std::string_view kind, std::string_view path,
                                const FetchEntry& entry, std::string_view description, NameList& names) {
  names.add(path);
  Problem problem = line_problem(rule, kind, std::string(kFetchFile), entry.number, description);
  problem.other = path;
  problem.actual = excerpt(entry.url);
  return findings_.add(std::move(problem));
}

}  // namespace strongroom::bagit
