// The whole house, plugged together: the only place that knows every adapter.
//
// A Service is started complete or not at all. start(), stop() and the destructor belong to one thread.
#pragma once

#include <memory>
#include <string>

#include "adapters/cloud/environment.hpp"
#include "adapters/host/console.hpp"
#include "base/result.hpp"
#include "cli/config.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/log.hpp"

namespace strongroom::cli {

/// What of the machine everything uses; outlives the service.
struct Machine {
  Clock& clock;
  Entropy& entropy;
  Log& log;
  cloud::Environment environment = [](const std::string&) { return std::nullopt; };
  host::Console* console = nullptr;  ///< where reports on standard output go; null for none
};

class Service {
 public:
  /// Opens data, locations and catalogue, takes up unfinished work, and listens. Nothing is listening after an Error.
  static Result<std::unique_ptr<Service>> start(const Config& config, const Machine& machine);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Where it listens: `https://` with TLS, otherwise `http://127.0.0.1:8080/storage/v1`.
  [[nodiscard]] std::string url() const;
  /// Looks at the catalogue and returns when that worked or failed; what hangs, hangs here too. Any thread.
  void look();
  /// Reads the TLS files again; what comes of it is in the log. Any thread, between start() and stop().
  void reload();
  /// Lets requests under way end, leaves bags where they stand and gives them back. A second call does nothing.
  void stop();

 private:
  class House;
  explicit Service(std::unique_ptr<House> house);
  std::unique_ptr<House> house_;
};

}  // namespace strongroom::cli
