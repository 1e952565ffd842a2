// What every subcommand shares: its surroundings and its exit codes.
//
// A subcommand is a function from its options to an exit code; it prints through the console and nothing else.
#pragma once

#include "adapters/cloud/environment.hpp"
#include "adapters/host/console.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"

namespace strongroom::cli {

/// Exit codes of the program, the same for every subcommand; shown by `strongroom --help`.
enum class Exit : int {
  success = 0,
  failed = 1,       ///< what was asked about did not turn out well: the ingest, the audit log
  usage = 2,        ///< wrong arguments, a configuration that cannot be, a local file that is not what it should be
  unavailable = 3,  ///< the service did not answer, or refused
  timed_out = 4,    ///< what was waited for has not come in time
  later = 75,       ///< something waits: the same command again later goes on (EX_TEMPFAIL)
};

/// `--color`: where colours are wanted.
enum class Colours : std::uint8_t { automatic, always, never };

struct Surroundings {
  host::Console& console;
  Clock& clock;
  Entropy& entropy;
  Colours colours = Colours::automatic;

  /// The environment as adapters take it; the console outlives it.
  [[nodiscard]] cloud::Environment environment() const {
    return [&console = console](const std::string& name) { return console.environment(name); };
  }
};

/// `strongroom: {what}` on standard error.
Exit complain(host::Console& console, Exit code, std::string_view what);
Exit complain(host::Console& console, Exit code, const Error& error);

}  // namespace strongroom::cli
