// A list that the service gives in pages, printed as one JSON document.
//
// Written page by page, so memory does not grow with it. One thread.
#pragma once

#include <cstddef>
#include <string>

#include "adapters/host/console.hpp"
#include "cli/json_tree.hpp"

namespace strongroom::cli {

class JsonList {
 public:
  explicit JsonList(host::Console& console) : console_(console) {}

  /// Before the first document of a page; only the first call counts.
  void begin(const std::string& context) {
    if (begun_) return;
    begun_ = true;
    std::string head = "{";
    if (!context.empty()) head += "\"@context\":" + JsonTree(JsonTree::Kind::string, context).json() + ",";
    console_.out(head + "\"type\":\"ResultList\",\"results\":[");
  }
  void add(const std::string& document) { console_.out((count_++ > 0 ? "," : "") + document); }
  void end() { console_.out("]}\n"); }

 private:
  host::Console& console_;
  bool begun_ = false;
  std::size_t count_ = 0;
};

}  // namespace strongroom::cli
