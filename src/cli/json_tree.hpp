// JSON documents of the service as the command line reads them: whole, or piece by piece when they may be of any size.
//
// A tree is a plain value; what is absent or of another kind reads as empty, so that an unknown document gives nothing
// rather than a fault. Numbers keep the text they had. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace strongroom::cli {

class JsonTree {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  explicit JsonTree(Kind kind = Kind::null, std::string text = {}) : kind_(kind), text_(std::move(text)) {}

  /// Nothing when `text` is not one JSON document.
  static std::optional<JsonTree> parse(std::string_view text);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool has(std::string_view name) const;
  /// A member of an object; a null when there is none.
  [[nodiscard]] const JsonTree& at(std::string_view name) const;
  /// A string's text.
  [[nodiscard]] std::string text() const { return kind_ == Kind::string ? text_ : std::string(); }
  [[nodiscard]] std::string text(std::string_view name) const { return at(name).text(); }
  /// A whole number from 0.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] bool is_true(std::string_view name) const;
  [[nodiscard]] const std::vector<JsonTree>& list(std::string_view name) const { return at(name).elements_; }

  /// The document again, without insignificant whitespace.
  [[nodiscard]] std::string json() const;

  void add_element(JsonTree element) { elements_.push_back(std::move(element)); }
  void add_member(std::string name, JsonTree value) { members_.emplace_back(std::move(name), std::move(value)); }

 private:
  Kind kind_;
  std::string text_;  ///< of a string; of a number or a boolean as written
  std::vector<JsonTree> elements_;
  std::vector<std::pair<std::string, JsonTree>> members_;
};

/// Reads a document as its bytes arrive. The elements of the arrays called `streamed` are handed over one by one, an
/// inner one before what contains it, and are not kept: memory does not grow with their number.
class JsonStream final : public ByteSink {
 public:
  /// `array` is the member's name.
  using Element = std::function<void(const std::string& array, const JsonTree& element)>;

  JsonStream(std::vector<std::string> streamed, Element element);
  ~JsonStream() override;
  JsonStream(const JsonStream&) = delete;
  JsonStream& operator=(const JsonStream&) = delete;

  /// Broken (Reason::corrupt) when it is not JSON.
  Result<void> write(ByteView bytes) override;
  /// The document without what was handed over; broken when it is not complete. Called once, at the end.
  Result<JsonTree> finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::cli
