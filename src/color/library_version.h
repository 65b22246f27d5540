// Which colour library is in use: results may differ from one version to the next.
#pragma once

#include <string>

namespace thimble {

// "lcms 2140": which version of the library that converts colours is loaded.
std::string ColorLibrary();

}  // namespace thimble
