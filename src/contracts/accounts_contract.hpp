// What every store of accounts promises (ports/accounts.hpp), as checks that run on any adapter, each on an empty one.
// Run by the tests of each adapter.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/accounts.hpp"

namespace strongroom::contracts {

using MakeAccounts = std::function<Result<std::unique_ptr<Accounts>>()>;

struct AccountsCheck {
  std::string name;  ///< CamelCase, the promise in a few words
  std::function<Result<void>(Accounts&)> run;
};

[[nodiscard]] std::vector<AccountsCheck> accounts_checks();
/// Success, or an Error whose text is the condition that does not hold and where it stands.
Result<void> run_accounts_check(const AccountsCheck& check, const MakeAccounts& make);

}  // namespace strongroom::contracts
