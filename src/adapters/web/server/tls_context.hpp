// What the server shows of itself over TLS: a certificate chain and its key, read from PEM files and checked.
//
// TLS 1.2 and 1.3 only, with forward secrecy and authenticated encryption; nothing of a session is kept for another
// one. A context never changes: new files make a new one, and connections keep the one they began with. Any thread.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

// Of OpenSSL.
struct ssl_ctx_st;

namespace strongroom::web {

/// PEM files: the certificate first, then those between it and the root; the key unencrypted.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

class TlsContext {
 public:
  /// Reads both files. The Error names the setting (`tls.certificate`, `tls.key`), the file and the problem: not
  /// readable, no PEM, too weak, encrypted, or not belonging together.
  static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const { return context_; }
  /// When the certificate ends: `Sep 30 12:00:00 2027 GMT`.
  [[nodiscard]] const std::string& valid_until() const { return valid_until_; }
  /// It had ended, or not yet begun, when it was loaded: clients will refuse it.
  [[nodiscard]] bool out_of_date() const { return out_of_date_; }

 private:
  TlsContext() = default;
  Result<void> make();
  Result<void> take_certificate(const std::string& file);
  Result<void> take_key(const std::string& file, const std::string& certificate_file);

  ssl_ctx_st* context_ = nullptr;
  std::string valid_until_;
  bool out_of_date_ = false;
};

}  // namespace strongroom::web
