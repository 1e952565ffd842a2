#include "adapters/web/server/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace strongroom::web {
namespace {

constexpr const char* kCiphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kGroups = "X25519:P-256:P-384";

/// What OpenSSL says of its first error; the queue is empty afterwards.
std::string why() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

Error problem(std::string_view setting, const std::string& file, const std::string& what) {
  return broken(std::string(setting) + ": " + file + " " + what);
}

Result<void> check_readable(std::string_view setting, const std::string& file) {
  std::FILE* opened = std::fopen(file.c_str(), "rb");
  // A directory can be opened, but not read.
  const bool readable = opened != nullptr && (std::fgetc(opened) != EOF || std::ferror(opened) == 0);
  const int error = errno;
  if (opened != nullptr) std::fclose(opened);
  if (readable) return {};
  return problem(setting, file, "cannot be read: " + std::generic_category().message(error));
}

/// Takes the place of OpenSSL's own, which would ask on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

/// ALPN (RFC 7301): HTTP/1.1, or no connection for a client that names protocols and not this one.
int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* /*unused*/) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, chosen_size, kOurs.data(), kOurs.size(), offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::string time_text(const ASN1_TIME* time) {
  BIO* out = BIO_new(BIO_s_mem());
  if (out == nullptr) return {};
  std::array<char, 64> text{};
  const bool printed = ASN1_TIME_print(out, time) == 1;
  const int size = printed ? BIO_read(out, text.data(), static_cast<int>(text.size())) : 0;
  BIO_free(out);
  return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
  std::shared_ptr<TlsContext> context(new TlsContext());
  TRY_VOID(context->make());
  TRY_VOID(context->take_certificate(files.certificate));
  TRY_VOID(context->take_key(files.key, files.certificate));
  return std::shared_ptr<const TlsContext>(std::move(context));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<void> TlsContext::make() {
  ERR_clear_error();
  context_ = SSL_CTX_new(TLS_server_method());
  const bool good = context_ != nullptr && SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_cipher_list(context_, kCiphers12) == 1 &&
                    SSL_CTX_set1_groups_list(context_, kGroups) == 1 && SSL_CTX_set_num_tickets(context_, 0) == 1;
  if (!good) return broken("TLS cannot be set up: " + why());
  SSL_CTX_set_options(context_, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  // Idle connections keep no record buffers; a write that has to be repeated may come from another place.
  SSL_CTX_set_mode(context_,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context_, choose_protocol, nullptr);
  return {};
}

Result<void> TlsContext::take_certificate(const std::string& file) {
  TRY_VOID(check_readable("tls.certificate", file));
  if (SSL_CTX_use_certificate_chain_file(context_, file.c_str()) != 1) {
    return problem("tls.certificate", file, "cannot be used as a chain of PEM certificates: " + why());
  }
  const X509* certificate = SSL_CTX_get0_certificate(context_);
  valid_until_ = time_text(X509_get0_notAfter(certificate));
  out_of_date_ = X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 ||
                 X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0;
  return {};
}

Result<void> TlsContext::take_key(const std::string& file, const std::string& certificate_file) {
  TRY_VOID(check_readable("tls.key", file));
  BIO* in = BIO_new_file(file.c_str(), "rb");
  bool encrypted = false;
  EVP_PKEY* key = in == nullptr ? nullptr : PEM_read_bio_PrivateKey(in, nullptr, refuse_passphrase, &encrypted);
  BIO_free(in);
  if (encrypted) {
    EVP_PKEY_free(key);
    ERR_clear_error();
    return problem("tls.key", file, "is encrypted: store the key without a passphrase, readable for the service only");
  }
  if (key == nullptr) return problem("tls.key", file, "has no PEM private key: " + why());
  const bool belongs = X509_check_private_key(SSL_CTX_get0_certificate(context_), key) == 1;
  const bool used = belongs && SSL_CTX_use_PrivateKey(context_, key) == 1;
  EVP_PKEY_free(key);
  if (!belongs) {
    ERR_clear_error();
    return problem("tls.key", file, "does not belong to the certificate in " + certificate_file);
  }
  if (!used) return problem("tls.key", file, "cannot be used: " + why());
  return {};
}

}  // namespace strongroom::web
