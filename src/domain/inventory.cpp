#include "domain/inventory.hpp"

#include "base/text.hpp"

namespace strongroom {
namespace {

std::string encode_name(std::string_view name) {
  std::string text;
  for (char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '%') {
      text.append(percent_encode(std::string_view(&c, 1), {}));
    } else {
      text.push_back(c);
    }
  }
  return text;
}

Error malformed(std::string_view line) {
  return broken("an inventory line is malformed", std::string(line.substr(0, 200)), Reason::corrupt);
}

}  // namespace

const Digest* InventoryEntry::digest(Algorithm algorithm) const {
  for (const Digest& d : digests) {
    if (d.algorithm() == algorithm) return &d;
  }
  return nullptr;
}

const Digest& InventoryEntry::sha256() const {
  const Digest* found = digest(Algorithm::sha256);
  CHECK(found != nullptr);
  return *found;
}

std::string encode_entry(const InventoryEntry& entry) {
  std::string line = std::to_string(entry.size);
  line.push_back('\t');
  for (std::size_t i = 0; i < entry.digests.size(); ++i) {
    if (i > 0) line.push_back(',');
    line.append(name_of(entry.digests[i].algorithm())).append(":").append(entry.digests[i].hex());
  }
  line.push_back('\t');
  line.append(encode_name(entry.name));
  if (!entry.path.empty()) line.append("\t").append(encode_name(entry.path));
  return line;
}

Result<InventoryEntry> decode_entry(std::string_view line) {
  const auto fields = split(line, '\t');
  if (fields.size() != 3 && fields.size() != 4) return malformed(line);
  const auto size = parse_number(fields[0]);
  auto name = percent_decode(fields[2], false);
  auto path = fields.size() == 4 ? percent_decode(fields[3], false) : std::string();
  if (!size || !name || !path || (fields.size() == 4 && path->empty())) return malformed(line);
  InventoryEntry entry{std::move(*name), *size, {}, std::move(*path)};
  for (std::string_view item : split(fields[1], ',')) {
    const auto colon = item.find(':');
    if (colon == std::string_view::npos) return malformed(line);
    const auto algorithm = parse_algorithm(item.substr(0, colon));
    if (!algorithm) return malformed(line);
    const auto digest = Digest::from_hex(*algorithm, item.substr(colon + 1));
    if (!digest) return malformed(line);
    entry.digests.push_back(*digest);
  }
  if (entry.digest(Algorithm::sha256) == nullptr) return malformed(line);
  return entry;
}

InventoryWriter::InventoryWriter(ByteSink& sink) : sink_(sink), hasher_(Algorithm::sha256) {}

Result<void> InventoryWriter::add(const InventoryEntry& entry) {
  held_.append(encode_entry(entry));
  held_.push_back('\n');
  ref_.entries += 1;
  ref_.bytes += entry.size;
  constexpr std::size_t kFlushAt = 64 << 10;
  return held_.size() >= kFlushAt ? flush() : ok();
}

Result<void> InventoryWriter::flush() {
  hasher_.update(as_bytes(held_));
  TRY_VOID(sink_.write(as_bytes(held_)));
  held_.clear();
  return {};
}

Result<InventoryRef> InventoryWriter::finish() {
  TRY_VOID(flush());
  ref_.sha256 = hasher_.finish().hex();
  return ref_;
}

/// Hashes what it passes on, so that the whole is checked without a second read.
class InventoryReader::HashingSource final : public ByteSource {
 public:
  explicit HashingSource(ByteSource& inner) : inner_(inner), hasher_(Algorithm::sha256) {}
  Result<std::size_t> read(ByteSpan into) override {
    TRY(const std::size_t n, inner_.read(into));
    hasher_.update(into.first(n));
    return n;
  }
  std::string finish() { return hasher_.finish().hex(); }

 private:
  ByteSource& inner_;
  Hasher hasher_;
};

InventoryReader::InventoryReader(ByteSource& source, InventoryRef expected)
    : hashing_(std::make_shared<HashingSource>(source)), lines_(*hashing_), expected_(std::move(expected)) {}

Result<const InventoryEntry*> InventoryReader::next() {
  TRY(const std::string_view* line, lines_.next());
  if (line != nullptr) {
    TRY(entry_, decode_entry(*line));
    seen_.entries += 1;
    seen_.bytes += entry_.size;
    return &entry_;
  }
  seen_.sha256 = hashing_->finish();
  if (seen_ != expected_) {
    return broken("the inventory is not the one that was written: " + std::to_string(seen_.entries) +
                      " files, sha256 " + seen_.sha256,
                  {}, Reason::corrupt);
  }
  return static_cast<const InventoryEntry*>(nullptr);
}

}  // namespace strongroom
