#include "adapters/cloud/secret_file.hpp"

#include <fstream>
#include <iterator>

namespace strongroom::cloud {

std::optional<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(std::istreambuf_iterator<char>(file), {});
  text.resize(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

}  // namespace strongroom::cloud
