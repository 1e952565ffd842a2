// Certificates for tests: made on the spot, signed by themselves, for 127.0.0.1.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace strongroom::testing_support {

class Certificate {
 public:
  /// `days` from now that it ends; it began ten days ago.
  explicit Certificate(int days = 30) : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), x509_(X509_new(), X509_free) {
    X509_set_version(x509_.get(), X509_VERSION_3);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -10L * 24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(x509_.get()), days * 24L * 3600);
    X509_set_pubkey(x509_.get(), key_.get());
    X509_NAME* name = X509_get_subject_name(x509_.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("strongroom test"), -1,
                               -1, 0);
    X509_set_issuer_name(x509_.get(), name);
    add_extension(NID_subject_alt_name, "IP:127.0.0.1");
    add_extension(NID_basic_constraints, "critical,CA:TRUE");
    EXPECT_GT(X509_sign(x509_.get(), key_.get(), EVP_sha256()), 0);
  }

  void write_certificate(const std::string& file) const {
    const File out(file);
    EXPECT_EQ(PEM_write_X509(out.get(), x509_.get()), 1);
  }
  /// Encrypted when there is a passphrase.
  void write_key(const std::string& file, const std::string& passphrase = "") const {
    const File out(file);
    const auto* words = reinterpret_cast<const unsigned char*>(passphrase.data());
    EXPECT_EQ(PEM_write_PrivateKey(out.get(), key_.get(), passphrase.empty() ? nullptr : EVP_aes_128_cbc(), words,
                                   static_cast<int>(passphrase.size()), nullptr, nullptr),
              1);
  }

 private:
  class File {
   public:
    explicit File(const std::string& name) : file_(std::fopen(name.c_str(), "wb")) {}
    ~File() { std::fclose(file_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] std::FILE* get() const { return file_; }

   private:
    std::FILE* file_;
  };

  void add_extension(int kind, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(x509_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> x509_;
};

}  // namespace strongroom::testing_support
