#include "bagit/encoding.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <array>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/text.hpp"

namespace strongroom::bagit {
namespace {

struct Name {
  Encoding encoding;
  const char* name;  ///< ICU knows it by this one too
};
constexpr std::array kNames = {Name{Encoding::utf_8, "UTF-8"},           Name{Encoding::us_ascii, "US-ASCII"},
                               Name{Encoding::iso_8859_1, "ISO-8859-1"}, Name{Encoding::windows_1252, "windows-1252"},
                               Name{Encoding::utf_16, "UTF-16"},         Name{Encoding::utf_16be, "UTF-16BE"},
                               Name{Encoding::utf_16le, "UTF-16LE"}};

constexpr std::size_t kBlock = std::size_t{16} << 10;
/// Stands for bytes that do not decode: no converter gives a trail surrogate on its own.
constexpr UChar kUndecoded = 0xDC00;
/// In UTF-8 this byte cannot be.
constexpr char kNever = '\xFF';

void mark_undecoded(const void*, UConverterToUnicodeArgs* arguments, const char*, int32_t,
                    UConverterCallbackReason reason, UErrorCode* error) {
  if (reason > UCNV_IRREGULAR) return;  // reset, close, clone
  *error = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(arguments, &kUndecoded, 1, 0, error);
}

class Decoder final : public ByteSource {
 public:
  Decoder(std::unique_ptr<ByteSource> source, const char* name) : source_(std::move(source)) {
    UErrorCode error = U_ZERO_ERROR;
    converter_ = ucnv_open(name, &error);
    CHECK(U_SUCCESS(error));
    ucnv_setToUCallBack(converter_, mark_undecoded, nullptr, nullptr, nullptr, &error);
    CHECK(U_SUCCESS(error));
  }
  ~Decoder() override { ucnv_close(converter_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  Result<std::size_t> read(ByteSpan into) override {
    while (at_ == text_.size()) {
      if (ended_) return std::size_t{0};
      TRY_VOID(fill());
    }
    const std::size_t n = std::min(into.size(), text_.size() - at_);
    const ByteView piece = as_bytes(std::string_view(text_).substr(at_, n));
    std::copy(piece.begin(), piece.end(), into.begin());
    at_ += n;
    return n;
  }

 private:
  Result<void> fill() {
    text_.clear();
    at_ = 0;
    TRY(const std::size_t n, source_->read(input_));
    ended_ = n == 0;
    const std::string_view bytes = as_text(ByteView(input_).first(n));
    const char* from = bytes.data();
    const char* const end = from + bytes.size();
    for (;;) {
      UErrorCode error = U_ZERO_ERROR;
      UChar* to = units_.data();
      ucnv_toUnicode(converter_, &to, units_.data() + units_.size(), &from, end, nullptr, ended_, &error);
      take(units_.data(), static_cast<std::size_t>(to - units_.data()));
      if (error == U_BUFFER_OVERFLOW_ERROR) continue;
      CHECK(U_SUCCESS(error));
      break;
    }
    if (ended_ && lead_ != 0) text_.push_back(kNever);
    return {};
  }

  /// A pair may be cut by the end of a block.
  void take(const UChar* units, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const UChar unit = units[i];
      if (lead_ != 0 && U16_IS_TRAIL(unit)) {
        append(U16_GET_SUPPLEMENTARY(lead_, unit));
        lead_ = 0;
        continue;
      }
      if (lead_ != 0) text_.push_back(kNever);
      lead_ = U16_IS_LEAD(unit) ? unit : 0;
      if (U16_IS_TRAIL(unit)) {
        text_.push_back(kNever);
      } else if (lead_ == 0) {
        append(unit);
      }
    }
  }
  void append(UChar32 character) {
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, character);
    text_.append(bytes.data(), size);
  }

  std::unique_ptr<ByteSource> source_;
  UConverter* converter_ = nullptr;
  std::vector<std::byte> input_ = std::vector<std::byte>(kBlock);
  std::vector<UChar> units_ = std::vector<UChar>(kBlock);
  UChar lead_ = 0;
  std::string text_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

std::optional<Encoding> parse_encoding(std::string_view name) {
  const std::string wanted = to_lower_ascii(name);
  for (const Name& known : kNames) {
    if (to_lower_ascii(known.name) == wanted) return known.encoding;
  }
  return std::nullopt;
}

std::string_view name_of(Encoding encoding) {
  for (const Name& known : kNames) {
    if (known.encoding == encoding) return known.name;
  }
  return {};
}

std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source, Encoding encoding) {
  if (encoding == Encoding::utf_8) return source;
  return std::make_unique<Decoder>(std::move(source), name_of(encoding).data());
}

}  // namespace strongroom::bagit
