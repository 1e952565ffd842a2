// MemorySink: an EntrySink that keeps what it is given, with the exclusive creation that the contract asks for.
#pragma once

#include <map>
#include <set>
#include <string>

#include "archive/unpack.hpp"

namespace strongroom::testing_support {

class MemorySink final : public archive::EntrySink {
 public:
  Result<void> begin(const std::string& name, std::uint64_t size) override {
    if (name == refuse_at) return temporary("the disk is away", name, Reason::no_space);
    if (auto made = make_parents(name); !made) return made;
    if (directories.contains(name) || !files.emplace(name, "").second) return taken(name);
    order.push_back(name);
    current_ = name;
    announced[name] = size;
    return {};
  }
  Result<void> data(ByteView bytes) override {
    files[current_].append(as_text(bytes));
    return {};
  }
  Result<void> end() override {
    ++ended;
    return {};
  }
  Result<void> directory(const std::string& name) override {
    if (auto made = make_parents(name); !made) return made;
    if (files.contains(name)) return taken(name);
    directories.insert(name);
    return {};
  }

  std::map<std::string, std::string> files;
  std::map<std::string, std::uint64_t> announced;
  std::set<std::string> directories;  ///< named, or a parent of something
  std::vector<std::string> order;
  std::size_t ended = 0;
  std::string refuse_at;  ///< begin() of this name fails

 private:
  static Result<void> taken(const std::string& name) { return rejected("exists", name, Reason::already_exists); }
  Result<void> make_parents(const std::string& name) {
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      const std::string parent = name.substr(0, slash);
      if (files.contains(parent)) return taken(parent);
      directories.insert(parent);
    }
    return {};
  }

  std::string current_;
};

}  // namespace strongroom::testing_support
