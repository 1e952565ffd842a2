// The search server outside: ports/index_server.hpp on the bulk API of Elasticsearch and OpenSearch (search-index.md).
//
// Versions are external, "greater or equal": the server itself sees to it that an older document replaces no newer one.
// One thread at a time; a connection is kept. Time-outs as ApiClient's.
#pragma once

#include <string>

#include "adapters/web/client/api_client.hpp"
#include "ports/index_server.hpp"

namespace strongroom::web {

struct BulkApiAccess {
  std::string url;       ///< of the server; indexes are below it
  std::string username;  ///< with `password`; empty for none
  std::string password;
  std::string api_key;  ///< in the form the server encodes it; instead of the two
  std::string ca_file;  ///< PEM file of authorities to trust beside the system's; empty for none
};

class BulkApi final : public IndexServer {
 public:
  explicit BulkApi(const BulkApiAccess& access);

  Result<bool> has_index(const std::string& index) override;
  Result<bool> put_index(const std::string& index, const std::string& definition) override;
  Result<std::vector<DocumentAnswer>> write(const std::vector<IndexDocument>& documents) override;

 private:
  Result<ApiClient::Response> request(const std::string& method, const std::string& path, const std::string& type = {},
                                      const std::string& body = {});

  ApiClient client_;
  HttpHeaders headers_;
};

}  // namespace strongroom::web
