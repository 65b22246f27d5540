// Whatever the bytes, the parser stays inside them and names one of the eight orientations.
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "codec/exif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const thimble::Orientation orientation = thimble::OrientationFromExifBlock({data, size});
  THIMBLE_CHECK(orientation >= thimble::Orientation::kUpright);
  THIMBLE_CHECK(orientation <= thimble::Orientation::kRotate270);
  return 0;
}
