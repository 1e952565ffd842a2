#include "cli/help.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMargin = 2;
constexpr std::size_t kColumnMax = 30;

/// Terms with their explanations beside them.
using Rows = std::vector<std::pair<std::string, std::string>>;

std::string table(const Rows& rows, std::size_t width) {
  std::size_t column = 0;
  for (const auto& [term, text] : rows) column = std::max(column, std::min(kColumnMax, count_characters(term)));
  std::string out;
  for (const auto& [term, text] : rows) {
    const std::size_t indent = kMargin + column + 2;
    out += std::string(kMargin, ' ') + term;
    const std::size_t length = count_characters(term);
    out += length > column ? "\n" + std::string(indent, ' ') : std::string(column + 2 - length, ' ');
    out += wrapped(text, indent, width) + "\n";
  }
  return out;
}

void add_section(std::string& out, const std::string& heading, const Rows& rows, std::size_t width) {
  if (!rows.empty()) out += "\n" + heading + ":\n" + table(rows, width);
}

std::string explanation(const Parameter& parameter) {
  std::string text = parameter.help;
  if (!parameter.choices.empty()) text += ": " + join(parameter.choices, ", ");
  if (parameter.is_required && !parameter.is_argument()) text += " (required)";
  if (parameter.is_repeated) text += " (may be given again)";
  return text;
}

/// The parameters under their headings, in the order in which headings first appear; arguments come first.
std::vector<std::pair<std::string, Rows>> sections_of(const Command& program, const Command& command) {
  std::vector<std::pair<std::string, Rows>> sections;
  const auto add = [&](const std::string& heading, const std::string& term, const std::string& text) {
    auto found = std::ranges::find(sections, heading, [](const auto& section) { return section.first; });
    if (found == sections.end()) found = sections.insert(sections.end(), {heading, {}});
    found->second.emplace_back(term, text);
  };
  for (const Parameter& parameter : command.parameters) {
    if (parameter.is_argument()) add(parameter.heading, parameter.usage(), explanation(parameter));
  }
  for (const Parameter& parameter : command.parameters) {
    if (!parameter.is_argument()) add(parameter.heading, parameter.usage(), explanation(parameter));
  }
  for (const Parameter& parameter : program.parameters) {
    if (&command == &program) break;  // they stand among its own
    add("Options everywhere", parameter.usage(), explanation(parameter));
  }
  const std::string last = &command == &program ? "Options" : "Options everywhere";
  add(last, "-h, --help", "this text");
  if (&command == &program) add(last, "--version", "the version of the program");
  return sections;
}

Rows rows_of(const std::vector<Outside>& things) {
  Rows rows;
  for (const Outside& thing : things) rows.emplace_back(thing.name, thing.help);
  return rows;
}

std::string examples_of(const Command& command) {
  std::string out;
  for (const Example& example : command.examples) {
    out += "  " + example.what + ":\n    " + example.command + "\n";
  }
  return out.empty() ? out : "\nExamples:\n" + out;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  constexpr std::size_t kLeast = 20;
  const std::size_t room = width > indent + kLeast ? width - indent : kLeast;
  std::string out;
  std::size_t used = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const std::size_t length = count_characters(word);
    if (used > 0 && used + 1 + length > room) {
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    if (used > 0) out += ' ';
    out += word;
    used += (used > 0 ? 1 : 0) + length;
  }
  return out;
}

std::string usage_line(const Route& route) {
  std::string line = route.text();
  const Command& command = *route.command;
  if (!command.commands.empty()) return line + " COMMAND ...";
  std::string arguments;
  bool has_options = false;
  for (const Parameter& parameter : command.parameters) {
    if (parameter.is_argument()) {
      const std::string value = parameter.value + (parameter.is_repeated ? "..." : "");
      arguments += parameter.is_required ? " " + value : " [" + value + "]";
    } else if (parameter.is_required) {
      line += " " + parameter.usage();
    } else {
      has_options = true;
    }
  }
  return line + (has_options ? " [OPTIONS]" : "") + arguments;
}

std::string help_text(const Command& program, const Route& route, std::size_t width) {
  const Command& command = *route.command;
  std::string out = route.text() + ": " + command.summary + "\n\nUsage: " + usage_line(route) + "\n";
  for (const std::string_view paragraph : split(command.description, '\n')) {
    if (!paragraph.empty()) out += "\n" + wrapped(paragraph, 0, width) + "\n";
  }
  Rows commands;
  for (const Command& child : command.commands) commands.emplace_back(child.name, child.summary);
  add_section(out, "Commands", commands, width);
  for (const auto& [heading, rows] : sections_of(program, command)) add_section(out, heading, rows, width);
  out += examples_of(command);
  Rows exits;
  for (const auto& [code, meaning] : exits_of(command)) {
    exits.emplace_back(std::to_string(static_cast<int>(code)), meaning);
  }
  add_section(out, "Exit codes", exits, width);
  add_section(out, "Environment", rows_of(environment_of(command)), width);
  add_section(out, "Files", rows_of(files_of(command)), width);
  return out;
}

}  // namespace strongroom::cli
