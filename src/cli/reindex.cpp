#include "cli/reindex.hpp"

#include <memory>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/json_tree.hpp"
#include "cli/readable.hpp"
#include "domain/identifiers.hpp"

namespace strongroom::cli {
namespace {

struct ReindexOptions {
  std::optional<std::string> scope;
  bool json = false;
  ServiceOptions service;
};

/// The request's body for `SPACE`, `SPACE/IDENTIFIER` or nothing.
Result<std::string> body_for(const std::optional<std::string>& scope) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  if (scope) {
    const std::size_t slash = scope->find('/');
    const Result<Space> space = Space::parse(scope->substr(0, slash));
    if (!space) return rejected("space of " + one_line(*scope) + ": " + space.error().what);
    writer.member("space", space->str());
    if (slash != std::string::npos) {
      const Result<ExternalIdentifier> identifier = ExternalIdentifier::parse(scope->substr(slash + 1));
      if (!identifier) return rejected("identifier of " + one_line(*scope) + ": " + identifier.error().what);
      writer.member("externalIdentifier", identifier->str());
    }
  }
  writer.end_object();
  return body;
}

Exit reindex(const ReindexOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  const Result<std::string> body = body_for(options.scope);
  if (!body) return complain(console, Exit::usage, body.error());
  ApiSession session(std::move(credentials).value());
  const Result<std::string> answer = session.request("POST", "/reindex", {{"Content-Type", "application/json"}}, *body);
  if (!answer) return complain(console, Exit::unavailable, answer.error());
  const std::optional<JsonTree> receipt = JsonTree::parse(*answer);
  const std::optional<std::uint64_t> versions = receipt ? receipt->number("bagVersions") : std::nullopt;
  if (!versions) return complain(console, Exit::unavailable, broken("the service's answer is not a receipt"));
  if (options.json) {
    console.out(receipt->json() + "\n");
  } else {
    console.out("reindex " + one_line(receipt->text("id")) + " will emit " + counted(*versions, "version") +
                " again\n");
  }
  return Exit::success;
}

}  // namespace

Command reindex_command() {
  const auto options = std::make_shared<ReindexOptions>();
  Command command("reindex", "emit the events of stored versions once more");
  command.description =
      "Has the service emit a registered-bag event once more for every stored version, ordered by space, identifier "
      "and "
      "version and marked as reindex, so that a consumer of the events can be filled anew. Bags are not touched, and "
      "new "
      "ones are registered meanwhile. The service goes on by itself, also after a restart. The client needs the scope "
      "operator.";
  command.examples = {{"Everything that is stored", "strongroom reindex"},
                      {"One space", "strongroom reindex digitised"},
                      {"One bag, and how many versions it has", "strongroom reindex digitised/b12345678 --json"}};
  command.argument("SPACE[/IDENTIFIER]", options->scope, "a space or a bag; everything when left out");
  command.flag("--json", options->json, "print the receipt as JSON and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return reindex(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
