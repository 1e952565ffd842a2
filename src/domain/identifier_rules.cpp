#include "domain/identifier_rules.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace strongroom {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_basic_latin_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c); }
bool is_allowed(char c) {
  return is_basic_latin_letter_or_digit(c) || std::string_view("-_/ .").find(c) != std::string_view::npos;
}

/// `v` and at least one digit, nothing else.
bool is_version_segment(std::string_view segment) {
  return segment.size() >= 2 && segment.front() == 'v' && std::all_of(segment.begin() + 1, segment.end(), is_digit);
}

bool is_description_segment(std::string_view segment) {
  constexpr std::string_view kSuffix = ".json";
  return segment.ends_with(kSuffix) && is_version_segment(segment.substr(0, segment.size() - kSuffix.size()));
}

struct Segment {
  std::string_view text;
  std::size_t at = 0;
  bool first = false;
  bool last = false;
};

/// Collects the places; rules may be looked at in any order.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<BrokenRule> read() {
    for (std::size_t begin = 0;;) {
      const std::size_t end = std::min(text_.find('/', begin), text_.size());
      look_at({text_.substr(begin, end - begin), begin, begin == 0, end == text_.size()});
      if (end == text_.size()) break;
      begin = end + 1;
    }
    look_at_ends();
    look_at_characters();
    if (text_.size() > limits::kExternalIdentifierMax) broken_.push_back({IdentifierRule::too_long, 0, 0});
    std::stable_sort(broken_.begin(), broken_.end(),
                     [](const BrokenRule& a, const BrokenRule& b) { return a.rule < b.rule; });
    return std::move(broken_);
  }

 private:
  void add(IdentifierRule rule, std::size_t at, std::size_t length) { broken_.push_back({rule, at, length}); }

  void look_at(const Segment& segment) {
    const auto broken = [&](IdentifierRule rule) { add(rule, segment.at, segment.text.size()); };
    const bool version = is_version_segment(segment.text);
    if (segment.first && !segment.last && version) broken(IdentifierRule::starts_with_version);
    if (!segment.first && !segment.last && version) broken(IdentifierRule::contains_version);
    if (!segment.first && segment.last) {
      if (segment.text == "versions") broken(IdentifierRule::ends_with_versions);
      if (version) broken(IdentifierRule::ends_with_version);
      if (segment.text == "archive") broken(IdentifierRule::ends_with_archive);
      if (segment.text == "restore") broken(IdentifierRule::ends_with_restore);
    }
    if (!segment.first && segment.text == "content") broken(IdentifierRule::content_segment);
    if (!segment.first && is_description_segment(segment.text)) broken(IdentifierRule::description_segment);
    if (segment.text.ends_with('.') || segment.text.ends_with(' ')) broken(IdentifierRule::segment_end);
    if (segment.text.size() > limits::kSegmentMax) broken(IdentifierRule::segment_too_long);
  }

  void look_at_ends() {
    const std::size_t last = text_.size() - 1;
    if (text_.front() == '/') add(IdentifierRule::starts_with_slash, 0, 1);
    if (text_.back() == '/') add(IdentifierRule::ends_with_slash, last, 1);
    if (!is_basic_latin_letter_or_digit(text_.front())) add(IdentifierRule::first_character, 0, 1);
    if (!is_basic_latin_letter_or_digit(text_.back())) add(IdentifierRule::last_character, last, 1);
  }

  void look_at_characters() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (!is_allowed(text_[at])) add(IdentifierRule::characters, at, 1);
      if (at == 0 || text_[at] != text_[at - 1]) continue;
      if (text_[at] == '/') add(IdentifierRule::consecutive_slashes, at - 1, 2);
      if (text_[at] == ' ') add(IdentifierRule::consecutive_spaces, at - 1, 2);
    }
  }

  std::string_view text_;
  std::vector<BrokenRule> broken_;
};

}  // namespace

std::vector<BrokenRule> broken_identifier_rules(std::string_view text) {
  if (text.empty()) return {{IdentifierRule::empty, 0, 0}};
  return Reader(text).read();
}

std::string_view identifier_rule_text(IdentifierRule rule) {
  switch (rule) {
    case IdentifierRule::empty:
      return "cannot be empty";
    case IdentifierRule::ends_with_versions:
      return "cannot end with /versions";
    case IdentifierRule::ends_with_version:
      return "cannot end with a version string";
    case IdentifierRule::contains_version:
      return "cannot contain a version string";
    case IdentifierRule::starts_with_version:
      return "cannot start with a version string";
    case IdentifierRule::starts_with_slash:
      return "cannot start with a slash";
    case IdentifierRule::ends_with_slash:
      return "cannot end with a slash";
    case IdentifierRule::consecutive_slashes:
      return "cannot contain consecutive slashes";
    case IdentifierRule::consecutive_spaces:
      return "cannot contain consecutive spaces";
    case IdentifierRule::first_character:
      return "must begin with a Basic Latin letter or digit";
    case IdentifierRule::last_character:
      return "must end with a Basic Latin letter or digit";
    case IdentifierRule::characters:
      return "can only contain characters in the class [-_/ .a-zA-Z0-9]";
    case IdentifierRule::ends_with_archive:
      return "cannot end with /archive";
    case IdentifierRule::ends_with_restore:
      return "cannot end with /restore";
    case IdentifierRule::content_segment:
      return "cannot contain /content as a path segment";
    case IdentifierRule::segment_end:
      return "cannot contain a path segment that ends in a dot or a space";
    case IdentifierRule::description_segment:
      return "cannot contain a path segment like v1.json";
    case IdentifierRule::too_long:
    case IdentifierRule::segment_too_long:
      return "cannot be longer than 512 bytes, or have a path segment longer than 255";
  }
  return {};
}

}  // namespace strongroom
