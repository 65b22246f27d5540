#include "engine/picture_test_support.h"

#include <algorithm>
#include <utility>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "color/color.h"

namespace thimble {
namespace {

constexpr std::size_t kRoomForTests = 8u << 20;

Bytes Encoded(const std::function<Expected<std::size_t>(MutableByteSpan)>& encode) {
  Bytes bytes(kRoomForTests);
  bytes.resize(encode(bytes).value());
  return bytes;
}

// Keeps every row of every plane.
class WholePictureSink : public BandSink {
 public:
  explicit WholePictureSink(const std::vector<PlaneLayout>& layouts) {
    for (const PlaneLayout& layout : layouts) planes.push_back(*Plane::Create(layout.size));
    next_row_.resize(layouts.size());
  }
  bool AcceptBand(std::span<const PlaneView> band) override {
    for (std::size_t i = 0; i < planes.size(); ++i) {
      for (int y = 0; y < band[i].height; ++y) {
        const auto row = band[i].row(y);
        std::copy(row.begin(), row.end(), planes[i].mutable_row(next_row_[i]++).begin());
      }
    }
    return true;
  }

  std::vector<Plane> planes;

 private:
  std::vector<int> next_row_;
};

Plane Stretched(const Plane& plane, Size size) {
  Plane out = *Plane::Create(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      out.mutable_row(y)[static_cast<std::size_t>(x)] =
          plane.row(y * plane.height() /
                    size.height)[static_cast<std::size_t>(x * plane.width() / size.width)];
    }
  }
  return out;
}

}  // namespace

PlanarImage Paint(Size size, const Painter& painter, bool with_alpha) {
  PlanarImage picture;
  picture.size = size;
  picture.model = ColorModel::kRgb;
  picture.has_alpha = with_alpha;
  for (std::size_t channel = 0; channel < (with_alpha ? 4u : 3u); ++channel) {
    Plane plane = *Plane::Create(size);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        plane.mutable_row(y)[static_cast<std::size_t>(x)] = painter(x, y)[channel];
      }
    }
    picture.planes.push_back(std::move(plane));
  }
  return picture;
}

Bytes PaintedPng(Size size, const Painter& painter, bool with_alpha) {
  const PlanarImage picture = Paint(size, painter, with_alpha);
  return Encoded([&](MutableByteSpan out) { return EncodePng(picture, out); });
}

Bytes PaintedJpeg(Size size, const Painter& painter, ChromaSubsampling chroma, int quality) {
  const PlanarImage picture = YCbCrFromRgb(Paint(size, painter, false), chroma).value();
  return Encoded(
      [&](MutableByteSpan out) { return EncodeJpeg(picture, JpegQuality{quality}, out); });
}

Bytes PaintedWebp(Size size, const Painter& painter, bool with_alpha, int quality) {
  const PlanarImage picture = Paint(size, painter, with_alpha);
  return Encoded(
      [&](MutableByteSpan out) { return EncodeWebp(picture, WebpQuality{quality}, out); });
}

Bytes WithExifOrientation(Bytes jpeg, Orientation orientation) {
  const Bytes segment = {
      0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
      'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
      0x01, 0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<std::uint8_t>(orientation),
      0,    0,    0, 0,  0,   0};
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

TransformSpec Width(int width, std::optional<ImageFormat> format) {
  TransformSpec spec;
  spec.width = width;
  spec.quality = {90};
  spec.format = format;
  return spec;
}

std::optional<DecodedPicture> DecodedPicture::From(ByteSpan encoded) {
  auto decoder = OpenDecoder(encoded, PictureLimits{});
  if (!decoder) return std::nullopt;
  const SourceInfo info = (*decoder)->info();
  const auto layouts = (*decoder)->Start(DecodeScale{});
  if (!layouts) return std::nullopt;
  WholePictureSink sink(*layouts);
  if (!(*decoder)->Decode(sink)) return std::nullopt;

  PlanarImage picture;
  picture.size = info.size;
  picture.model = info.model;
  picture.has_alpha = info.has_alpha;
  for (const Plane& plane : sink.planes) picture.planes.push_back(Stretched(plane, info.size));
  const PlanarImage rgb = RgbFrom(std::move(picture)).value();

  DecodedPicture decoded;
  decoded.size_ = info.size;
  decoded.format_ = info.format;
  decoded.has_alpha_ = info.has_alpha;
  for (int y = 0; y < info.size.height; ++y) {
    for (int x = 0; x < info.size.width; ++x) {
      const auto sample = [&](std::size_t i) {
        return rgb.planes[i].row(y)[static_cast<std::size_t>(x)];
      };
      decoded.pixels_.push_back(
          {sample(0), sample(1), sample(2), info.has_alpha ? sample(3) : std::uint8_t{255}});
    }
  }
  return decoded;
}

}  // namespace thimble
