#include "cli/command.hpp"

namespace strongroom::cli {

Exit complain(host::Console& console, Exit code, std::string_view what) {
  console.err("strongroom: " + std::string(what) + "\n");
  return code;
}

Exit complain(host::Console& console, Exit code, const Error& error) { return complain(console, code, error.text()); }

}  // namespace strongroom::cli
