#include <gtest/gtest.h>

#include <string>

#include "codec/codecs.h"
#include "codec/decode_test_support.h"
#include "codec/encoder.h"

namespace thimble {
namespace {

// Smooth in one plane, rough in another, so that each of PNG's filters has something to do.
PlanarImage Picture(Size size, ColorModel model, bool has_alpha) {
  PlanarImage picture;
  picture.size = size;
  picture.model = model;
  picture.has_alpha = has_alpha;
  const int planes = static_cast<int>(ColorPlaneCount(model)) + (has_alpha ? 1 : 0);
  for (int p = 0; p < planes; ++p) {
    Plane plane = *Plane::Create(size);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const int value = p % 2 == 0 ? 3 * x + 5 * y + p : x * y * 37 + p;
        plane.mutable_row(y)[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(value & 0xFF);
      }
    }
    picture.planes.push_back(std::move(plane));
  }
  return picture;
}

// An independent reader: nothing of ours but the planes.
Expected<std::unique_ptr<Decoder>> OpenWithLibpngAlone(ByteSpan source,
                                                       const PictureLimits& limits) {
  return OpenPngDecoderWithin(0, source, limits);
}

TEST(PngEncoder, IsLosslessForEveryModelAndSize) {
  for (const ColorModel model : {ColorModel::kGray, ColorModel::kRgb}) {
    for (const bool has_alpha : {false, true}) {
      for (const Size size : {Size{1, 1}, Size{1, 50}, Size{333, 7}, Size{64, 64}}) {
        const PlanarImage picture = Picture(size, model, has_alpha);
        Bytes out(1 << 20);
        const auto written = EncodePng(picture, out);
        ASSERT_TRUE(written) << written.error().detail;
        const auto decoded = DecodeAll(&OpenWithLibpngAlone, ByteSpan(out).first(*written));
        ASSERT_EQ(OutcomeOf(decoded), "ok");
        EXPECT_EQ(decoded->model, model);
        EXPECT_EQ(decoded->has_alpha, has_alpha);
        ASSERT_EQ(decoded->planes.size(), picture.planes.size());
        for (std::size_t p = 0; p < picture.planes.size(); ++p) {
          EXPECT_EQ(PsnrOf(picture.planes[p], decoded->planes[p]), 99) << "plane " << p;
        }
      }
    }
  }
}

TEST(PngEncoder, RefusesWhenTheRoomIsOneByteShort) {
  const PlanarImage picture = Picture({40, 30}, ColorModel::kRgb, true);
  Bytes out(1 << 20);
  const auto written = EncodePng(picture, out);
  ASSERT_TRUE(written);
  EXPECT_TRUE(EncodePng(picture, MutableByteSpan(out).first(*written)));
  for (const std::size_t room : {*written - 1, *written / 2, std::size_t{8}, std::size_t{0}}) {
    const auto refused = EncodePng(picture, MutableByteSpan(out).first(room));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kResultTooLarge);
  }
}

TEST(PngEncoder, WritesNoMetadata) {
  Bytes out(1 << 20);
  const auto written = EncodePng(Picture({400, 300}, ColorModel::kRgb, false), out);
  ASSERT_TRUE(written);
  std::string chunks;
  std::size_t offset = 8;
  while (offset < *written) {
    const ByteSpan header = ByteSpan(out).subspan(offset, 8);
    const std::string name(TextOf(header.subspan(4)));
    if (!chunks.ends_with(name)) chunks += name;
    offset += 12 + (std::size_t{header[0]} << 24 | std::size_t{header[1]} << 16 |
                    std::size_t{header[2]} << 8 | header[3]);
  }
  EXPECT_EQ(chunks, "IHDRIDATIEND");
}

}  // namespace
}  // namespace thimble
