// Gzip by zlib, for tests: another implementation than the one under test.
#pragma once

#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace strongroom::testing_support {

/// One gzip member.
inline std::string gzip(std::string_view content, int level = 6) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string packed(deflateBound(&stream, static_cast<uLong>(content.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// The same member with every optional field of RFC 1952 in its header: extra, name, comment, header CRC.
inline std::string gzip_with_fields(std::string_view content) {
  const std::string plain = gzip(content);
  std::string header = plain.substr(0, 10);
  header[3] = 0x1F & ~0x01;  // all but FTEXT
  header += std::string("\x05\x00", 2) + "extra" + std::string("name.tar\0", 9) + std::string("a comment\0", 10);
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size()));
  header += static_cast<char>(crc & 0xFF);
  header += static_cast<char>((crc >> 8) & 0xFF);
  return header + plain.substr(10);
}

}  // namespace strongroom::testing_support
