// ZipBuilder: zip packages byte by byte, right ones and odd ones. Knows nothing of the code under test.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace strongroom::testing_support {

struct ZipMember {
  std::string name;
  std::string content;
  bool deflated = false;
  std::uint16_t flags = 0;
  std::uint16_t method_told = 0xFFFF;  ///< in place of the real one
  std::uint16_t made_by = 3 << 8;
  std::uint32_t attributes = 0100644U << 16U;
  std::string extra = {};                  ///< of both headers
  std::string local_name = {};             ///< in place of the name
  std::string descriptor = {};             ///< `none`, `plain`, `signed`, `wide`
  std::string gap = {};                    ///< bytes behind the entry
  std::uint32_t crc_change = 0;            ///< in both headers
  std::optional<std::string> packed = {};  ///< the data as they lie there, made elsewhere
  std::uint32_t size_change = 0;           ///< of the content's size, in both headers
};

class ZipBuilder {
 public:
  ZipBuilder& add(ZipMember member) {
    members_.push_back(std::move(member));
    return *this;
  }
  ZipBuilder& file(std::string name, std::string content, bool deflated = false) {
    ZipMember member;
    member.name = std::move(name);
    member.content = std::move(content);
    member.deflated = deflated;
    return add(std::move(member));
  }
  ZipBuilder& prefix(std::string bytes) {
    prefix_ = std::move(bytes);
    return *this;
  }
  ZipBuilder& comment(std::string bytes) {
    comment_ = std::move(bytes);
    return *this;
  }
  /// Number of entries that the end record tells, in place of the real one.
  ZipBuilder& count(std::uint16_t told) {
    count_ = told;
    return *this;
  }

  [[nodiscard]] std::string build() const {
    std::string out = prefix_;
    std::string directory;
    for (const ZipMember& member : members_) write(member, out, directory);
    const std::size_t begin = out.size();
    out += directory;
    const auto entries = static_cast<std::uint16_t>(count_.value_or(static_cast<std::uint16_t>(members_.size())));
    out += number(0x06054B50, 4) + number(0, 2) + number(0, 2) + number(entries, 2) + number(entries, 2) +
           number(directory.size(), 4) + number(begin, 4) + number(comment_.size(), 2) + comment_;
    return out;
  }

  static std::string number(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
    return text;
  }
  static std::uint32_t crc_of(const std::string& text) {
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  }

 private:
  static std::string deflate(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    std::string packed(text.size() + 100, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }

  static void write(const ZipMember& member, std::string& out, std::string& directory) {
    const std::string data = member.packed     ? *member.packed
                             : member.deflated ? deflate(member.content)
                                               : member.content;
    const std::uint16_t method = member.method_told != 0xFFFF ? member.method_told : member.deflated ? 8 : 0;
    const bool described = !member.descriptor.empty();
    const auto flags = static_cast<std::uint16_t>(member.flags | (described ? 8 : 0));
    const std::uint32_t crc = crc_of(member.content) ^ member.crc_change;
    const std::string sizes = number(data.size(), 4) + number(member.content.size() + member.size_change, 4);
    const std::string& local_name = member.local_name.empty() ? member.name : member.local_name;
    const std::size_t at = out.size();
    out += number(0x04034B50, 4) + number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 4) +
           (described ? std::string(12, '\0') : number(crc, 4) + sizes) + number(local_name.size(), 2) +
           number(member.extra.size(), 2) + local_name + member.extra + data;
    if (member.descriptor == "signed") out += number(0x08074B50, 4);
    if (member.descriptor == "plain" || member.descriptor == "signed") out += number(crc, 4) + sizes;
    if (member.descriptor == "wide") out += number(crc, 4) + number(data.size(), 8) + number(member.content.size(), 8);
    out += member.gap;
    directory += number(0x02014B50, 4) + number(member.made_by, 2) + number(20, 2) + number(flags, 2) +
                 number(method, 2) + number(0, 4) + number(crc, 4) + sizes + number(member.name.size(), 2) +
                 number(member.extra.size(), 2) + number(0, 2) + number(0, 2) + number(0, 2) +
                 number(member.attributes, 4) + number(at, 4) + member.name + member.extra;
  }

  std::vector<ZipMember> members_;
  std::string prefix_;
  std::string comment_;
  std::optional<std::uint16_t> count_;
};

}  // namespace strongroom::testing_support
