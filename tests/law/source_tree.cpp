#include "law/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace strongroom::law {
namespace {

namespace fs = std::filesystem;

bool is_written_by_people(const fs::path& path) {
  static const std::set<std::string> kEndings = {".cpp", ".hpp", ".cmake", ".json", ".md",  ".py",  ".sh",
                                                 ".sql", ".txt", ".toml",  ".yml",  ".inc", ".html"};
  static const std::set<std::string> kNames = {"dev", "run", ".clang-format", ".clang-tidy", ".gitignore"};
  return kEndings.contains(path.extension().string()) || kNames.contains(path.filename().string());
}

bool is_foreign(const fs::path& path) {
  static const std::set<std::string> kNames = {".git", "build", "node_modules", "__pycache__", "corpus", "golden"};
  return kNames.contains(path.filename().string());
}

/// Walks over C++ text and copies what is code; the rest becomes blanks.
class CodeReader {
 public:
  CodeReader(std::string_view text, Literals literals) : text_(text), out_(text), keep_(literals == Literals::keep) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (begins("//")) {
        blank_until(text_.find('\n', at_));
      } else if (begins("/*")) {
        blank_past("*/", at_ + 2);
      } else if (begins("R\"")) {
        raw_literal();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
        literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool begins(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  [[nodiscard]] bool is_digit_separator() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }

  void blank_until(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void blank_past(std::string_view mark, std::size_t from) {
    const std::size_t found = text_.find(mark, from);
    blank_until(found == std::string_view::npos ? found : found + mark.size());
  }
  void raw_literal() {
    const std::size_t open = text_.find('(', at_);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    if (keep_) {
      at_ = std::min(text_.size(), text_.find(close, open) + close.size());
    } else {
      blank_past(close, open);
    }
  }
  void literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end + 1, text_.size());
    if (keep_) {
      at_ = end;
    } else {
      blank_until(end);
    }
  }

  std::string_view text_;
  std::string out_;
  bool keep_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::vector<SourceFile> read_project(const fs::path& root) {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    if (entry->is_directory()) {
      if (is_foreign(entry->path())) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || !is_written_by_people(entry->path())) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    files.push_back({fs::relative(entry->path(), root).generic_string(), text.str()});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string code_of(std::string_view text, Literals literals) { return CodeReader(text, literals).run(); }

std::string report(const Offences& offences) {
  std::ostringstream out;
  for (const Offence& offence : offences) {
    PrintTo(offence, &out);
    out << '\n';
  }
  return out.str();
}

}  // namespace strongroom::law
