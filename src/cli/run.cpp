#include "cli/run.hpp"

#include <algorithm>

#include "adapters/host/kernel_entropy.hpp"
#include "adapters/host/system_clock.hpp"
#include "cli/help.hpp"
#include "cli/parse.hpp"
#include "cli/program.hpp"

namespace strongroom::cli {

int run(const std::vector<std::string>& arguments, host::Console& console) {
  constexpr std::size_t kWidest = 100;
  const auto colours = std::make_shared<Colours>(Colours::automatic);
  const Command program = make_program(colours);
  const std::variant<Parsed, UsageFault> parsed = parse_words(program, arguments);
  if (const auto* fault = std::get_if<UsageFault>(&parsed)) {
    return static_cast<int>(complain(console, Exit::usage, fault->text));
  }
  const auto& [wish, route] = std::get<Parsed>(parsed);
  if (wish == Wish::version) {
    console.out(std::string("strongroom ") + STRONGROOM_VERSION + "\n");
    return static_cast<int>(Exit::success);
  }
  if (wish == Wish::help) {
    console.out(help_text(program, route, std::min(kWidest, console.width())));
    return static_cast<int>(Exit::success);
  }
  host::SystemClock clock;
  host::KernelEntropy entropy;
  return static_cast<int>(route.command->run({console, clock, entropy, *colours}));
}

}  // namespace strongroom::cli
