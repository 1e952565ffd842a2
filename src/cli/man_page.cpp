#include "cli/man_page.hpp"

#include <filesystem>
#include <fstream>

#include <memory>

#include "base/text.hpp"

namespace strongroom::cli {
namespace {

std::string bold(std::string_view text) { return "\\fB" + roff_text(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff_text(text) + "\\fR"; }

/// `--space SPACE` with the option bold and the value in italics.
std::string term_of(const Parameter& parameter) {
  if (parameter.is_argument()) return italic(parameter.value);
  if (parameter.is_flag()) return bold(parameter.name);
  if (parameter.is_value_optional) return bold(parameter.name) + "[=" + italic(parameter.value) + "]";
  return bold(parameter.name) + " " + italic(parameter.value);
}

std::string page_name(const Route& route) {
  std::string name = "strongroom";
  for (const std::string& word : route.words) name += "-" + word;
  return name;
}

/// A term and its explanation. Every input line is one paragraph, whatever its length.
std::string entry(const std::string& term, std::string_view text) {
  return ".TP\n" + term + "\n" + roff_text(text) + "\n";
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 32);
  return text;
}

std::string explanation(const Parameter& parameter) {
  std::string text = capitalised(parameter.help);
  if (!parameter.choices.empty()) text += ": " + join(parameter.choices, ", ");
  if (parameter.is_required && !parameter.is_argument()) text += " (required)";
  if (parameter.is_repeated) text += " (may be given again)";
  return text + ".";
}

std::string synopsis(const Route& route) {
  std::string line = bold(route.text());
  if (!route.command->commands.empty()) return line + " " + italic("COMMAND") + " ...";
  std::string arguments;
  bool has_options = false;
  for (const Parameter& parameter : route.command->parameters) {
    if (parameter.is_argument()) {
      arguments += parameter.is_required ? " " + term_of(parameter) : " [" + term_of(parameter) + "]";
    } else if (parameter.is_required) {
      line += " " + term_of(parameter);
    } else {
      has_options = true;
    }
  }
  return line + (has_options ? " [" + italic("OPTIONS") + "]" : "") + arguments;
}

std::string options_section(const Command& program, const Command& command) {
  std::string out = ".SH OPTIONS\n";
  for (const bool arguments : {true, false}) {
    for (const Parameter& parameter : command.parameters) {
      if (parameter.is_argument() == arguments) out += entry(term_of(parameter), explanation(parameter));
    }
  }
  for (const Parameter& parameter : program.parameters) {
    if (&program != &command) out += entry(term_of(parameter), explanation(parameter));
  }
  out += entry(bold("-h") + ", " + bold("--help"), "Shows what this page says and ends.");
  if (&program == &command) out += entry(bold("--version"), "Shows the version of the program and ends.");
  return out;
}

std::string lists_section(const std::string& heading, const std::vector<Outside>& things) {
  if (things.empty()) return {};
  std::string out = ".SH " + heading + "\n";
  for (const Outside& thing : things) out += entry(bold(thing.name), capitalised(thing.help) + ".");
  return out;
}

std::string examples_section(const Command& command) {
  if (command.examples.empty()) return {};
  std::string out = ".SH EXAMPLES\n";
  for (const Example& example : command.examples) {
    out += ".PP\n" + roff_text(example.what) + ":\n.PP\n.RS 4\n.nf\n" + roff_text(example.command) + "\n.fi\n.RE\n";
  }
  return out;
}

/// The commands below, or the page above and its other children.
std::string see_also(const Command& program, const Route& route) {
  std::string out;
  for (const Route& other : all_routes(program)) {
    const bool below = other.words.size() == route.words.size() + 1 &&
                       std::equal(route.words.begin(), route.words.end(), other.words.begin());
    const bool above = other.words.size() + 1 == route.words.size() &&
                       std::equal(other.words.begin(), other.words.end(), route.words.begin());
    if (!below && !above) continue;
    out += (out.empty() ? "" : ",\n") + (".BR " + roff_text(page_name(other)) + " (1)");
  }
  return out.empty() ? out : ".SH SEE ALSO\n" + out + "\n";
}

Result<void> write_page(const std::filesystem::path& file, const std::string& page) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << page;
  stream.close();
  if (!stream) return broken("cannot be written", file.string());
  return ok();
}

struct ManOptions {
  std::string directory;
};

Exit write_pages(const std::string& directory, const Command& program, const Surroundings& surroundings) {
  std::error_code trouble;
  std::filesystem::create_directories(directory, trouble);
  if (trouble) return complain(surroundings.console, Exit::usage, directory + " cannot be made: " + trouble.message());
  for (const Route& route : all_routes(program)) {
    const Result<void> written = write_page(std::filesystem::path(directory) / man_file_name(route),
                                            man_page(program, route, STRONGROOM_VERSION));
    if (!written) return complain(surroundings.console, Exit::usage, written.error());
  }
  return Exit::success;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    // A dot or an apostrophe at the start of a line would begin a request.
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '"') {
      out += "\\(dq";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string man_file_name(const Route& route) { return page_name(route) + ".1"; }

std::string man_page(const Command& program, const Route& route, std::string_view version) {
  const Command& command = *route.command;
  const std::string title = page_name(route);
  std::string upper = title;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  // No date: the same source gives the same page whenever it is built.
  std::string page = ".TH \"" + roff_text(upper) + "\" 1 \"\" \"strongroom " + std::string(version) + "\"\n";
  page += ".SH NAME\n" + roff_text(title) + " \\- " + roff_text(command.summary) + "\n";
  page += ".SH SYNOPSIS\n" + synopsis(route) + "\n";
  page += ".SH DESCRIPTION\n";
  for (const std::string_view paragraph : split(command.description, '\n')) {
    if (!paragraph.empty()) page += ".PP\n" + roff_text(paragraph) + "\n";
  }
  if (!command.commands.empty()) {
    page += ".SH COMMANDS\n";
    for (const Command& child : command.commands) page += entry(bold(child.name), capitalised(child.summary) + ".");
  }
  page += options_section(program, command);
  page += examples_section(command);
  page += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exits_of(command)) {
    page += entry(bold(std::to_string(static_cast<int>(code))), capitalised(meaning) + ".");
  }
  page += lists_section("ENVIRONMENT", environment_of(command));
  page += lists_section("FILES", files_of(command));
  return page + see_also(program, route);
}

Command man_command(std::function<Command()> make_program) {
  const auto options = std::make_shared<ManOptions>();
  Command command("man", "write the man pages of the program into a directory");
  command.description =
      "Writes one page for the program and one for every command, strongroom.1, strongroom-ingest.1 and so on. They "
      "say "
      "what --help says. The directory is made when it is not there; pages that lie there are replaced.";
  command.examples = {{"Write the pages, and read one of them", "strongroom man ./man && man -l ./man/strongroom.1"}};
  command.argument("DIR", options->directory, "directory of the pages").completed_by(Completes::directory);
  command.run = [options, make_program = std::move(make_program)](const Surroundings& surroundings) {
    return write_pages(options->directory, make_program(), surroundings);
  };
  return command;
}

}  // namespace strongroom::cli
