#include "ingest/package_files.hpp"

namespace strongroom::ingest {

PackageFiles::PackageFiles(WorkArea& area, const std::vector<Place>& places, StagingTicket ticket, std::string root)
    : area_(area), places_(&places), ticket_(std::move(ticket)), root_(std::move(root)) {}

PackageFiles::PackageFiles(WorkArea& area, std::string root) : area_(area), root_(std::move(root)) {}

Result<std::unique_ptr<ByteSource>> PackageFiles::open(const std::string& name) {
  auto found = area_.open_file(root_ + name);
  if (found || found.error().reason != Reason::not_found || !ticket_) return found;
  // A location in trouble may be the only one that has it: then it is waited for.
  std::optional<Error> trouble;
  for (const Place& place : *places_) {
    const auto staged = place.depository.intake(*ticket_);
    if (staged && *staged == nullptr) continue;
    auto opened = staged ? (*staged)->open_file(root_, name) : Result<std::unique_ptr<ByteSource>>(staged.error());
    if (opened) return opened;
    if (opened.error().reason != Reason::not_found && !trouble) trouble = opened.error();
  }
  return trouble ? std::move(*trouble) : std::move(found).error();
}

}  // namespace strongroom::ingest
