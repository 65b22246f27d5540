// Baseline JPEG: planes are encoded as they are.
#include "codec/encoder.h"
#include "jpeg/baseline_writer.h"

namespace thimble {
namespace {

bool IsOneOrTwo(int factor) { return factor == 1 || factor == 2; }

}  // namespace

Expected<std::size_t> EncodeJpeg(const PlanarImage& picture, JpegQuality quality,
                                 MutableByteSpan out) {
  THIMBLE_CHECK(picture.model == ColorModel::kGray || picture.model == ColorModel::kYCbCr);
  THIMBLE_CHECK(!picture.has_alpha);
  THIMBLE_CHECK(picture.planes.size() == ColorPlaneCount(picture.model));
  THIMBLE_CHECK(IsOneOrTwo(picture.chroma.horizontal) && IsOneOrTwo(picture.chroma.vertical));
  const BaselinePicture planes = {.size = picture.size,
                                  .planes = picture.planes,
                                  .chroma_factor_x = picture.chroma.horizontal,
                                  .chroma_factor_y = picture.chroma.vertical,
                                  .rounding = Rounding::kThrifty};
  return WriteBaselineJpeg(planes, quality, out);
}

}  // namespace thimble
