#include "transfers/deflate64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/check.hpp"

namespace strongroom::transfers {
namespace {

constexpr unsigned kCodeBitsMax = 15;
constexpr std::size_t kLiteralsMax = 286;  ///< with the end of a block and the lengths
constexpr std::size_t kDistancesMax = 32;
constexpr unsigned kEndOfBlock = 256;
constexpr unsigned kFirstLength = 257;

/// What a symbol of lengths or distances stands for: a number, and how many more bits are added to it.
struct Base {
  std::uint32_t number;
  unsigned more;
};

/// Lengths 3 to 258 as deflate has them; the last code is the one that differs.
constexpr std::array<Base, kLiteralsMax - kFirstLength> kLengths = [] {
  std::array<Base, kLiteralsMax - kFirstLength> table{};
  std::uint32_t number = 3;
  for (std::size_t i = 0; i + 1 < table.size(); ++i) {
    const unsigned more = i < 8 ? 0 : static_cast<unsigned>(i / 4 - 1);
    table.at(i) = {number, more};
    number += 1U << more;
  }
  table.back() = {3, 16};
  return table;
}();

constexpr std::array<Base, kDistancesMax> kDistances = [] {
  std::array<Base, kDistancesMax> table{};
  std::uint32_t number = 1;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const unsigned more = i < 4 ? 0 : static_cast<unsigned>(i / 2 - 1);
    table.at(i) = {number, more};
    number += 1U << more;
  }
  return table;
}();
static_assert(kDistances.back().number + (1U << kDistances.back().more) - 1 == 65'536);

/// Bits of the stream, the lowest of each byte first.
class Bits {
 public:
  explicit Bits(ByteSource& source) : source_(source), buffer_(std::size_t{64} << 10) {}

  /// The next `count` bits, at most 16, as a number; nothing when there are not so many.
  std::optional<std::uint32_t> take(unsigned count) {
    while (held_bits_ < count) {
      if (at_ == filled_ && !refill()) return std::nullopt;
      held_ |= std::to_integer<std::uint32_t>(buffer_[at_++]) << held_bits_;
      held_bits_ += 8;
    }
    const std::uint32_t number = held_ & ((1U << count) - 1);
    held_ >>= count;
    held_bits_ -= count;
    return number;
  }
  /// Leaves out what is left of a byte.
  void align() {
    held_ >>= held_bits_ % 8;
    held_bits_ -= held_bits_ % 8;
  }
  /// Whole bytes at hand, at most `count`; none at the end. Only when aligned and none of them is held as bits.
  ByteView take_bytes(std::size_t count) {
    CHECK(held_bits_ == 0);
    if (at_ == filled_ && !refill()) return {};
    const ByteView bytes = ByteView(buffer_).subspan(at_, std::min(count, filled_ - at_));
    at_ += bytes.size();
    return bytes;
  }
  /// Why there are no more bits, when that is the source's fault.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool refill() {
    if (error_) return false;
    auto count = source_.read(buffer_);
    if (!count) error_ = std::move(count).error();
    at_ = 0;
    filled_ = error_ ? 0 : *count;
    return filled_ > 0;
  }

  ByteSource& source_;
  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint32_t held_ = 0;
  unsigned held_bits_ = 0;
  std::optional<Error> error_;
};

/// A prefix code, known by the lengths of its words: those of one length are consecutive numbers, symbols in order.
class Code {
 public:
  /// `lengths`: bits of each symbol's word, 0 for none. False when they are no code: more words than fit, or fewer than
  /// there is room for, unless it is one word of one bit, or `may_be_empty` and none.
  bool build(std::span<const std::uint8_t> lengths, bool may_be_empty) {
    words_ = {};
    for (const std::uint8_t length : lengths) ++words_.at(length);
    words_[0] = 0;
    std::uint32_t room = 1;
    std::uint32_t used = 0;
    for (unsigned bits = 1; bits <= kCodeBitsMax; ++bits) {
      room *= 2;
      if (words_.at(bits) > room) return false;
      room -= words_.at(bits);
      used += words_.at(bits);
    }
    const bool lonely = used == 1 && words_[1] == 1;
    if (room > 0 && !lonely && !(used == 0 && may_be_empty)) return false;
    std::array<std::uint16_t, kCodeBitsMax + 1> at{};
    for (unsigned bits = 1; bits < kCodeBitsMax; ++bits) {
      at.at(bits + 1) = static_cast<std::uint16_t>(at.at(bits) + words_.at(bits));
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] > 0) symbols_.at(at.at(lengths[symbol])++) = static_cast<std::uint16_t>(symbol);
    }
    return true;
  }
  /// The next symbol; nothing at the end of the bits, or when they are no word.
  [[nodiscard]] std::optional<unsigned> read(Bits& bits) const {
    std::uint32_t word = 0;    // so far
    std::uint32_t first = 0;   // word of this length
    std::uint32_t before = 0;  // symbols of shorter words
    for (unsigned length = 1; length <= kCodeBitsMax; ++length) {
      const auto bit = bits.take(1);
      if (!bit) return std::nullopt;
      word |= *bit;
      const std::uint32_t count = words_[length];
      if (word - first < count) return symbols_[before + (word - first)];
      before += count;
      first = (first + count) * 2;
      word *= 2;
    }
    return std::nullopt;
  }

 private:
  std::array<std::uint16_t, kCodeBitsMax + 1> words_{};    ///< of each length
  std::array<std::uint16_t, kLiteralsMax + 2> symbols_{};  ///< in order of their words
};

struct Codes {
  Code literals;
  Code distances;
};

/// The codes of a block that brings none: all 288 and 32 symbols have words, though some must not be used.
const Codes& fixed_codes() {
  static const Codes kCodes = [] {
    std::array<std::uint8_t, kLiteralsMax + 2> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      lengths.at(i) = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    std::array<std::uint8_t, kDistancesMax> distances{};
    distances.fill(5);
    Codes codes;
    CHECK(codes.literals.build(lengths, false) && codes.distances.build(distances, false));
    return codes;
  }();
  return kCodes;
}

class Inflater {
 public:
  Inflater(ByteSource& packed, std::size_t max, std::string& out) : bits_(packed), max_(max), out_(out) {}

  Result<InflateEnd> run() {
    const InflateEnd end = inflate();
    if (bits_.error()) return *bits_.error();
    return end;
  }

 private:
  InflateEnd inflate() {
    for (;;) {
      const auto last = bits_.take(1);
      const auto kind = bits_.take(2);
      if (!last || !kind) return InflateEnd::broken;
      const InflateEnd end = *kind == 0   ? stored()
                             : *kind == 1 ? compressed(fixed_codes())
                             : *kind == 2 ? dynamic()
                                          : InflateEnd::broken;
      if (end != InflateEnd::whole || *last == 1) return end;
    }
  }

  InflateEnd stored() {
    bits_.align();
    const auto length = bits_.take(16);
    const auto inverted = bits_.take(16);
    if (!length || !inverted || (*length ^ *inverted) != 0xFFFF) return InflateEnd::broken;
    if (*length > max_ - out_.size()) return InflateEnd::too_big;
    for (std::size_t left = *length; left > 0;) {
      const ByteView bytes = bits_.take_bytes(left);
      if (bytes.empty()) return InflateEnd::broken;
      out_.append(as_text(bytes));
      left -= bytes.size();
    }
    return InflateEnd::whole;
  }

  InflateEnd dynamic() {
    const auto literals = bits_.take(5);
    const auto distances = bits_.take(5);
    const auto words = bits_.take(4);
    if (!literals || !distances || !words) return InflateEnd::broken;
    const std::size_t literal_count = *literals + kFirstLength;
    const std::size_t count = literal_count + *distances + 1;
    if (literal_count > kLiteralsMax || !read_lengths(*words + 4, count)) return InflateEnd::broken;
    const std::span lengths(lengths_);
    if (lengths_[kEndOfBlock] == 0 || !codes_.literals.build(lengths.first(literal_count), false) ||
        !codes_.distances.build(lengths.subspan(literal_count, count - literal_count), true)) {
      return InflateEnd::broken;
    }
    return compressed(codes_);
  }

  /// The lengths of a block's words, which are written by a code of their own, of `words` symbols.
  bool read_lengths(std::size_t words, std::size_t count) {
    static constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                            11, 4,  12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, kOrder.size()> own{};
    for (std::size_t i = 0; i < words; ++i) {
      const auto length = bits_.take(3);
      if (!length) return false;
      own.at(kOrder.at(i)) = static_cast<std::uint8_t>(*length);
    }
    Code code;
    if (!code.build(own, false)) return false;
    for (std::size_t at = 0; at < count;) {
      const auto symbol = code.read(bits_);
      if (!symbol) return false;
      if (*symbol < 16) {
        lengths_.at(at++) = static_cast<std::uint8_t>(*symbol);
        continue;
      }
      if (*symbol == 16 && at == 0) return false;
      const std::uint8_t repeated = *symbol == 16 ? lengths_.at(at - 1) : std::uint8_t{0};
      const Base times = *symbol == 16 ? Base{3, 2} : *symbol == 17 ? Base{3, 3} : Base{11, 7};
      const auto more = bits_.take(times.more);
      if (!more || times.number + *more > count - at) return false;
      std::fill_n(lengths_.begin() + static_cast<std::ptrdiff_t>(at), times.number + *more, repeated);
      at += times.number + *more;
    }
    return true;
  }

  InflateEnd compressed(const Codes& codes) {
    for (;;) {
      const auto symbol = codes.literals.read(bits_);
      if (!symbol) return InflateEnd::broken;
      if (*symbol == kEndOfBlock) return InflateEnd::whole;
      if (*symbol < kEndOfBlock) {
        if (out_.size() == max_) return InflateEnd::too_big;
        out_.push_back(static_cast<char>(*symbol));
        continue;
      }
      if (*symbol >= kLiteralsMax) return InflateEnd::broken;
      const auto length = number(kLengths.at(*symbol - kFirstLength));
      const auto place = length ? codes.distances.read(bits_) : std::nullopt;
      const auto distance = place ? number(kDistances.at(*place)) : std::nullopt;
      if (!distance || *distance > out_.size()) return InflateEnd::broken;
      if (*length > max_ - out_.size()) return InflateEnd::too_big;
      repeat(*length, *distance);
    }
  }

  std::optional<std::uint32_t> number(Base base) {
    const auto more = bits_.take(base.more);
    if (!more) return std::nullopt;
    return base.number + *more;
  }

  /// What is repeated may reach into what it makes.
  void repeat(std::size_t length, std::size_t distance) {
    const std::size_t from = out_.size() - distance;
    while (length > 0) {
      const std::size_t count = std::min(length, out_.size() - from);
      out_.append(out_, from, count);
      length -= count;
    }
  }

  Bits bits_;
  const std::size_t max_;
  std::string& out_;
  Codes codes_;
  std::array<std::uint8_t, kLiteralsMax + kDistancesMax> lengths_{};
};

}  // namespace

Result<InflateEnd> inflate_deflate64(ByteSource& packed, std::size_t max, std::string& out) {
  CHECK(out.empty());
  return Inflater(packed, max, out).run();
}

}  // namespace strongroom::transfers
