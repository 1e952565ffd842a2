#include "domain/steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace strongroom {
namespace {

constexpr std::array<std::pair<Step, std::string_view>, 8> kSteps = {{
    {Step::unpack, "unpack"},
    {Step::find_root, "find_root"},
    {Step::verify, "verify"},
    {Step::assign_version, "assign_version"},
    {Step::replicate, "replicate"},
    {Step::confirm, "confirm"},
    {Step::commit, "commit"},
    {Step::register_bag, "register"},
}};

constexpr std::array<std::pair<StepState, std::string_view>, 4> kStates = {{
    {StepState::running, "running"},
    {StepState::done, "done"},
    {StepState::again, "again"},
    {StepState::failed, "failed"},
}};

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

/// `{Step name} {outcome}` or `{Step name} {outcome} - {detail}`.
std::string step_text(const std::string& step_name, std::string_view outcome, std::string_view detail) {
  std::string text = capitalised(step_name);
  text.append(" ").append(outcome);
  if (!detail.empty()) text.append(" - ").append(detail);
  return event_text(text);
}

/// Bytes taken by the first `count` characters of valid UTF-8.
std::size_t bytes_of_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count && at < text.size(); ++i) {
    if (!next_code_point(text, at)) break;
  }
  return at;
}

}  // namespace

std::string_view code_of(Step step) {
  for (const auto& [known, code] : kSteps) {
    if (known == step) return code;
  }
  return {};
}

std::optional<Step> parse_step(std::string_view code) {
  for (const auto& [step, known] : kSteps) {
    if (known == code) return step;
  }
  return std::nullopt;
}

std::string step_name(Step step, std::string_view location_label) {
  switch (step) {
    case Step::unpack:
      return "unpacking";
    case Step::find_root:
      return "detecting bag root";
    case Step::verify:
      return "verification (pre-replicating to archive storage)";
    case Step::assign_version:
      return "assigning bag version";
    case Step::replicate:
      return "replicating to " + std::string(location_label);
    case Step::confirm:
    case Step::commit:
      return "verification (" + std::string(location_label) + ")";
    case Step::register_bag:
      return "register";
  }
  return {};
}

std::string step_title(Step step, std::string_view location_label) {
  return capitalised(step_name(step, location_label));
}

std::string_view name_of(StepState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return {};
}

std::optional<StepState> parse_step_state(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return std::nullopt;
}

std::string started_text(const std::string& step_name) { return step_text(step_name, "started", {}); }

std::string succeeded_text(const std::string& step_name, std::string_view detail) {
  return step_text(step_name, "succeeded", detail);
}

std::string failed_text(const std::string& step_name, std::string_view detail) {
  return step_text(step_name, "failed", detail);
}

std::string retrying_text(const std::string& step_name, std::string_view reason) {
  return step_text(step_name, "retrying", reason);
}

std::string unpacked_detail(std::uint64_t bytes, std::uint64_t files) {
  return "Unpacked " + size_text(bytes) + " from " + with_thousands(files) + (files == 1 ? " file" : " files");
}

std::string aggregating_text(std::size_t complete, std::size_t all) {
  const std::string head = "Aggregating replicas succeeded - ";
  if (complete >= all) return head + "all replicas complete";
  return head + std::to_string(complete) + " of " + std::to_string(all) + " replicas complete";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"bytes", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= limits::kKiB && unit + 1 < kUnits.size()) {
    bytes /= limits::kKiB;
    ++unit;
  }
  return std::to_string(bytes) + " " + std::string(kUnits[unit]);
}

std::string event_text(std::string_view text) {
  constexpr std::string_view kEllipsis = "...";
  std::string line = one_line(text);
  if (count_characters(line) <= limits::kEventTextMax) return line;
  line.resize(bytes_of_characters(line, limits::kEventTextMax - kEllipsis.size()));
  return line.append(kEllipsis);
}

}  // namespace strongroom
