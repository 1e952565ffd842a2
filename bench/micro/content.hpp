// What the micro-benchmarks are fed with: the same bytes in every run.
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace strongroom::bench {

/// Leaves nothing for a compressor: page images.
inline std::string stored(std::size_t size) {
  std::mt19937_64 chance(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

/// Compresses a little and never repeats, the slowest case of inflate: photographs.
inline std::string photograph(std::size_t size) {
  std::string bytes = stored(size);
  for (char& byte : bytes) {
    if (static_cast<unsigned char>(byte) >= 240) byte = static_cast<char>((static_cast<unsigned char>(byte) - 240) * 7);
  }
  return bytes;
}

/// Words: catalogue records, ALTO, METS.
inline std::string text(std::size_t size) {
  std::mt19937_64 chance(2);
  std::string words;
  words.reserve(size + 12);
  while (words.size() < size) {
    for (std::size_t letters = 2 + chance() % 8; letters > 0; --letters) words += "etaoinshrdlu"[chance() % 12];
    words += ' ';
  }
  words.resize(size);
  return words;
}

}  // namespace strongroom::bench
