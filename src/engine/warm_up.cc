#include <cstdint>
#include <vector>

#include "codec/encoder.h"
#include "engine/engine.h"

namespace thimble {
namespace {

constexpr Size kTinySize = {64, 48};

Expected<PlanarImage> TinyPicture() {
  PlanarImage picture;
  picture.size = kTinySize;
  picture.model = ColorModel::kRgb;
  picture.has_alpha = true;
  for (std::size_t plane = 0; plane < 4; ++plane) {
    THIMBLE_TRY(Plane samples, Plane::Create(kTinySize));
    for (int y = 0; y < kTinySize.height; ++y) {
      auto row = samples.mutable_row(y);
      for (std::size_t x = 0; x < row.size(); ++x) {
        row[x] = static_cast<std::uint8_t>(3 * x + plane * static_cast<std::size_t>(y));
      }
    }
    picture.planes.push_back(std::move(samples));
  }
  return picture;
}

}  // namespace

Status WarmUpEngine() {
  THIMBLE_TRY(const PlanarImage picture, TinyPicture());
  std::vector<std::uint8_t> source(64 * 1024);
  std::vector<std::uint8_t> result(64 * 1024);
  THIMBLE_TRY(std::size_t source_bytes, EncodePng(picture, source));
  // A chain through every decoder and every encoder.
  for (const ImageFormat format :
       {ImageFormat::kJpeg, ImageFormat::kWebp, ImageFormat::kJpeg, ImageFormat::kPng}) {
    TransformSpec spec;
    spec.width = kTinySize.width / 2;
    spec.enlarge = true;
    spec.quality = {80};
    spec.format = format;
    THIMBLE_TRY(const ResizeOutcome outcome,
                ResizePicture(ByteSpan(source).first(source_bytes), spec, {}, result));
    source.swap(result);
    source_bytes = outcome.bytes;
  }
  return {};
}

}  // namespace thimble
