// BagBuilder: a right bag as a map of name to content, to be broken by a test in one place.
//
// build() makes every tag file; retag() makes the tag manifests right again after a change, and remanifest() the
// payload manifests too, so that a test is about its own fault only. Knows neither archives nor the code under test.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"

namespace strongroom::testing_support {

using BagFiles = std::map<std::string, std::string>;

inline bool is_tag_manifest_name(std::string_view name) {
  return name.starts_with("tagmanifest-") && name.find('/') == std::string_view::npos;
}

/// `%`, CR and LF as BagIt 1.0 has them in manifests; before 1.0 `%` stays.
inline std::string manifest_path(std::string_view name, bool encode_percent) {
  std::string path;
  for (char c : name) {
    if (c == '\n') {
      path += "%0A";
    } else if (c == '\r') {
      path += "%0D";
    } else if (c == '%' && encode_percent) {
      path += "%25";
    } else {
      path += c;
    }
  }
  return path;
}

/// Lines for all payload files, or for all tag files but the tag manifests.
inline std::string manifest_text(const BagFiles& files, bool payload, Algorithm algorithm, std::string_view line_end) {
  const auto declaration = files.find("bagit.txt");
  const bool percent = declaration != files.end() && declaration->second.find("1.0") != std::string::npos;
  std::string text;
  for (const auto& [name, content] : files) {
    if (name.starts_with("data/") != payload || is_tag_manifest_name(name)) continue;
    text += digest_of(algorithm, content).hex() + "  " + manifest_path(name, percent);
    text += line_end;
  }
  return text;
}

/// The algorithm of `manifest-{alg}.txt` or `tagmanifest-{alg}.txt`, if that is what `name` is.
inline std::optional<Algorithm> algorithm_in(std::string_view name) {
  const auto dash = name.find('-');
  if (dash == std::string_view::npos || !name.ends_with(".txt") || name.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  if (!name.starts_with("manifest-") && !name.starts_with("tagmanifest-")) return std::nullopt;
  return parse_algorithm(name.substr(dash + 1, name.size() - dash - 5));
}

/// Writes every tag manifest there is anew.
inline void retag(BagFiles& files, std::string_view line_end = "\n") {
  for (auto& [name, content] : files) {
    const auto algorithm = algorithm_in(name);
    if (algorithm && is_tag_manifest_name(name)) content = manifest_text(files, false, *algorithm, line_end);
  }
}

/// Writes every manifest there is anew, the tag manifests last.
inline void remanifest(BagFiles& files, std::string_view line_end = "\n") {
  for (auto& [name, content] : files) {
    const auto algorithm = algorithm_in(name);
    if (algorithm && !is_tag_manifest_name(name)) content = manifest_text(files, true, *algorithm, line_end);
  }
  retag(files, line_end);
}

class BagBuilder {
 public:
  /// Five files as in cases-storage.md, notation: BagIt 0.97, `data/a.txt` of 6 bytes, sha256.
  explicit BagBuilder(std::string identifier = "x") : identifier_(std::move(identifier)) {}

  BagBuilder& version(std::string text) { return set(version_, std::move(text)); }
  BagBuilder& line_end(std::string text) { return set(line_end_, std::move(text)); }
  BagBuilder& payload_algorithms(std::vector<Algorithm> algorithms) { return set(payload_, std::move(algorithms)); }
  BagBuilder& tag_algorithms(std::vector<Algorithm> algorithms) { return set(tag_, std::move(algorithms)); }
  BagBuilder& without_payload() {
    std::erase_if(files_, [](const auto& file) { return file.first.starts_with("data/"); });
    return *this;
  }
  BagBuilder& file(const std::string& name, std::string content) { return set(files_[name], std::move(content)); }
  /// A whole line of bag-info.txt, without its end.
  BagBuilder& info(std::string line) {
    info_.push_back(std::move(line));
    return *this;
  }

  [[nodiscard]] BagFiles build() const {
    BagFiles files = files_;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    for (const auto& [name, content] : files) {
      if (!name.starts_with("data/")) continue;
      count += 1;
      bytes += content.size();
    }
    files["bagit.txt"] = "BagIt-Version: " + version_ + line_end_ + "Tag-File-Character-Encoding: UTF-8" + line_end_;
    std::string& info = files["bag-info.txt"];
    info = "External-Identifier: " + identifier_ + line_end_ + "Bagging-Date: 2024-05-01" + line_end_ +
           "Payload-Oxum: " + std::to_string(bytes) + "." + std::to_string(count) + line_end_;
    for (const std::string& line : info_) info += line + line_end_;
    for (Algorithm a : payload_) files["manifest-" + std::string(name_of(a)) + ".txt"];
    for (Algorithm a : tag_) files["tagmanifest-" + std::string(name_of(a)) + ".txt"];
    remanifest(files, line_end_);
    return files;
  }

 private:
  template <class T>
  BagBuilder& set(T& member, T value) {
    member = std::move(value);
    return *this;
  }

  std::string identifier_;
  std::string version_ = "0.97";
  std::string line_end_ = "\n";
  std::vector<Algorithm> payload_ = {Algorithm::sha256};
  std::vector<Algorithm> tag_ = {Algorithm::sha256};
  BagFiles files_ = {{"data/a.txt", "hello\n"}};
  std::vector<std::string> info_;
};

}  // namespace strongroom::testing_support
