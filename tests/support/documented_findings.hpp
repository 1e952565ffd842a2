// The catalogue of findings as docs/findings.md has it: rows that begin `| rule | kind |`, each a `{rule} {kind}`.
#pragma once

#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace strongroom::testing_support {

inline std::set<std::string> documented_findings() {
  std::ifstream page(STRONGROOM_SOURCE_DIR "/docs/findings.md");
  const std::regex row("\\| ([A-Z][0-9]{1,2}) \\| `([a-z0-9-]+)` \\|.*");
  std::set<std::string> findings;
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (std::regex_match(line, match, row)) findings.insert(match[1].str() + " " + match[2].str());
  }
  return findings;
}

}  // namespace strongroom::testing_support
