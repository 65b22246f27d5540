#include <string>

#include "codec/library_versions.h"
#include "color/library_version.h"
#include "engine/engine.h"

namespace thimble {

std::string EngineLibraries() {
  return JpegLibraries() + ' ' + PngLibraries() + ' ' + WebpLibraries() + ' ' + ColorLibrary();
}

}  // namespace thimble
