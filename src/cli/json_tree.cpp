#include "cli/json_tree.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

#include "base/json_text.hpp"
#include "base/text.hpp"

namespace strongroom::cli {
namespace {

namespace json = boost::json;

void write_tree(const JsonTree& tree, const std::string& text, const std::vector<JsonTree>& elements,
                const std::vector<std::pair<std::string, JsonTree>>& members, std::string& out) {
  switch (tree.kind()) {
    case JsonTree::Kind::null:
      out += "null";
      return;
    case JsonTree::Kind::boolean:
    case JsonTree::Kind::number:
      out += text;
      return;
    case JsonTree::Kind::string:
      append_json_string(out, text);
      return;
    case JsonTree::Kind::array:
      out += '[';
      for (const JsonTree& element : elements) out += (&element == elements.data() ? "" : ",") + element.json();
      out += ']';
      return;
    case JsonTree::Kind::object:
      out += '{';
      for (const auto& member : members) {
        if (&member != members.data()) out += ',';
        append_json_string(out, member.first);
        out += ':' + member.second.json();
      }
      out += '}';
      return;
  }
}

/// Builds trees from what Boost's parser finds. The names of its functions are Boost's.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Code = json::error_code;

  Builder(std::vector<std::string> streamed, JsonStream::Element element)
      : streamed_(std::move(streamed)), element_(std::move(element)) {}

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return open(JsonTree::Kind::array); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_object_begin(Code&) { return open(JsonTree::Kind::object); }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_string_part(json::string_view s, std::size_t, Code&) { return part(s); }
  bool on_string(json::string_view s, std::size_t, Code&) { return value(JsonTree::Kind::string, s); }
  bool on_key_part(json::string_view s, std::size_t, Code&) { return part(s); }
  bool on_key(json::string_view s, std::size_t, Code&) {
    part(s);
    open_.back().key = std::move(text_);
    text_.clear();
    return true;
  }
  bool on_number_part(json::string_view s, Code&) { return part(s); }
  bool on_int64(std::int64_t, json::string_view s, Code&) { return value(JsonTree::Kind::number, s); }
  bool on_uint64(std::uint64_t, json::string_view s, Code&) { return value(JsonTree::Kind::number, s); }
  bool on_double(double, json::string_view s, Code&) { return value(JsonTree::Kind::number, s); }
  bool on_bool(bool b, Code&) { return value(JsonTree::Kind::boolean, b ? "true" : "false"); }
  bool on_null(Code&) { return value(JsonTree::Kind::null, ""); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

  [[nodiscard]] JsonTree take() { return std::move(document_); }

 private:
  struct Open {
    JsonTree tree;
    std::string key;       ///< of the member that is being read
    std::string streamed;  ///< the name of this array, when its elements are handed over
  };

  bool part(json::string_view s) {
    text_.append(s.data(), s.size());
    return true;
  }
  bool value(JsonTree::Kind kind, json::string_view s) {
    part(s);
    JsonTree made(kind, std::move(text_));
    text_.clear();
    return add(std::move(made));
  }
  bool open(JsonTree::Kind kind) {
    Open opened{JsonTree(kind), {}, {}};
    const bool is_member = !open_.empty() && open_.back().tree.kind() == JsonTree::Kind::object;
    if (kind == JsonTree::Kind::array && is_member && std::ranges::find(streamed_, open_.back().key) != streamed_.end())
      opened.streamed = open_.back().key;
    open_.push_back(std::move(opened));
    return true;
  }
  bool close() {
    JsonTree made = std::move(open_.back().tree);
    open_.pop_back();
    return add(std::move(made));
  }
  bool add(JsonTree made) {
    if (open_.empty()) {
      document_ = std::move(made);
    } else if (Open& parent = open_.back(); parent.tree.kind() == JsonTree::Kind::object) {
      parent.tree.add_member(std::move(parent.key), std::move(made));
    } else if (parent.streamed.empty()) {
      parent.tree.add_element(std::move(made));
    } else {
      element_(parent.streamed, made);
    }
    return true;
  }

  std::vector<std::string> streamed_;
  JsonStream::Element element_;
  std::vector<Open> open_;
  std::string text_;
  JsonTree document_;
};

}  // namespace

std::optional<JsonTree> JsonTree::parse(std::string_view text) {
  JsonStream stream({}, {});
  if (!stream.write(as_bytes(text))) return std::nullopt;
  Result<JsonTree> tree = stream.finish();
  if (!tree) return std::nullopt;
  return std::move(tree).value();
}

bool JsonTree::has(std::string_view name) const { return at(name).kind() != Kind::null; }

const JsonTree& JsonTree::at(std::string_view name) const {
  static const JsonTree kNull;
  const auto found =
      std::ranges::find(members_, name, [](const auto& member) { return std::string_view(member.first); });
  return found == members_.end() ? kNull : found->second;
}

std::optional<std::uint64_t> JsonTree::number(std::string_view name) const {
  const JsonTree& value = at(name);
  return value.kind_ == Kind::number ? parse_number(value.text_) : std::nullopt;
}

bool JsonTree::is_true(std::string_view name) const {
  const JsonTree& value = at(name);
  return value.kind_ == Kind::boolean && value.text_ == "true";
}

std::string JsonTree::json() const {
  std::string out;
  write_tree(*this, text_, elements_, members_, out);
  return out;
}

class JsonStream::State {
 public:
  State(std::vector<std::string> streamed, Element element)
      : parser(json::parse_options(), std::move(streamed), std::move(element)) {}
  json::basic_parser<Builder> parser;
};

JsonStream::JsonStream(std::vector<std::string> streamed, Element element)
    : state_(std::make_unique<State>(std::move(streamed), std::move(element))) {}
JsonStream::~JsonStream() = default;

Result<void> JsonStream::write(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  json::error_code trouble;
  const std::size_t used = state_->parser.write_some(true, text.data(), text.size(), trouble);
  const bool more = text.find_first_not_of(" \t\r\n", std::min(used, text.size())) != std::string_view::npos;
  if (trouble || more) return broken("the answer is not JSON", {}, Reason::corrupt);
  return ok();
}

Result<JsonTree> JsonStream::finish() {
  json::error_code trouble;
  if (!state_->parser.done()) state_->parser.write_some(false, "", 0, trouble);
  if (trouble || !state_->parser.done()) return broken("the answer is not complete JSON", {}, Reason::corrupt);
  return state_->parser.handler().take();
}

}  // namespace strongroom::cli
