// A manifest as it would be if a file were not there: the lines that list it are left out, all other bytes stay.
//
// For tag manifests of the archive, which are UTF-8 (bag-acceptance.md A6). Streamed, one line at a time; one thread.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.hpp"

namespace strongroom::bagit {

class ManifestWithout final : public ByteSource {
 public:
  /// `path` as a manifest has it, without any prefix: `fetch.txt`.
  ManifestWithout(std::unique_ptr<ByteSource> manifest, std::string path);
  /// Reason::corrupt (broken) for a line longer than any that is accepted.
  Result<std::size_t> read(ByteSpan into) override;

 private:
  Result<void> fill();
  void take_line(std::string_view line);

  std::unique_ptr<ByteSource> manifest_;
  const std::string path_;
  std::string held_;  ///< read, and not yet a whole line
  std::string out_;   ///< what is to be given
  std::size_t given_ = 0;
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace strongroom::bagit
