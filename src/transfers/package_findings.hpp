// What reading a transfer package may find, each with its words: what is wrong, and how the archivist puts it right.
//
// Pure functions; any thread. Source: transfers.md 6.2, 6.3 and 5.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transfers/finding.hpp"

namespace strongroom::transfers {

/// Members that have something in common: all are counted, the first ten are named.
class FewNames {
 public:
  /// `remark` stands behind the name, such as ` (method 98)`.
  void add(std::string_view name, std::string_view remark = {});
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// `"a", "b" and 3 more`.
  [[nodiscard]] std::string text() const;
  /// The name, where there is but one; any bytes.
  [[nodiscard]] std::string only() const { return count_ == 1 ? first_ : std::string(); }

 private:
  std::uint64_t count_ = 0;
  std::string first_;
  std::vector<std::string> shown_;
};

/// ` (method 98, PPMd)`.
[[nodiscard]] std::string method_remark(std::uint16_t method);

// Of the package as a whole.
[[nodiscard]] Finding zip_empty();
/// `head`: the first bytes.
[[nodiscard]] Finding zip_not_zip(std::string_view head);
[[nodiscard]] Finding zip_truncated_end();
[[nodiscard]] Finding zip_truncated_directory();
[[nodiscard]] Finding zip_multidisk();
[[nodiscard]] Finding zip_encrypted_directory();
/// `detail`: half a sentence about the directory, such as `it has bytes that are no entry`.
[[nodiscard]] Finding zip_corrupt_directory(std::string_view detail);
[[nodiscard]] Finding zip_too_many_members();

// Of members.
[[nodiscard]] Finding zip_encrypted(const FewNames& members);
[[nodiscard]] Finding zip_bad_names(const FewNames& members);
[[nodiscard]] Finding unknown_methods(const FewNames& members);
[[nodiscard]] Finding duplicate_member(std::string_view name, std::uint64_t count);
/// Those that are not named one by one.
[[nodiscard]] Finding more_duplicate_members(std::uint64_t names);

// Of one CSV.
[[nodiscard]] Finding zip_truncated_csv(std::string_view file);
/// `detail`: half a sentence about the file.
[[nodiscard]] Finding zip_corrupt_csv(std::string_view file, std::string_view detail);
[[nodiscard]] Finding zip_method(std::string_view file, std::uint16_t method);
[[nodiscard]] Finding csv_too_big(std::string_view file);

}  // namespace strongroom::transfers
