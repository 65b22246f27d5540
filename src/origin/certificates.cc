#include "origin/certificates.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/c_ptr.h"

namespace thimble {

Status CheckCertificates(const std::string& ca_file) {
  using Bio = CPtr<BIO, &BIO_free_all>;
  using Certificate = CPtr<X509, &X509_free>;
  if (ca_file.empty()) return {};
  const Bio file(BIO_new_file(ca_file.c_str(), "r"));
  if (!file) return Fail(ErrorCode::kBadSetting, fmt::format("{} cannot be read", ca_file));
  if (!Certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr))) {
    return Fail(ErrorCode::kBadSetting, fmt::format("{} holds no PEM certificate", ca_file));
  }
  return {};
}

}  // namespace thimble
