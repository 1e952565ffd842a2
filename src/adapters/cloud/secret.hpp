// A secret as the configuration names it: a file, or a variable of the environment (transfers.md 16.2).
//
// A file is read at each use, so that a rotated key needs no restart. Errors name the setting, never what was found.
// Any thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/cloud/environment.hpp"
#include "base/result.hpp"

namespace strongroom::cloud {

struct SecretPlace {
  std::string file{};      ///< its path; empty: a variable
  std::string variable{};  ///< name of it
};

class Secret {
 public:
  /// `name`: of the setting, for errors: `archivematica.dashboard.apiKey`.
  Secret(std::string name, SecretPlace place, Environment environment);

  /// As it is now, without line ends and blanks at its end; never empty. Reason::forbidden (broken) when it is not
  /// there.
  [[nodiscard]] Result<std::string> value() const;
  /// It is named at all.
  [[nodiscard]] bool is_named() const { return !place_.file.empty() || !place_.variable.empty(); }
  /// Another look may find another text.
  [[nodiscard]] bool may_change() const { return !place_.file.empty(); }

 private:
  const std::string name_;
  const SecretPlace place_;
  const Environment environment_;
};

/// `text` with each of `secrets` in it as `***`; empty ones are passed over.
[[nodiscard]] std::string without_secrets(std::string text, const std::vector<std::string>& secrets);

}  // namespace strongroom::cloud
