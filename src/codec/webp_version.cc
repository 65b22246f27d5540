#include <webp/decode.h>
#include <webp/encode.h>

#include "codec/library_versions.h"

namespace thimble {
namespace {

// One byte each: major, minor, revision.
std::string VersionText(int packed) {
  return std::to_string(packed >> 16) + '.' + std::to_string(packed >> 8 & 0xff) + '.' +
         std::to_string(packed & 0xff);
}

}  // namespace

std::string WebpLibraries() {
  return "webp " + VersionText(WebPGetEncoderVersion()) + ' ' +
         VersionText(WebPGetDecoderVersion());
}

}  // namespace thimble
