#include "cli/data_catalogue.hpp"

#include <filesystem>

namespace strongroom::cli {

Result<std::unique_ptr<DataCatalogue>> DataCatalogue::open(const Config& config, Clock& clock, bool make) {
  std::error_code trouble;
  if (make) {
    std::filesystem::create_directories(config.data, trouble);
    if (trouble) return broken("The data directory cannot be made: " + trouble.message(), config.data);
  } else if (!std::filesystem::exists(config.catalogue_file(), trouble)) {
    return rejected("there is no catalogue in " + config.data + ": is this the data directory of a service?");
  }
  std::unique_ptr<DataCatalogue> opened(new DataCatalogue());
  TRY(opened->catalogue_, sqlite::open_sqlite_catalogue(config.catalogue_file(), clock, opened->owners_));
  return opened;
}

Deed operators_deed(std::string_view action, const ClientId& client, std::string outcome, Clock& clock) {
  return Deed{"operator", std::string(action), "client " + client.str(), std::move(outcome), {}, clock.now()};
}

}  // namespace strongroom::cli
