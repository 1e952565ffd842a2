#include "archive/tar_writer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "archive/tar_header.hpp"
#include "base/check.hpp"

namespace strongroom::archive {
namespace {

constexpr std::size_t kNameMax = 100;
constexpr std::size_t kPrefixMax = 155;
/// Eleven octal digits.
constexpr std::uint64_t kUstarSizeMax = 077777777777;
/// Programs that do not know pax headers make files of them: they all get this name.
constexpr std::string_view kPaxName = "PaxHeader";

/// A name as ustar splits it; joined by a slash unless there is no prefix.
struct UstarName {
  std::string_view prefix;
  std::string_view name;
};

std::optional<UstarName> split_name(std::string_view name) {
  if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; })) return std::nullopt;
  if (name.size() <= kNameMax) return UstarName{{}, name};
  // The longest prefix leaves the shortest name.
  const auto slash = name.substr(0, kPrefixMax + 1).rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const UstarName split{name.substr(0, slash), name.substr(slash + 1)};
  return split.name.empty() || split.name.size() > kNameMax ? std::nullopt : std::optional(split);
}

class Block {
 public:
  void text(std::size_t at, std::string_view value) { std::copy(value.begin(), value.end(), bytes_.begin() + at); }
  /// Octal digits with zeros before them, up to the field's last byte, which stays NUL.
  void octal(std::size_t at, std::size_t length, std::uint64_t value) {
    for (std::size_t i = at + length - 1; i-- > at; value /= 8) bytes_[i] = static_cast<char>('0' + value % 8);
    CHECK(value == 0);
  }
  std::string finish() {
    constexpr std::size_t kChecksum = 148;
    text(kChecksum, "        ");
    std::uint32_t sum = 0;
    for (const char c : bytes_) sum += static_cast<unsigned char>(c);
    octal(kChecksum, 7, sum);
    return {bytes_.data(), bytes_.size()};
  }

 private:
  std::array<char, kTarBlock> bytes_{};
};

std::string header(const UstarName& name, char type, std::uint64_t size, std::uint64_t modified) {
  Block block;
  block.text(0, name.name);
  block.octal(100, 8, 0644);
  block.octal(108, 8, 0);
  block.octal(116, 8, 0);
  block.octal(124, 12, size);
  block.octal(136, 12, modified);
  block.text(156, std::string_view(&type, 1));
  block.text(257, std::string_view("ustar\0"
                                   "00",
                                   8));
  block.octal(329, 8, 0);
  block.octal(337, 8, 0);
  block.text(345, name.prefix);
  return block.finish();
}

/// `length key=value LF`, the length counting its own digits, too.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

}  // namespace

std::string tar_file_header(std::string_view name, std::uint64_t size, Instant modified) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(modified.time_since_epoch()).count();
  CHECK(seconds >= 0);
  const auto time = static_cast<std::uint64_t>(seconds);
  const auto split = split_name(name);
  std::string records;
  if (!split) records += pax_record("path", name);
  if (size > kUstarSizeMax) records += pax_record("size", std::to_string(size));
  std::string blocks;
  if (!records.empty()) {
    blocks = header({{}, kPaxName}, 'x', records.size(), time) + records + tar_file_padding(records.size());
  }
  // A reader that does not know pax headers gets the end of the name, and no size that it could take for the real one.
  const std::string_view shown = name.substr(name.size() - std::min(name.size(), kNameMax));
  return blocks + header(split.value_or(UstarName{{}, shown}), '0', size > kUstarSizeMax ? 0 : size, time);
}

std::string tar_file_padding(std::uint64_t size) {
  return std::string((kTarBlock - size % kTarBlock) % kTarBlock, '\0');
}

std::string tar_end(std::uint64_t size) {
  const std::uint64_t least = size + 2 * kTarBlock;
  return std::string(2 * kTarBlock + (kTarRecord - least % kTarRecord) % kTarRecord, '\0');
}

}  // namespace strongroom::archive
