#include "color/library_version.h"

#include <lcms2.h>

namespace thimble {

std::string ColorLibrary() { return "lcms " + std::to_string(cmsGetEncodedCMMversion()); }

}  // namespace thimble
