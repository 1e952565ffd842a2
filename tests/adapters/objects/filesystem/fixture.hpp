// A location on a disk and short ways to use it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <map>
#include <memory>
#include <string>

#include "adapters/objects/filesystem/location.hpp"
#include "adapters/objects/support.hpp"
#include "contracts/contract.hpp"
#include "domain/layout.hpp"

namespace strongroom::test {

using Files = std::map<std::string, std::string>;

inline BagId bag_id(const std::string& identifier = "x") {
  return {*Space::parse("maps"), *ExternalIdentifier::parse(identifier)};
}

/// Ingest 1 under a fence, version 1 unless said otherwise.
inline DepositTicket ticket(std::int64_t fence, std::int64_t version = 1, std::optional<Fence> adopt = {}) {
  return {bag_id(), Version(version), contracts::ingest_named("ingest 1"), Fence{fence}, adopt};
}
inline std::string staged_tree(std::int64_t fence) {
  return layout::staging_directory(contracts::ingest_named("ingest 1"), Fence{fence}) + "/tree/";
}

/// Makes the directory a location and opens it.
inline Result<std::unique_ptr<filesystem::FilesystemLocation>> new_location(
    const std::string& root, std::optional<filesystem::Barrier> barrier = {}) {
  CountingEntropy entropy;
  TRY(const std::string uuid, filesystem::init_location(root, "", "a location", entropy));
  return filesystem::FilesystemLocation::open_location({root, "", uuid, barrier});
}

inline Result<void> put_file(Deposit& deposit, const std::string& name, const std::string& content) {
  return deposit.put({name, content.size(), digest_of(Algorithm::sha256, content)}, contracts::opener_of(content));
}
inline Result<void> put_object(ObjectStore& store, const std::string& key, const std::string& content) {
  return store.put(key, contracts::spec_of(content), contracts::opener_of(content));
}
inline Result<std::unique_ptr<Deposit>> sealed(Depository& depository, const DepositTicket& of, const Files& files) {
  TRY(std::unique_ptr<Deposit> deposit, depository.open(of));
  for (const auto& [name, content] : files) TRY_VOID(put_file(*deposit, name, content));
  TRY_VOID(deposit->seal());
  return deposit;
}
inline Result<std::string> read_back(Deposit& deposit, const std::string& name) {
  TextSink sink;
  TRY_VOID(deposit.read_back(name, sink));
  return sink.take();
}

/// Stops a filesystem as a power cut does: what was not made durable is lost, the journal in memory too.
inline bool cut_power(const std::string& mount) {
  constexpr std::uint32_t kWithoutFlushingTheLog = 2;
  std::uint32_t flags = kWithoutFlushingTheLog;
  const filesystem::Fd fd(::open(mount.c_str(), O_RDONLY | O_DIRECTORY));
  return ::ioctl(fd.get(), _IOR('X', 125, std::uint32_t), &flags) == 0;
}

}  // namespace strongroom::test
