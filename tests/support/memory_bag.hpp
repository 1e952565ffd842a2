// MemoryBag: a BagView of files in memory, and a ProblemSink that keeps what it gets.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bagit/check.hpp"
#include "support/bag_builder.hpp"

namespace strongroom::testing_support {

class MemoryBag final : public bagit::BagView {
 public:
  /// `known`: the digests that unpacking has computed; sha256 always.
  explicit MemoryBag(BagFiles files, std::vector<Algorithm> known = {Algorithm::sha256})
      : files_(std::move(files)), known_(std::move(known)) {}

  Result<std::unique_ptr<bagit::EntryReader>> entries() override {
    return std::unique_ptr<bagit::EntryReader>(std::make_unique<Reader>(*this));
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
    opened_.push_back(name);
    if (unreadable_.contains(name)) return rejected("the file cannot be read", name);
    const auto found = files_.find(name);
    if (found == files_.end()) return broken("no such file", name, Reason::not_found);
    return std::unique_ptr<ByteSource>(std::make_unique<TextSource>(found->second));
  }

  void make_unreadable(const std::string& name) { unreadable_.insert(name); }
  /// Names given to open(), in order.
  [[nodiscard]] const std::vector<std::string>& opened() const { return opened_; }

 private:
  class Reader final : public bagit::EntryReader {
   public:
    explicit Reader(const MemoryBag& bag) : bag_(bag), at_(bag.files_.begin()) {}
    Result<const InventoryEntry*> next() override {
      if (at_ == bag_.files_.end()) return static_cast<const InventoryEntry*>(nullptr);
      entry_ = InventoryEntry{at_->first, at_->second.size(), {}};
      for (Algorithm algorithm : bag_.known_) entry_.digests.push_back(digest_of(algorithm, at_->second));
      ++at_;
      return static_cast<const InventoryEntry*>(&entry_);
    }

   private:
    const MemoryBag& bag_;
    BagFiles::const_iterator at_;
    InventoryEntry entry_;
  };

  BagFiles files_;
  std::vector<Algorithm> known_;
  std::set<std::string> unreadable_;
  std::vector<std::string> opened_;
};

class ProblemList final : public ProblemSink {
 public:
  Result<void> add(Problem problem) override {
    problems.push_back(std::move(problem));
    return {};
  }
  /// The first of a rule, or null.
  [[nodiscard]] const Problem* find(std::string_view rule) const {
    for (const Problem& problem : problems) {
      if (problem.rule == rule) return &problem;
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t count(std::string_view rule) const {
    return static_cast<std::size_t>(
        std::count_if(problems.begin(), problems.end(), [rule](const Problem& p) { return p.rule == rule; }));
  }

  std::vector<Problem> problems;
};

}  // namespace strongroom::testing_support
