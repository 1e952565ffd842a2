#include "cli/secret_settings.hpp"

#include <algorithm>
#include <filesystem>

namespace strongroom::cli {

std::vector<NamedSecret> secrets_of(const Config& config) {
  const TransferSettings& settings = config.transfers;
  std::vector<NamedSecret> all = {{"archivematica.dashboard.apiKey", settings.dashboard.key},
                                  {"archivematica.storageService.apiKey", settings.storage_service.key},
                                  {"monitor.webhook", settings.monitor.webhook},
                                  {"alerts.webhook", settings.alerts_webhook},
                                  {"notify.url", {config.notify.url_file, {}}},
                                  {"notify.secret", {config.notify.secret_file, {}}}};
  for (const TransferAreaSetting& area : settings.areas) {
    all.push_back({"credentials of area " + area.name, {area.cloud.credentials_file, {}}});
  }
  std::erase_if(all, [](const NamedSecret& one) { return !is_given(one.place); });
  return all;
}

Result<std::string> secret_value(const NamedSecret& secret, const cloud::Environment& environment) {
  return cloud::Secret(secret.name, secret.place, environment).value();
}

bool is_open_to_others(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code trouble;
  const fs::perms rights = file.empty() ? fs::perms::none : fs::status(file, trouble).permissions();
  return !trouble && rights != fs::perms::unknown &&
         (rights & (fs::perms::others_read | fs::perms::others_write)) != fs::perms::none;
}

bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    return !rest.empty() && rest.front() != '/' &&
           std::ranges::all_of(rest, [](char c) { return c > ' ' && c < 0x7F; });
  }
  return false;
}

}  // namespace strongroom::cli
