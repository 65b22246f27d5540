#include "codec/jpeg_test_support.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <span>

#include "codec/codecs.h"

namespace thimble {
namespace {

// Gathers a picture's planes and notes every band that does not fit.
class GatheringSink final : public BandSink {
 public:
  explicit GatheringSink(std::vector<GatheredPlane>& planes) : planes_(planes) {}

  bool AcceptBand(std::span<const PlaneView> band) override {
    EXPECT_EQ(band.size(), planes_.size());
    for (std::size_t i = 0; i < band.size(); ++i) {
      EXPECT_EQ(band[i].width, planes_[i].layout.size.width);
      for (int y = 0; y < band[i].height; ++y) {
        const std::span<const std::uint8_t> row = band[i].row(y);
        planes_[i].samples.insert(planes_[i].samples.end(), row.begin(), row.end());
      }
    }
    return true;
  }

 private:
  std::vector<GatheredPlane>& planes_;
};

}  // namespace

Expected<GatheredPicture> DecodeJpeg(ByteSpan jpeg, DecodeScale scale,
                                     const PictureLimits& limits) {
  THIMBLE_TRY(const std::unique_ptr<Decoder> decoder, OpenJpegDecoder(jpeg, limits));
  THIMBLE_TRY(const std::vector<PlaneLayout> layouts, decoder->Start(scale));
  GatheredPicture picture{.info = decoder->info(), .planes = {}};
  for (const PlaneLayout& layout : layouts) picture.planes.push_back({layout, {}});
  GatheringSink sink(picture.planes);
  if (Status decoded = decoder->Decode(sink); !decoded) return Forward(decoded);
  for (const GatheredPlane& plane : picture.planes) {
    EXPECT_EQ(plane.samples.size(), static_cast<std::size_t>(plane.layout.size.area()));
  }
  return picture;
}

std::optional<ErrorCode> FailureOf(ByteSpan jpeg, DecodeScale scale, const PictureLimits& limits) {
  const Expected<GatheredPicture> picture = DecodeJpeg(jpeg, scale, limits);
  if (picture) return std::nullopt;
  return picture.error().code;
}

}  // namespace thimble
