#include "contracts/deposit_files.hpp"

#include <algorithm>

namespace strongroom::contracts {

Files sample_bag() {
  return {{"bagit.txt", "BagIt-Version: 1.0\n"},
          {"data/a.txt", "the first letter"},
          {"data/empty", ""},
          {"data/big.bin", sample_text((2U << 20U) + 4097U, 5)},
          {"data/b/c/\xC3\xA9 \xE2\x82\xAC.txt", "names as they are"},
          {"manifest-sha256.txt", sample_text(5000, 9)}};
}

BagId bag_named(const std::string& run, const std::string& name) {
  auto space = Space::parse("contract");
  auto external = ExternalIdentifier::parse(run + "/" + name);
  CHECK(space.has_value() && external.has_value());
  return {*space, *external};
}

Result<void> put_one(Deposit& deposit, const std::string& name, const std::string& content) {
  return deposit.put({name, content.size(), digest_of(Algorithm::sha256, content)}, opener_of(content));
}

Result<void> put_all(Deposit& deposit, const Files& files) {
  for (const auto& [name, content] : files) TRY_VOID(put_one(deposit, name, content));
  return {};
}

Result<void> expect_deposit(Deposit& deposit, const Files& files) {
  std::map<std::string, std::uint64_t> listed;
  TRY_VOID(deposit.list([&](const DepositedFile& file) -> Result<void> {
    return require(listed.emplace(file.name, file.size).second, "a file is listed once: " + file.name);
  }));
  for (const auto& [name, content] : files) {
    TRY_VOID(require(listed.contains(name) && listed[name] == content.size(), "listed with its size: " + name));
    TextSink sink;
    TRY_VOID(deposit.read_back(name, sink));
    TRY_VOID(require(sink.text() == content, "reads back as it is: " + name));
  }
  return require(listed.size() == files.size(), "nothing else is listed");
}

Result<void> expect_stored(ObjectStore& store, const std::string& prefix, const Files& files) {
  TRY(const auto keys, keys_below(store, prefix));
  std::vector<std::string> wanted;
  for (const auto& [name, content] : files) wanted.push_back(prefix + name);
  std::sort(wanted.begin(), wanted.end());
  TRY_VOID(require(keys == wanted, "exactly the version's files are stored"));
  for (const auto& [name, content] : files) {
    TRY(const std::string stored, read_object(store, prefix + name));
    TRY_VOID(require(stored == content, "stored byte for byte: " + name));
  }
  return {};
}

}  // namespace strongroom::contracts
