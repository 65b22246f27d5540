// Inside codec/ only: each format's decoder, opened after its magic number was seen. decoder.cc has
// the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "codec/decoder.h"

namespace thimble {

Expected<std::unique_ptr<Decoder>> OpenJpegDecoder(ByteSpan source, const PictureLimits& limits);
Expected<std::unique_ptr<Decoder>> OpenPngDecoder(ByteSpan source, const PictureLimits& limits);
Expected<std::unique_ptr<Decoder>> OpenWebpDecoder(ByteSpan source, const PictureLimits& limits);

// OpenPngDecoder with another limit: a picture whose inflated pixels take more than
// `max_inflated_bytes` is read row by row through libpng, which is slower but takes memory that
// grows with the width alone. With 0 that is every picture.
Expected<std::unique_ptr<Decoder>> OpenPngDecoderWithin(std::size_t max_inflated_bytes,
                                                        ByteSpan source,
                                                        const PictureLimits& limits);

}  // namespace thimble
