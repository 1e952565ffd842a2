#include "bagit/names.hpp"

#include <algorithm>
#include <cstring>

namespace strongroom::bagit {

namespace {

std::string encode_number(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::uint64_t decode_number(std::string_view value) {
  std::uint64_t number = 0;
  CHECK(value.size() >= sizeof number);
  std::memcpy(&number, value.data(), sizeof number);
  return number;
}

/// Stands for a length that was not given; a length has 63 bits.
constexpr std::uint64_t kNoLength = ~std::uint64_t{0};

}  // namespace

std::string encode(const FetchEntry& entry) {
  std::string value = encode_number(entry.number);
  value.append(encode_number(entry.length.value_or(kNoLength)));
  value.append(encode_number(entry.url.size())).append(entry.url);
  if (entry.held) value.append(encode_entry(*entry.held));
  return value;
}

Result<FetchEntry> decode_fetch(std::string_view value) {
  constexpr std::size_t kNumber = sizeof(std::uint64_t);
  FetchEntry entry;
  entry.number = decode_number(value);
  const std::uint64_t length = decode_number(value.substr(kNumber));
  if (length != kNoLength) entry.length = length;
  const std::uint64_t url = decode_number(value.substr(2 * kNumber));
  CHECK(value.size() >= 3 * kNumber + url);
  entry.url = value.substr(3 * kNumber, url);
  const std::string_view held = value.substr(3 * kNumber + url);
  if (!held.empty()) {
    TRY(entry.held, decode_entry(held));
  }
  return entry;
}

std::string encode(const ListedLine& line) {
  std::string value = encode_number(line.number);
  value.push_back(static_cast<char>(line.manifest));
  value.push_back(static_cast<char>(line.digest.size()));
  value.append(line.digest).append(line.spelling);
  return value;
}

ListedLine decode_listed(std::string_view value) {
  constexpr std::size_t kHead = sizeof(std::uint64_t) + 2;
  CHECK(value.size() >= kHead);
  ListedLine line;
  line.number = decode_number(value);
  line.manifest = static_cast<std::uint8_t>(value[kHead - 2]);
  const auto size = static_cast<unsigned char>(value[kHead - 1]);
  line.digest = value.substr(kHead, size);
  line.spelling = value.substr(kHead + size);
  return line;
}

Result<PresentFiles> PresentFiles::open(BagView& bag) {
  TRY(auto reader, bag.entries());
  return PresentFiles(std::move(reader));
}

Result<const InventoryEntry*> PresentFiles::next() {
  TRY(const InventoryEntry* entry, reader_->next());
  if (entry == nullptr) return entry;
  if (!first_ && entry->name <= last_) {
    return broken("the files of a bag are not in order of name", entry->name, Reason::corrupt);
  }
  first_ = false;
  last_ = entry->name;
  return entry;
}

Result<NameLookup> NameLookup::open(BagView& bag, Sorter& fetched) {
  TRY(auto present, PresentFiles::open(bag));
  TRY(auto reader, fetched.read());
  NameLookup lookup(std::move(present), std::move(reader));
  TRY(lookup.entry_, lookup.present_.next());
  TRY(lookup.fetch_, lookup.fetched_->next());
  return lookup;
}

Result<bool> NameLookup::has(std::string_view name) {
  while (entry_ != nullptr && entry_->name < name) {
    TRY(entry_, present_.next());
  }
  while (fetch_ != nullptr && fetch_->key < name) {
    TRY(fetch_, fetched_->next());
  }
  return (entry_ != nullptr && entry_->name == name) || (fetch_ != nullptr && fetch_->key == name);
}

Result<NameJoin> NameJoin::open(BagView& bag, Sorter& listed, Sorter& fetched) {
  TRY(auto present, PresentFiles::open(bag));
  TRY(auto listed_reader, listed.read());
  TRY(auto fetched_reader, fetched.read());
  NameJoin join(std::move(present), std::move(listed_reader), std::move(fetched_reader));
  TRY(join.entry_, join.present_.next());
  TRY(join.line_, join.listed_->next());
  TRY(join.fetch_, join.fetched_->next());
  return join;
}

Result<const BagName*> NameJoin::next() {
  // The file shown last time stays valid until now.
  if (name_.entry != nullptr) {
    TRY(entry_, present_.next());
  }
  name_ = {};
  if (entry_ == nullptr && line_ == nullptr && fetch_ == nullptr) return static_cast<const BagName*>(nullptr);
  std::optional<std::string_view> least;
  const auto consider = [&least](std::string_view name) { least = least ? std::min(*least, name) : name; };
  if (entry_ != nullptr) consider(entry_->name);
  if (line_ != nullptr) consider(line_->key);
  if (fetch_ != nullptr) consider(fetch_->key);
  name_.name = *least;
  if (entry_ != nullptr && entry_->name == name_.name) name_.entry = entry_;
  while (line_ != nullptr && line_->key == name_.name) {
    add_listing(decode_listed(line_->value));
    TRY(line_, listed_->next());
  }
  while (fetch_ != nullptr && fetch_->key == name_.name) {
    TRY(FetchEntry entry, decode_fetch(fetch_->value));
    if (!name_.fetch) {
      name_.fetch = std::move(entry);
    } else if (!name_.fetch_repeated) {
      name_.fetch_repeated = entry.number;
    }
    TRY(fetch_, fetched_->next());
  }
  std::sort(name_.listings.begin(), name_.listings.end(),
            [](const Listing& a, const Listing& b) { return a.manifest < b.manifest; });
  return static_cast<const BagName*>(&name_);
}

void NameJoin::add_listing(const ListedLine& line) {
  for (Listing& listing : name_.listings) {
    if (listing.manifest != line.manifest) continue;
    if (!listing.repeated) listing.repeated = line.number;
    listing.repeated_differs = listing.repeated_differs || line.digest != listing.digest;
    return;
  }
  name_.listings.push_back(Listing{line.manifest, std::string(line.digest), line.number, {}});
}

}  // namespace strongroom::bagit
