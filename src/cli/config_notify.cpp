#include "cli/config_notify.hpp"

#include <algorithm>
#include <array>

#include "adapters/messages/aws/sns_topic.hpp"
#include "base/text.hpp"
#include "cli/config_places.hpp"

namespace strongroom::cli {
namespace {

constexpr std::array<std::pair<std::string_view, NotifySink>, 4> kSinks = {{{"file", NotifySink::file},
                                                                            {"sns", NotifySink::sns},
                                                                            {"webhook", NotifySink::webhook},
                                                                            {"none", NotifySink::none}}};

/// Keys that say nothing but with one kind of sink.
constexpr std::array<std::pair<std::string_view, NotifySink>, 8> kOfSinks = {
    {{"directory", NotifySink::file},
     {"topic", NotifySink::sns},
     {"endpoint", NotifySink::sns},
     {"credentialsFile", NotifySink::sns},
     {"profile", NotifySink::sns},
     {"caFile", NotifySink::sns},
     {"urlFile", NotifySink::webhook},
     {"signingSecretFile", NotifySink::webhook}}};

void take_file(TomlSection& section, const char* key, const std::filesystem::path& directory, std::string& into) {
  section.take_text(key, "must be the path of a file",
                    [&](const std::string& text) { return path_from(text, directory, into); });
}

void check_sink(TomlSection& section, const NotifySetting& notify) {
  for (const auto& [key, sink] : kOfSinks) {
    if (section.has(std::string(key)) && notify.sink != sink) {
      section.refuse(std::string(key), "says nothing with notify.sink = \"" + std::string(name_of(notify.sink)) + "\"");
    }
  }
  if (notify.sink == NotifySink::sns && !section.has("topic")) section.refuse("topic", "is required");
  if (notify.sink == NotifySink::webhook && !section.has("urlFile")) section.refuse("urlFile", "is required");
}

}  // namespace

std::string_view name_of(NotifySink sink) {
  return std::ranges::find(kSinks, sink, &std::pair<std::string_view, NotifySink>::second)->first;
}

void read_notify(TomlSection& root, const std::filesystem::path& directory, Config& config) {
  root.take("services", R"(must be a list of "watch", "monitor" and "notify")", [&](const TomlValue& value) {
    config.services = value.list.value_or(std::vector<std::string>());
    return value.list && std::ranges::all_of(config.services, [](const std::string& one) {
             return one == kNotifyService || one == kWatchService || one == kMonitorService;
           });
  });
  TomlSection section = root.section("notify");
  NotifySetting& notify = config.notify;
  section.take_text("sink", "must be \"file\", \"sns\", \"webhook\" or \"none\"", [&](const std::string& text) {
    const auto found = std::ranges::find(kSinks, text, &std::pair<std::string_view, NotifySink>::first);
    if (found != kSinks.end()) notify.sink = found->second;
    return found != kSinks.end();
  });
  section.take("spaces", "must be a list of spaces", [&](const TomlValue& value) {
    notify.spaces = value.list.value_or(std::vector<std::string>());
    return !notify.spaces.empty() &&
           std::ranges::all_of(notify.spaces, [](const std::string& one) { return Space::parse(one).has_value(); });
  });
  section.take_boolean("reindex", notify.reindex);
  section.take_text("directory", "must be the path of a directory",
                    [&](const std::string& text) { return path_from(text, directory, notify.directory); });
  section.take_text("topic", "must be a topic of SNS such as \"arn:aws:sns:eu-west-1:123456789012:born-digital\"",
                    [&](const std::string& text) {
                      const auto region = messages::aws::region_of_topic(text);
                      notify.topic = text;
                      notify.cloud.region = region.value_or("");
                      return region.has_value() && is_utf8(text) && !has_control_characters(text);
                    });
  read_reach(section, directory, notify.cloud);
  section.take_text("profile", "must be a section of the credentials file", [&](const std::string& text) {
    notify.cloud.profile = text;
    return !text.empty() && is_utf8(text) && !has_control_characters(text);
  });
  take_file(section, "urlFile", directory, notify.url_file);
  take_file(section, "signingSecretFile", directory, notify.secret_file);
  check_sink(section, notify);
  section.refuse_others();
}

}  // namespace strongroom::cli
