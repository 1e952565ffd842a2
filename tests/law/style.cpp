#include "law/style.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace strongroom::law {
namespace {

// ---- the table of banned calls --------------------------------------------------------------------------------------

struct Banned {
  std::string_view call;
  std::vector<std::string_view> places;  ///< where it belongs: how paths begin
  std::string_view instead;
};
/// Locks guard what adapters hold; contracts run threads against them; the throttle and the denials count for this
/// process only, and the tail is what this process's event streams share.
const std::vector<std::string_view> kLockPlaces = {"src/adapters/", "src/contracts/", "src/api/throttle.",
                                                   "src/api/denials.", "src/events/tail."};
const std::vector<Banned> kBanned = {
    {"std::cout", {}, "output goes through host::Console"},
    {"std::cerr", {}, "output goes through host::Console or the log"},
    {"getenv", {"src/adapters/host/"}, "the environment is read in adapters/host"},
    {"setenv", {}, "nothing changes its own environment"},
    {"system_clock::now", {"src/adapters/host/", "src/adapters/web/"}, "time comes from the port Clock"},
    {"steady_clock::now", {"src/adapters/host/", "src/adapters/web/"}, "time comes from the port Clock"},
    {"random_device", {"src/adapters/host/"}, "chance comes from the port Entropy"},
    {"sleep_for", {"src/adapters/host/", "src/adapters/web/"}, "waiting is the port Clock's"},
    {"sleep_until", {"src/adapters/host/", "src/adapters/web/"}, "waiting is the port Clock's"},
    {"std::thread", {"src/adapters/host/", "src/adapters/web/"}, "work side by side is the port Workers'"},
    {"std::jthread", {"src/adapters/host/", "src/adapters/web/"}, "work side by side is the port Workers'"},
    {"std::async", {}, "work side by side is the port Workers'"},
    {"std::mutex", kLockPlaces, "the core has no shared state to guard"},
    {"std::shared_mutex", kLockPlaces, "the core has no shared state to guard"},
    {"std::condition_variable", kLockPlaces, "the core has no shared state to guard"},
    {"copy_file_range", {}, "copies would share their blocks (CORRECTNESS 1.6)"},
    {"FICLONE", {}, "copies would share their blocks (CORRECTNESS 1.6)"},
    {"using namespace std", {}, "names say where they come from"},
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Where `word` stands by itself in `line`.
std::optional<std::size_t> find_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(line[at - 1]) || !is_word(word.front());
    const std::size_t end = at + word.size();
    const bool ends = end == line.size() || !is_word(line[end]) || !is_word(word.back());
    if (begins && ends) return at;
  }
  return std::nullopt;
}

// ---- functions ------------------------------------------------------------------------------------------------------

std::string without_preprocessor(std::string code) {
  bool goes_on = false;
  std::size_t begin = 0;
  while (begin < code.size()) {
    const std::size_t end = std::min(code.find('\n', begin), code.size());
    const std::size_t first = code.find_first_not_of(" \t", begin);
    const bool directive = goes_on || (first < end && code[first] == '#');
    goes_on = directive && end > begin && code[end - 1] == '\\';
    if (directive) std::fill(code.begin() + std::ptrdiff_t(begin), code.begin() + std::ptrdiff_t(end), ' ');
    begin = end + 1;
  }
  return code;
}

/// Finds functions by their braces: outside of functions a brace opens a scope (namespace, class, ...), data (after an
/// equals sign), or a function; inside of one everything belongs to it, but the lines of a table (a braced list that is
/// returned or assigned) do not count.
class FunctionReader {
 public:
  explicit FunctionReader(const SourceFile& file) : path_(file.path), code_(without_preprocessor(code_of(file.text))) {}

  Offences run() {
    for (const char c : code_) {
      if (c == '\n') ++line_;
      if (depth_ > 0) {
        inside(c);
      } else if (c == '{') {
        open();
      } else if (c == '}' || c == ';') {
        restart_head();
      } else {
        if (head_.empty() && std::isspace(static_cast<unsigned char>(c)) == 0) head_line_ = line_;
        if (!head_.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) head_ += c;
      }
    }
    return std::move(offences_);
  }

 private:
  void restart_head() { head_.clear(); }

  void open() {
    if (is_scope()) {
      restart_head();
    } else {
      depth_ = 1;
      table_lines_ = 0;
      is_data_ = has_equals_sign();
      if (head_.empty()) head_line_ = line_;
    }
  }

  void inside(char c) {
    if (c == '{') {
      ++depth_;
      if (table_depth_ == 0 && (recent_.ends_with("return") || recent_.ends_with("="))) {
        table_depth_ = depth_;
        table_line_ = line_;
      }
    }
    if (std::isspace(static_cast<unsigned char>(c)) == 0) recent_ += c;
    if (recent_.size() > 100) recent_.erase(0, 90);
    if (c != '}') return;
    if (depth_ == table_depth_) {
      table_depth_ = 0;
      table_lines_ += line_ - table_line_;
    }
    if (--depth_ > 0) return;
    const std::size_t lines = line_ - head_line_ + 1 - table_lines_;
    if (!is_data_ && lines > kFunctionLinesMax) {
      offences_.push_back(
          {path_, head_line_,
           "function of " + std::to_string(lines) + " lines (at most " + std::to_string(kFunctionLinesMax) + ")"});
    }
    restart_head();
  }

  /// namespace N {, class C : public B {, template <class T> struct S {, extern "C" {
  [[nodiscard]] bool is_scope() const {
    std::string_view head = head_;
    if (head.starts_with("template")) head.remove_prefix(end_of_template(head));
    const bool has_arguments = head.find('(') != std::string_view::npos;
    for (const std::string_view word : {"namespace", "class", "struct", "union", "extern", "inline namespace"}) {
      if (head.starts_with(word) && !has_arguments) return true;
    }
    // Access labels stand before a nested type: `public: struct S {`.
    for (const std::string_view word : {"class", "struct", "union"}) {
      if (!has_arguments && !has_equals_sign() && find_word(head, word)) return true;
    }
    return false;
  }

  static std::size_t end_of_template(std::string_view head) {
    int depth = 0;
    std::size_t at = head.find('<');
    for (; at < head.size(); ++at) {
      if (head[at] == '<') ++depth;
      if (head[at] == '>' && --depth == 0) break;
    }
    at = head.find_first_not_of(" \n", std::min(at + 1, head.size()));
    return std::min(at, head.size());
  }

  /// An equals sign that makes what follows data: not one of an operator's name or of a default argument.
  [[nodiscard]] bool has_equals_sign() const {
    if (find_word(head_, "operator")) return false;
    int depth = 0;
    for (const char c : head_) {
      if (c == '(' || c == '<') ++depth;
      if (c == ')' || c == '>') --depth;
      if (c == '=' && depth == 0) return true;
    }
    return false;
  }

  std::string path_;
  std::string code_;
  std::string head_;
  std::size_t line_ = 1;
  std::size_t head_line_ = 1;
  std::size_t depth_ = 0;
  std::string recent_;           ///< the last characters inside a function, without blanks
  std::size_t table_depth_ = 0;  ///< depth of the table being read; 0 outside of one
  std::size_t table_line_ = 0;
  std::size_t table_lines_ = 0;
  bool is_data_ = false;
  Offences offences_;
};

// ---- Markdown -------------------------------------------------------------------------------------------------------

/// The anchor that GitHub makes of a heading.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    if (c == ' ') anchor += '-';
    if (is_word(c) || c == '-' || static_cast<unsigned char>(c) >= 0x80) {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return anchor;
}

bool has_anchor(std::string_view page, std::string_view anchor) {
  return std::ranges::any_of(lines_of(page), [&](std::string_view line) {
    if (!line.starts_with('#')) return false;
    const std::size_t begin = line.find_first_not_of("# ");
    return begin != std::string_view::npos && anchor_of(line.substr(begin)) == anchor;
  });
}

std::optional<std::string> fault_of_link(std::string_view target, const SourceFile& file,
                                         const std::filesystem::path& root) {
  for (const std::string_view scheme : {"http://", "https://", "mailto:"}) {
    if (target.starts_with(scheme)) return std::nullopt;
  }
  const std::size_t hash = target.find('#');
  const std::string_view path = target.substr(0, hash);
  std::string page = file.text;
  if (!path.empty()) {
    const std::filesystem::path place = root / std::filesystem::path(file.path).parent_path() / path;
    if (!std::filesystem::exists(place)) return "link to " + std::string(target) + ", which does not exist";
    if (hash == std::string_view::npos || place.extension() != ".md") return std::nullopt;
    const auto files = read_project(place.parent_path());
    const auto found = std::ranges::find(files, place.filename().string(), &SourceFile::path);
    page = found == files.end() ? std::string() : found->text;
  }
  if (hash == std::string_view::npos || has_anchor(page, target.substr(hash + 1))) return std::nullopt;
  return "link to " + std::string(target) + ": no such heading";
}

}  // namespace

Offences check_file_length(const SourceFile& file) {
  const std::size_t lines = lines_of(file.text).size();
  if (file.path.ends_with(".md") || file.path.ends_with(".json") || lines <= kFileLinesMax) return {};
  return {{file.path, lines,
           "file of " + std::to_string(lines) + " lines (at most " + std::to_string(kFileLinesMax) + ")"}};
}

Offences check_function_lengths(const SourceFile& file) {
  if (!file.is_cpp()) return {};
  return FunctionReader(file).run();
}

Offences check_opening(const SourceFile& file) {
  if (!file.is_cpp()) return {};
  const std::vector<std::string_view> lines = lines_of(file.text);
  std::size_t comment = 0;
  while (comment < lines.size() && lines[comment].starts_with("//")) ++comment;
  if (!file.is_header()) {
    if (!file.path.ends_with("_test.cpp") || comment > 0) return {};
    return {{file.path, 1, "a test opens with its goal and method"}};
  }
  Offences offences;
  // What tests share has a smaller public.
  const std::size_t least = file.is_under("src") ? 2 : 1;
  if (comment < least || comment > 8) {
    offences.push_back({file.path, 1,
                        "a header opens with a comment of " + std::to_string(least) + " to 8 lines, this one of " +
                            std::to_string(comment)});
  }
  if (comment >= lines.size() || lines[comment] != "#pragma once") {
    offences.push_back({file.path, comment + 1, "#pragma once follows the opening comment"});
  }
  return offences;
}

Offences check_banned_calls(const SourceFile& file) {
  if (!file.is_cpp() || !file.is_under("src")) return {};
  const std::string code = code_of(file.text);
  const std::vector<std::string_view> lines = lines_of(code);
  Offences offences;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const Banned& banned : kBanned) {
      if (!find_word(lines[i], banned.call)) continue;
      if (std::ranges::any_of(banned.places, [&](auto place) { return file.path.starts_with(place); })) continue;
      offences.push_back({file.path, i + 1, std::string(banned.call) + ": " + std::string(banned.instead)});
    }
  }
  return offences;
}

Offences check_leftovers(const SourceFile& file) {
  // Put together here, so that this file does not offend.
  static const std::array<std::string, 3> kMarks = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                                    std::string("XX") + "X"};
  static const std::array<std::string, 5> kPlaces = {std::string("/wo") + "rk/h/", std::string("/wo") + "rk/main",
                                                     std::string("/wo") + "rk/shared", std::string("/ho") + "me/",
                                                     std::string("/Us") + "ers/"};
  // Pages may speak of marks and show tabs.
  const bool is_page = file.path.ends_with(".md");
  Offences offences;
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    const auto offend = [&](const std::string& what) { offences.push_back({file.path, i + 1, what}); };
    for (const std::string& mark : kMarks) {
      if (!is_page && find_word(line, mark)) offend("unfinished: " + mark);
    }
    for (const std::string& place : kPlaces) {
      const std::size_t at = line.find(place);
      if (at == std::string_view::npos) continue;
      const bool continues = at > 0 && (is_word(line[at - 1]) || std::string_view(".}-*").find(line[at - 1]) < 4);
      if (!continues) offend("path of a machine: " + place);
    }
    if (!is_page && line.find('\t') != std::string_view::npos) offend("tab");
    if (!line.empty() && (line.back() == ' ' || line.back() == '\r')) offend("blank at the end of the line");
  }
  return offences;
}

Offences check_links(const SourceFile& file, const std::filesystem::path& root) {
  if (!file.path.ends_with(".md")) return {};
  Offences offences;
  const std::vector<std::string_view> lines = lines_of(file.text);
  bool in_code = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("```")) in_code = !in_code;
    if (in_code) continue;
    for (std::size_t at = lines[i].find("]("); at != std::string_view::npos; at = lines[i].find("](", at + 2)) {
      const std::size_t end = lines[i].find_first_of(") ", at + 2);
      if (end == std::string_view::npos) continue;
      const auto fault = fault_of_link(lines[i].substr(at + 2, end - at - 2), file, root);
      if (fault) offences.push_back({file.path, i + 1, *fault});
    }
  }
  return offences;
}

}  // namespace strongroom::law
