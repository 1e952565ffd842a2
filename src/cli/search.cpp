#include "cli/search.hpp"

#include <memory>

#include "base/text.hpp"
#include "cli/api_session.hpp"
#include "cli/console_sink.hpp"
#include "cli/json_tree.hpp"
#include "cli/readable.hpp"

namespace strongroom::cli {
namespace {

struct SearchOptions {
  std::vector<std::string> words;
  std::optional<std::string> space;
  std::optional<std::string> identifier;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> name;
  std::optional<std::string> suffix;
  std::uint64_t limit = 20;
  bool latest = false;
  bool json = false;
  ServiceOptions service;
};

std::string path_of(const SearchOptions& options) {
  std::string path = "/search?limit=" + std::to_string(options.limit);
  const auto add = [&path](const char* name, const std::optional<std::string>& value) {
    if (value) path += std::string("&") + name + "=" + percent_encode(*value, "");
  };
  if (!options.words.empty()) add("q", join(options.words, " "));
  add("space", options.space);
  add("identifierPrefix", options.identifier);
  add("from", options.from);
  add("to", options.to);
  add("name", options.name);
  add("suffix", options.suffix);
  if (options.latest) add("latest", "true");
  return path;
}

/// `digitised/b12345678@v2`, which other commands take, and what was found in it.
std::string shown(const JsonTree& result, bool to_people) {
  std::string text = one_line(result.text("id")) + "@" + one_line(result.text("version")) + "\t" +
                     shown_instant(result.text("createdDate"), to_people) + "\n";
  for (const JsonTree& match : result.list("matches")) {
    text += "  " + one_line(match.text("name")) + "\t" + std::to_string(match.number("size").value_or(0)) + "\n";
  }
  const std::uint64_t more = result.number("matchCount").value_or(0) - result.list("matches").size();
  if (more > 0) text += "  and " + counted(more, "file") + " more\n";
  return text;
}

Exit search(const SearchOptions& options, const Surroundings& surroundings) {
  host::Console& console = surroundings.console;
  Result<Credentials> credentials = find_credentials(options.service, console);
  if (!credentials) return complain(console, Exit::usage, credentials.error());
  ApiSession session(std::move(credentials).value());
  if (options.json) {
    ConsoleSink sink(console);
    const auto got = session.download(path_of(options), sink);
    if (!got) return complain(console, Exit::unavailable, got.error());
    console.out("\n");
    return Exit::success;
  }
  std::uint64_t found = 0;
  JsonStream stream({"results"}, [&](const std::string&, const JsonTree& result) {
    found += 1;
    console.out(shown(result, console.out_is_terminal()));
  });
  const auto got = session.download(path_of(options), stream);
  if (!got) return complain(console, Exit::unavailable, got.error());
  const Result<JsonTree> list = stream.finish();
  if (!list) return complain(console, Exit::unavailable, list.error());
  if (found == 0) console.err("strongroom: nothing was found\n");
  if (list->has("next")) console.err("strongroom: there are more; --limit shows up to 1000\n");
  return Exit::success;
}

}  // namespace

Command search_command() {
  const auto options = std::make_shared<SearchOptions>();
  Command command("search", "find stored bags");
  command.description =
      "Finds versions of stored bags, newest first: by words in their bag-info, all of which must be there (WORD* for "
      "those that begin so, accents and case apart), by space, identifier and date, and by the files in them. Each is "
      "shown as SPACE/IDENTIFIER@vN, as other commands take it, with the files that were found. What was stored a "
      "moment "
      "ago may take a moment to be found.";
  command.examples = {
      {"By words of the description", "strongroom search harbour chart*"},
      {"Where a file is, in the bags as they are now", "strongroom search --file 0001.jp2 --latest"},
      {"All PDFs of a space this year",
       "strongroom search --space digitised --suffix pdf --stored-from 2026-01-01 --json | jq '.results[].id'"}};
  command.argument("WORD", options->words, "in the fields of bag-info.txt").is_required = false;
  command.option("--space", "SPACE", options->space, "only this space");
  command.option("--identifier-prefix", "PREFIX", options->identifier, "identifiers that begin so");
  command.option("--stored-from", "DATE", options->from, "stored then or later: a date or an instant");
  command.option("--stored-before", "DATE", options->to, "stored before then");
  command.option("--file", "PART", options->name, "with a file whose name has this in it, three characters or more");
  command.option("--suffix", "SUFFIX", options->suffix, "with a file of this suffix, such as pdf");
  command.option("--limit", "N", options->limit, "so many results at most, up to 1000; else 20");
  command.flag("--latest", options->latest, "only the latest version of each bag");
  command.flag("--json", options->json, "print the service's document and nothing else");
  add_service_options(command, options->service);
  command.run = [options](const Surroundings& surroundings) { return search(*options, surroundings); };
  return command;
}

}  // namespace strongroom::cli
