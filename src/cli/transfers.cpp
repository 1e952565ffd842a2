#include "cli/transfers.hpp"

#include "cli/transfers_examine.hpp"

namespace strongroom::cli {

Command transfers_group() {
  Command group("transfers", "packages for Archivematica");
  group.description = "Commands about the zip packages that archivists hand over for Archivematica.";
  group.commands.push_back(transfers_examine_command());
  return group;
}

}  // namespace strongroom::cli
