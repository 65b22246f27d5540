// Files of certificates to trust. libcurl reads them; of a bad one it would tell only with the
// first request, as if the origin were unreachable.
#pragma once

#include <string>

#include "base/error.h"

namespace thimble {

// kBadSetting where the file cannot be read or holds no certificate in PEM. An empty name is fine:
// then the system's certificates are trusted.
Status CheckCertificates(const std::string& ca_file);

}  // namespace thimble
