// A stored version downloaded into a directory, file by file, each checked by its own digest.
//
// All of it grows in a directory `{target}.part`, which becomes the target when nothing is missing: whole files under
// their names, others under their number. So a download that was interrupted goes on where it stopped, in the middle of
// a file, too. What comes out is a complete bag, as a package of the service is: without fetch.txt. Memory does not
// grow with the number of files. Blocking; several connections.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "cli/api_session.hpp"
#include "cli/command.hpp"
#include "cli/stored_bag_name.hpp"

namespace strongroom::cli {

struct Downloaded {
  std::filesystem::path path;
  std::string version;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Before `{target}.part` becomes the target: an Error leaves it as it is.
using DownloadCheck = std::function<Result<void>(const std::filesystem::path& bag)>;

/// `target` is empty for the export's name in the working directory. Rejected when it is there already
/// (Reason::already_exists), and when another version was begun there (Reason::conflict). Reason::corrupt: the service
/// gave other bytes than it says. Errors of this machine are broken, others those of the service.
Result<Downloaded> download_bag(const Surroundings& surroundings, ApiSession& session, StoredBagName name,
                                std::filesystem::path target, const DownloadCheck& check);

}  // namespace strongroom::cli
