// TarBuilder: tar archives by hand, sound ones and any kind of broken one.
//
//   TarBuilder().directory("b").file("b/bagit.txt", "…").end()   gives a whole archive as a text.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strongroom::testing_support {

/// One header, field by field. Texts are cut to their fields.
struct TarFields {
  std::string name;
  char type = '0';
  std::optional<std::uint64_t> size = {};  ///< default: the size of the body given with it
  std::string link = {};
  std::string magic = std::string(
      "ustar\0"
      "00",
      8);  ///< 8 bytes; "" for v7, "ustar  " for GNU
  std::string prefix = {};
  std::string size_field = {};      ///< the 12 bytes as they are, over `size`
  std::string checksum_field = {};  ///< the 8 bytes as they are
  bool signed_checksum = false;
  std::string tail = {};  ///< what begins at byte 345, over `prefix`
};

class TarBuilder {
 public:
  static constexpr std::size_t kBlock = 512;
  static constexpr std::size_t kRecord = 10240;

  TarBuilder& file(std::string name, std::string_view content) { return entry({.name = std::move(name)}, content); }
  TarBuilder& directory(std::string name) { return entry({.name = std::move(name), .type = '5'}); }
  TarBuilder& link(char type, std::string name, std::string target) {
    return entry({.name = std::move(name), .type = type, .link = std::move(target)});
  }
  TarBuilder& entry(const TarFields& fields, std::string_view body = {}) {
    text_ += header(fields, body.size());
    text_ += body;
    return fill();
  }
  /// An extended header for the next entry ('x'), or for all that follow ('g').
  TarBuilder& pax(const std::vector<std::pair<std::string, std::string>>& records, char type = 'x') {
    std::string body;
    for (const auto& [key, value] : records) body += pax_record(key, value);
    return entry({.name = "PaxHeaders/x", .type = type}, body);
  }
  /// GNU: the name ('L') or link target ('K') of the next entry.
  TarBuilder& long_name(const std::string& name, char type = 'L') {
    return entry({.name = "././@LongLink", .type = type, .magic = std::string("ustar  \0", 8)}, name + '\0');
  }
  TarBuilder& raw(std::string_view bytes) {
    text_ += bytes;
    return *this;
  }
  TarBuilder& fill() {
    text_.append((kBlock - text_.size() % kBlock) % kBlock, '\0');
    return *this;
  }

  /// What there is so far, without an end mark.
  [[nodiscard]] std::string open() const { return text_; }
  /// With the end mark and nothing behind it.
  [[nodiscard]] std::string end() const { return text_ + std::string(2 * kBlock, '\0'); }
  /// With the end mark, filled up to a record, as the usual programs write it.
  [[nodiscard]] std::string record() const {
    std::string whole = end();
    whole.append((kRecord - whole.size() % kRecord) % kRecord, '\0');
    return whole;
  }

  static std::string pax_record(const std::string& key, const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size();
    while (std::to_string(length).size() + rest.size() != length) ++length;
    return std::to_string(length) + rest;
  }

  static std::string header(const TarFields& fields, std::uint64_t body_size) {
    std::string block(kBlock, '\0');
    const auto put = [&](std::size_t at, std::size_t length, std::string_view text) {
      const auto cut = text.substr(0, length);
      block.replace(at, cut.size(), cut);
    };
    put(0, 100, fields.name);
    put(100, 8, octal(0644, 7));
    put(108, 8, octal(0, 7));
    put(116, 8, octal(0, 7));
    put(124, 12, fields.size_field.empty() ? octal(fields.size.value_or(body_size), 11) : fields.size_field);
    put(136, 12, octal(1714521600, 11));
    block[156] = fields.type;
    put(157, 100, fields.link);
    put(257, 8, fields.magic);
    put(345, 167, fields.tail.empty() ? std::string_view(fields.prefix).substr(0, 155) : std::string_view(fields.tail));
    put(148, 8, "        ");
    put(148, 8, fields.checksum_field.empty() ? checksum(block, fields.signed_checksum) : fields.checksum_field);
    return block;
  }
  static std::string octal(std::uint64_t number, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(number));
    return text;
  }

 private:
  static std::string checksum(const std::string& block, bool with_sign) {
    long sum = 0;
    for (const char c : block) sum += with_sign ? static_cast<signed char>(c) : static_cast<unsigned char>(c);
    return octal(static_cast<std::uint64_t>(sum), 6) + std::string("\0 ", 2);
  }

  std::string text_;
};

}  // namespace strongroom::testing_support
