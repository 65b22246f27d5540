// The RIFF container of a WebP file (https://developers.google.com/speed/webp/docs/riff_container):
// where the picture, its ICC profile and its EXIF block lie. The bitstream inside is libwebp's.
//
// One bounded walk over the chunk headers; nothing is allocated, whatever the file claims. Of an
// animation only the first frame is looked at.
//
// Ownership: all spans borrow from the source. Errors: kCorruptImage.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "image/size.h"

namespace thimble {

// Where the first frame of an animation lies.
struct WebpFramePlacement {
  Size canvas;
  Size size;  // as the frame's header says; its bitstream may disagree
  int x = 0;  // pixels from the canvas' left edge
  int y = 0;
};

struct WebpContainer {
  ByteSpan
      bitstream;  // for libwebp: the whole file of a still picture, or the first frame's chunks
  std::optional<WebpFramePlacement> placement;  // of an animation
  ByteSpan icc_profile;                         // empty: none
  ByteSpan exif;                                // empty: none
};

// The frame of an animation is sure to lie inside its canvas.
Expected<WebpContainer> ReadWebpContainer(ByteSpan source);

}  // namespace thimble
