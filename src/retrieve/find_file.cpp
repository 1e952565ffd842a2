#include "retrieve/find_file.hpp"

#include "base/limits.hpp"
#include "domain/layout.hpp"
#include "domain/sparse_index.hpp"

namespace strongroom::retrieve {
namespace {

/// A thousand lines of the longest names there are, each byte of them escaped.
constexpr std::size_t kStretchMax = 16 * limits::kMiB;

bool is_payload(std::string_view name) { return name.starts_with("data/"); }

Result<FoundFile> found(const DescriptionHead& head, const DescribedFile& file) {
  const auto algorithm = is_payload(file.name) ? shown_payload_algorithm(head) : shown_tag_algorithm(head);
  const Digest* shown = algorithm ? file.checksum(*algorithm) : nullptr;
  if (shown == nullptr) shown = file.checksum(Algorithm::sha256);
  if (shown == nullptr) return broken("a stored description has a file without a digest", file.name, Reason::corrupt);
  return FoundFile{file, *shown};
}

/// The file with this name, searched for as text: to read every line would take a hundred times as long.
Result<std::optional<DescribedFile>> file_among(std::string_view lines, const std::string& name) {
  const std::string beginning = file_line_beginning(name);
  std::size_t at = 0;
  while ((at = lines.find(beginning, at)) != std::string_view::npos) {
    if (at == 0 || lines[at - 1] == '\n') break;
    ++at;
  }
  if (at == std::string_view::npos) return std::optional<DescribedFile>();
  std::string_view line = lines.substr(at, lines.find('\n', at) - at);
  if (line.ends_with(',')) line.remove_suffix(1);
  TRY(DescribedFile file, decode_file_line(line));
  return std::optional(std::move(file));
}

/// One copy of the description: whole in memory, or an object to be read in part.
class DescriptionCopy {
 public:
  explicit DescriptionCopy(std::string text) : text_(std::move(text)) {}
  DescriptionCopy(ObjectStore& store, std::string key) : store_(&store), key_(std::move(key)) {}

  [[nodiscard]] Result<std::unique_ptr<ByteSource>> open(ByteRange range) const {
    if (store_ != nullptr) return store_->get(key_, range);
    if (range.first > text_.size()) return broken("a sparse index points behind the description", {}, Reason::corrupt);
    const std::string part = text_.substr(range.first, range.length.value_or(std::string::npos));
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(part));
  }

 private:
  std::string text_;
  ObjectStore* store_ = nullptr;
  std::string key_;
};

Result<std::optional<FoundFile>> look(const DescriptionCopy& copy, const Registration& facts, const std::string& name) {
  TRY(const auto stretch, find_stretch(facts.sparse_index, is_payload(name) ? "files" : "tagFiles", name));
  if (!stretch) return std::optional<FoundFile>();
  const std::uint64_t end = stretch->next.value_or(facts.description_size);
  if (end < stretch->first) return broken("a sparse index is out of order", {}, Reason::corrupt);
  TRY(const auto source, copy.open({stretch->first, end - stretch->first}));
  TRY(const std::string lines, read_all(*source, kStretchMax));
  TRY(const auto file, file_among(lines, name));
  if (!file) return std::optional<FoundFile>();
  TRY(const auto beginning, copy.open({}));
  TRY(const DescriptionHead head, DescriptionReader(*beginning).head());
  TRY(FoundFile result, found(head, *file));
  return std::optional(std::move(result));
}

/// Through the whole description, to its digest.
Result<std::optional<FoundFile>> look_through(ByteSource& description, const std::string& name) {
  DescriptionReader reader(description);
  TRY(const DescriptionHead head, reader.head());
  std::optional<FoundFile> result;
  for (const bool payload : {true, false}) {
    for (;;) {
      TRY(const DescribedFile* file, payload ? reader.next_file() : reader.next_tag_file());
      if (file == nullptr) break;
      if (file->name != name) continue;
      TRY(result, found(head, *file));
    }
  }
  TRY([[maybe_unused]] const DescriptionTail tail, reader.tail());
  return result;
}

}  // namespace

Result<std::optional<FoundFile>> find_file(const DescriptionNeeds& needs, const BagId& bag, const VersionRow& row,
                                           const std::string& name) {
  const Registration& facts = *row.registration;
  if (facts.description_size <= kDescriptionHeldMax) {
    TRY(const auto description, open_description(needs, bag, row));
    TRY(std::string text, read_all(*description, kDescriptionHeldMax));
    return look(DescriptionCopy(std::move(text)), facts, name);
  }
  const DescriptionCopy kept(needs.records, layout::kept_description_key(facts.description_sha256));
  if (auto result = look(kept, facts, name); result && *result) return result;
  TRY(const auto description, open_description(needs, bag, row));
  return look_through(*description, name);
}

}  // namespace strongroom::retrieve
