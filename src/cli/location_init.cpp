#include "cli/location_init.hpp"

#include <filesystem>

#include "adapters/objects/filesystem/root.hpp"
#include "base/text.hpp"

namespace strongroom::cli {

Exit location_init(const LocationInitOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  if (options.label.empty() || !is_utf8(options.label) || has_control_characters(options.label)) {
    return complain(console, Exit::usage, "--label must be a text on one line");
  }
  if (!options.prefix.empty() && options.prefix.back() != '/') {
    return complain(console, Exit::usage, "--prefix must end in a slash");
  }
  std::error_code trouble;
  std::filesystem::create_directories(options.path + "/" + options.prefix, trouble);
  if (trouble) return complain(console, Exit::usage, options.path + ": cannot be made: " + trouble.message());
  const Result<std::string> uuid =
      filesystem::init_location(options.path, options.prefix, options.label, surroundings.entropy);
  if (!uuid) return complain(console, Exit::usage, uuid.error());
  console.out("location " + options.label + " at " + options.path + ": " + uuid.value() + "\n");
  return Exit::success;
}

}  // namespace strongroom::cli
