// A file of this machine as it is written: durable once it is finished, and until then nothing to rely on.
// One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.hpp"

namespace strongroom::cli {

class WrittenFile final : public ByteSink {
 public:
  enum class How : std::uint8_t {
    fresh,    ///< there must be none yet
    emptied,  ///< one that is there is begun anew
    resumed,  ///< one that is there is gone on with
  };
  /// Broken when it cannot be opened; `what` has the system's reason.
  static Result<std::unique_ptr<WrittenFile>> open(const std::filesystem::path& path, How how);
  ~WrittenFile() override;
  WrittenFile(const WrittenFile&) = delete;
  WrittenFile& operator=(const WrittenFile&) = delete;

  Result<void> write(ByteView bytes) override;
  Result<void> write(std::string_view text) { return write(as_bytes(text)); }
  /// Writes what is held back, so that the file has all there is; it may then still be lost with the machine's power.
  Result<void> flush();
  /// The same, durably.
  Result<void> finish();

 private:
  WrittenFile(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}

  const int descriptor_;
  const std::filesystem::path path_;
  std::string held_;
};

}  // namespace strongroom::cli
