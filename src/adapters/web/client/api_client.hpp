// A small HTTP client: requests, uploads and downloads of any size, on libcurl.
//
// An answer of any status is a Response; an Error means that there was none, and says what to do. Redirects are not
// followed. Connecting takes at most 10 s, and a transfer that does not move for 60 s is given up. One thread at a
// time; connections are kept between calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "ports/http.hpp"

namespace strongroom::web {

class ApiClient {
 public:
  struct Response {
    int status = 0;
    HttpHeaders headers;
    std::string body;
  };
  /// How texts of errors name the other side.
  struct Peer {
    std::string name = "strongroom";
    std::string ca_setting = "STRONGROOM_CA_FILE";  ///< what tells which authorities are trusted
  };
  /// Called with the number of body bytes handed to the connection so far.
  using Progress = std::function<void(std::uint64_t sent)>;

  /// `base_url` is put before paths; a slash at its end is dropped. `ca_file`: a PEM file of authorities that are
  /// trusted beside those of the system; empty for none.
  explicit ApiClient(std::string base_url, std::string ca_file = {});
  ApiClient(std::string base_url, std::string ca_file, Peer peer);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// One request. `path_or_url` is a path below the base URL, or a whole http(s) URL. An answer of more than 64 MiB is
  /// an Error (Reason::limit).
  Result<Response> request(const std::string& method, const std::string& path_or_url, const HttpHeaders& headers = {},
                           const std::string& body = {});
  /// Sends everything of `source` as the body: `size` bytes, or in chunks when not known. A failing source gives its
  /// own Error.
  Result<Response> upload(const std::string& method, const std::string& path_or_url, const HttpHeaders& headers,
                          ByteSource& source, std::optional<std::uint64_t> size, const Progress& progress = {});
  /// GET: the body of a 2xx answer goes to `sink`, that of any other into Response::body. A failing sink gives its own
  /// Error; a cut answer is an Error, and what came of it is in the sink.
  Result<Response> download(const std::string& path_or_url, const HttpHeaders& headers, ByteSink& sink);

 private:
  struct Call;

  Result<Response> perform(Call& call, const std::string& path_or_url, const HttpHeaders& headers);
  [[nodiscard]] std::string full_url(const std::string& path_or_url) const;

  class State;
  std::string base_url_;
  std::string ca_file_;
  Peer peer_;
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::web
