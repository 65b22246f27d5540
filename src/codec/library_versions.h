// Which codec libraries are in use, as "name version" with spaces between: results may differ by a
// byte from one version to the next. Each is asked of the library that is loaded, where it can
// tell, else of the headers it was built with.
#pragma once

#include <string>

namespace thimble {

std::string JpegLibraries();
std::string PngLibraries();
std::string WebpLibraries();

}  // namespace thimble
