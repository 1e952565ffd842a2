// Files of a bag as the contracts of deposits write and look for them.
// Any thread.
#pragma once

#include <map>
#include <string>

#include "contracts/contract.hpp"
#include "ports/deposit.hpp"

namespace strongroom::contracts {

/// Names in a bag -> bytes.
using Files = std::map<std::string, std::string>;

/// A bag of few files that are all different in kind.
[[nodiscard]] Files sample_bag();
/// A bag of its own for each check of each run.
[[nodiscard]] BagId bag_named(const std::string& run, const std::string& name);

Result<void> put_one(Deposit& deposit, const std::string& name, const std::string& content);
Result<void> put_all(Deposit& deposit, const Files& files);
/// The deposit lists exactly these files and reads each of them back.
Result<void> expect_deposit(Deposit& deposit, const Files& files);
/// Exactly these files lie below `prefix`.
Result<void> expect_stored(ObjectStore& store, const std::string& prefix, const Files& files);

}  // namespace strongroom::contracts
