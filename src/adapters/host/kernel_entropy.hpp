// Random bytes from the kernel (getrandom), fit for secrets. Any thread may call.
//
// Waits at most once in a machine's life: until the kernel has gathered enough at start-up.
#pragma once

#include "ports/entropy.hpp"

namespace strongroom::host {

class KernelEntropy final : public Entropy {
 public:
  void fill(ByteSpan bytes) override;
};

}  // namespace strongroom::host
