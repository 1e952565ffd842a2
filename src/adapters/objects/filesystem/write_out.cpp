#include "adapters/objects/filesystem/write_out.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "adapters/objects/filesystem/posix.hpp"

namespace strongroom::filesystem {

void WriteOut::begin(int directory) {
  if (busy_.exchange(true)) return;
  // An open file of its own: each one is told of an error once.
  const auto fd = std::make_shared<const Fd>(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  lane_->post([this, fd] {
    if (fd->valid()) ::syncfs(fd->get());
    busy_ = false;
  });
}

}  // namespace strongroom::filesystem
