#include "adapters/host/console.hpp"
#include "cli/run.hpp"

int main(int count, char** arguments) {
  strongroom::host::SystemConsole console;
  return strongroom::cli::run({arguments + (count > 0 ? 1 : 0), arguments + count}, console);
}
