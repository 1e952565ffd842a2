#include "bagit/manifest_without.hpp"

#include <algorithm>
#include <span>

#include "base/limits.hpp"

namespace strongroom::bagit {
namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";

/// Up to and with its end, which is LF, CR or CRLF; nothing while it is not whole.
std::string_view whole_line(std::string_view text, bool last) {
  const auto end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return last ? text : std::string_view();
  if (text[end] == '\n') return text.substr(0, end + 1);
  if (end + 1 == text.size()) return last ? text : std::string_view();
  return text.substr(0, text[end + 1] == '\n' ? end + 2 : end + 1);
}

/// The path of a line as ManifestReader takes it.
std::string_view path_of(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
  line.remove_prefix(std::min(line.find_first_of(kBlanks), line.size()));
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (line.starts_with('*')) line.remove_prefix(1);
  while (line.starts_with("./")) line.remove_prefix(2);
  return line;
}

}  // namespace

ManifestWithout::ManifestWithout(std::unique_ptr<ByteSource> manifest, std::string path)
    : manifest_(std::move(manifest)), path_(std::move(path)) {}

Result<std::size_t> ManifestWithout::read(ByteSpan into) {
  while (given_ == out_.size()) {
    if (ended_) return std::size_t{0};
    out_.clear();
    given_ = 0;
    TRY_VOID(fill());
  }
  const std::size_t n = std::min(into.size(), out_.size() - given_);
  const ByteView piece = as_bytes(std::string_view(out_).substr(given_, n));
  std::copy(piece.begin(), piece.end(), into.begin());
  given_ += n;
  return n;
}

Result<void> ManifestWithout::fill() {
  const std::size_t before = held_.size();
  held_.resize(before + kBlock);
  TRY(const std::size_t n, manifest_->read(std::as_writable_bytes(std::span(held_.data() + before, kBlock))));
  held_.resize(before + n);
  ended_ = n == 0;
  std::size_t at = 0;
  for (;;) {
    const std::string_view line = whole_line(std::string_view(held_).substr(at), ended_);
    if (line.empty()) break;
    take_line(line);
    at += line.size();
  }
  held_.erase(0, at);
  if (held_.size() > 2 * limits::kManifestLineMax) {
    return broken("a stored manifest has a line longer than any can be", {}, Reason::corrupt);
  }
  return {};
}

void ManifestWithout::take_line(std::string_view line) {
  if (std::exchange(first_, false) && line.starts_with(kByteOrderMark)) {
    out_.append(kByteOrderMark);
    line.remove_prefix(kByteOrderMark.size());
  }
  if (path_of(line) != path_) out_.append(line);
}

}  // namespace strongroom::bagit
