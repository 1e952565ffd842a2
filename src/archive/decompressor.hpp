// Decompressors: the layer between the bytes of a package and its tar stream, chosen by content (pipeline.md 4.1).
//
// A new compression is a Codec and one line in decompressor.cpp. Each verifies every check value to the last
// byte, reads concatenated streams as one, and accepts nothing but zero bytes behind them. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "archive/fault.hpp"
#include "base/bytes.hpp"

namespace strongroom::archive {

class Decompressor : public ByteSource {
 public:
  /// Why read() failed, when the package is at fault; nothing when the source failed, or while bytes that came before
  /// the fault are still being handed out.
  [[nodiscard]] virtual const std::optional<Fault>& fault() const = 0;
  /// Bytes of the package decoded so far.
  [[nodiscard]] virtual std::uint64_t consumed() const = 0;
  /// Of the package: `application/gzip`; of a plain tar `application/x-tar`.
  [[nodiscard]] virtual std::string_view media_type() const = 0;
  /// Whether zero bytes followed the compressed stream; final once read() has returned 0.
  [[nodiscard]] virtual bool padded() const = 0;
};

/// Calls work(0) … work(count-1), each once, perhaps at the same time, and returns when all have returned.
using SideBySide = std::function<void(std::size_t count, const std::function<void(std::size_t)>& work)>;

/// How many bytes of the beginning open_decompressor() wants to see.
inline constexpr std::size_t kSniffSize = 512;

/// The decompressor for a package that begins with `head`; `source` gives the whole package, head included. What no
/// compression is recognised in is passed on as it is, for the reader behind to recognise. `side_by_side`, where there
/// is one, is used for what can be decoded apart.
[[nodiscard]] std::unique_ptr<Decompressor> open_decompressor(ByteView head, ByteSource& source,
                                                              const SideBySide& side_by_side = {});

}  // namespace strongroom::archive
