// Quality scales. They are types because 80 on one scale is not 80 on another.
#pragma once

#include <cstdint>

namespace thimble {

// libjpeg's scale, 1-100.
struct JpegQuality {
  std::int32_t value = 100;
  friend bool operator==(const JpegQuality&, const JpegQuality&) = default;
};

// libwebp's lossy scale, 0-100.
struct WebpQuality {
  std::int32_t value = 75;
  friend bool operator==(const WebpQuality&, const WebpQuality&) = default;
};

// What a URL asks for: 1-100, on the scale that users know from JPEG. The plan maps it to a codec's
// own scale.
struct RequestedQuality {
  std::int32_t value = 100;
  friend bool operator==(const RequestedQuality&, const RequestedQuality&) = default;
};

}  // namespace thimble
