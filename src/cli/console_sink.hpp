// Standard output as a byte sink, for documents that pass through as they are.
//
// One thread at a time.
#pragma once

#include "adapters/host/console.hpp"
#include "base/bytes.hpp"

namespace strongroom::cli {

class ConsoleSink final : public ByteSink {
 public:
  explicit ConsoleSink(host::Console& console) : console_(console) {}
  Result<void> write(ByteView bytes) override {
    console_.out(as_text(bytes));
    return ok();
  }

 private:
  host::Console& console_;
};

}  // namespace strongroom::cli
