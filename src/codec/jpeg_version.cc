#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include "codec/library_versions.h"

namespace thimble {

std::string JpegLibraries() {
  const int number = LIBJPEG_TURBO_VERSION_NUMBER;  // 2001005: 2.1.5
  return "jpeg " + std::to_string(number / 1'000'000) + '.' + std::to_string(number / 1000 % 1000) +
         '.' + std::to_string(number % 1000);
}

}  // namespace thimble
