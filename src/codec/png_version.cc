#include <libdeflate.h>
#include <png.h>
#include <zlib.h>

#include "codec/library_versions.h"

namespace thimble {

std::string PngLibraries() {
  return std::string("png ") + png_get_libpng_ver(nullptr) + " deflate " +
         LIBDEFLATE_VERSION_STRING + " zlib " + zlibVersion();
}

}  // namespace thimble
