// The WebP decoder and encoder against each other and against libwebp's own lossless encoder.
#include <gtest/gtest.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <set>

#include "codec/codecs.h"
#include "codec/encoder.h"
#include "codec/webp_file_test_support.h"

namespace thimble {
namespace {

Plane SmoothPlane(Size size, int seed) {
  Plane plane = *Plane::Create(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int wave = (x * (2 + seed) + y * (5 - seed)) % 360;
      plane.mutable_row(y)[static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(40 + (wave < 180 ? wave : 360 - wave));
    }
  }
  return plane;
}

PlanarImage LossyPicture(Size size, bool has_alpha) {
  PlanarImage picture;
  picture.size = size;
  picture.model = ColorModel::kYCbCrLimited;
  picture.chroma = {2, 2};
  picture.has_alpha = has_alpha;
  const Size chroma = {(size.width + 1) / 2, (size.height + 1) / 2};
  picture.planes.push_back(SmoothPlane(size, 0));
  picture.planes.push_back(SmoothPlane(chroma, 1));
  picture.planes.push_back(SmoothPlane(chroma, 2));
  if (has_alpha) picture.planes.push_back(SmoothPlane(size, 3));
  return picture;
}

PlanarImage RgbPicture(Size size, bool has_alpha) {
  PlanarImage picture;
  picture.size = size;
  picture.has_alpha = has_alpha;
  for (int p = 0; p < (has_alpha ? 4 : 3); ++p) picture.planes.push_back(SmoothPlane(size, p));
  return picture;
}

Bytes Encoded(const PlanarImage& picture, WebpQuality quality = {90}) {
  Bytes out(1 << 20);
  const auto written = EncodeWebp(picture, quality, out);
  EXPECT_TRUE(written) << written.error().detail;
  out.resize(written ? *written : 0);
  return out;
}

Bytes LosslessFile(const PlanarImage& picture) {
  const std::size_t channels = picture.planes.size();
  Bytes pixels;
  for (int y = 0; y < picture.size.height; ++y) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(picture.size.width); ++x) {
      for (const Plane& plane : picture.planes) pixels.push_back(plane.row(y)[x]);
    }
  }
  const auto encode = channels == 4 ? &WebPEncodeLosslessRGBA : &WebPEncodeLosslessRGB;
  std::uint8_t* file = nullptr;
  const std::size_t bytes = encode(pixels.data(), picture.size.width, picture.size.height,
                                   picture.size.width * static_cast<int>(channels), &file);
  Bytes copy(file, file + bytes);
  WebPFree(file);
  return copy;
}

std::string OutcomeOfFile(const Bytes& file) {
  return OutcomeOf(DecodeAll(&OpenWebpDecoder, file));
}

constexpr std::array<Size, 5> kSizes = {{{1, 1}, {2, 3}, {17, 16}, {101, 67}, {200, 150}}};

TEST(WebpCodec, KeepsLossyPlanesNearlyAsTheyAre) {
  for (const Size size : kSizes) {
    const PlanarImage picture = LossyPicture(size, false);
    const auto decoded = DecodeAll(&OpenWebpDecoder, Encoded(picture));
    ASSERT_EQ(OutcomeOf(decoded), "ok");
    EXPECT_EQ(decoded->model, ColorModel::kYCbCrLimited);
    EXPECT_EQ(decoded->chroma, (ChromaSubsampling{2, 2}));
    ASSERT_EQ(decoded->planes.size(), 3U);
    for (std::size_t p = 0; p < 3; ++p) {
      EXPECT_GT(PsnrOf(decoded->planes[p], picture.planes[p]), 30) << "plane " << p;
    }
  }
}

TEST(WebpCodec, KeepsTheAlphaOfLossyPicturesExactly) {
  for (const Size size : kSizes) {
    const PlanarImage picture = LossyPicture(size, true);
    const auto decoded = DecodeAll(&OpenWebpDecoder, Encoded(picture));
    ASSERT_EQ(OutcomeOf(decoded), "ok");
    ASSERT_EQ(decoded->planes.size(), 4U);
    EXPECT_EQ(PsnrOf(decoded->planes[3], picture.planes[3]), 99);
  }
}

// Planes that each of the filters is best for, and one that none is.
std::uint8_t AlphaSample(int kind, int x, int y) {
  const int noise = (x * 2'654'435 + y * 40'503) >> 7;
  switch (kind) {
    case 0: return static_cast<std::uint8_t>(noise & 0xFF);
    case 1: return static_cast<std::uint8_t>((x * 3 + y * y * 7) & 0xFF);
    case 2: return static_cast<std::uint8_t>((y * 3 + x * x * 7) & 0xFF);
    default: return x > y ? 255 : 0;
  }
}

TEST(WebpCodec, KeepsAnyAlphaExactlyWithEitherColorModel) {
  std::set<std::uint8_t> filters;
  for (const Size size : {Size{1, 1}, Size{1, 9}, Size{9, 1}, Size{63, 40}, Size{300, 200}}) {
    for (int kind = 0; kind < 4; ++kind) {
      for (const bool rgb : {false, true}) {
        PlanarImage picture = rgb ? RgbPicture(size, true) : LossyPicture(size, true);
        for (int y = 0; y < size.height; ++y) {
          for (int x = 0; x < size.width; ++x) {
            picture.planes[3].mutable_row(y)[static_cast<std::size_t>(x)] = AlphaSample(kind, x, y);
          }
        }
        const Bytes file = Encoded(picture);
        const auto decoded = DecodeAll(&OpenWebpDecoder, file);
        ASSERT_EQ(OutcomeOf(decoded), "ok");
        ASSERT_TRUE(decoded->has_alpha);
        EXPECT_EQ(PsnrOf(decoded->planes[3], picture.planes[3]), 99) << "kind " << kind;
        filters.insert(file[38]);  // behind RIFF, VP8X and ALPH's header
      }
    }
  }
  EXPECT_EQ(filters.size(), 3U) << "a filter that was never taken";
}

TEST(WebpCodec, WritesNoAlphaWhereAllIsOpaque) {
  for (const auto make : {&LossyPicture, &RgbPicture}) {
    PlanarImage picture = make({40, 30}, true);
    for (int y = 0; y < 30; ++y) std::ranges::fill(picture.planes[3].mutable_row(y), 255);
    EXPECT_EQ(Encoded(picture), Encoded(make({40, 30}, false)));
  }
}

TEST(WebpCodec, LeavesTheCallersPlanesAloneUnderFullTransparency) {
  PlanarImage picture = LossyPicture({64, 64}, true);
  for (int y = 0; y < 64; ++y) std::ranges::fill(picture.planes[3].mutable_row(y), std::uint8_t{0});
  const PlanarImage same = LossyPicture({64, 64}, true);
  Encoded(picture);
  for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(PsnrOf(picture.planes[p], same.planes[p]), 99);
}

TEST(WebpCodec, EncodesRgbAsLossyWithTheSameLuma) {
  for (const bool has_alpha : {false, true}) {
    PlanarImage picture = RgbPicture({101, 67}, has_alpha);
    for (std::size_t p : {1U, 2U}) picture.planes[p] = SmoothPlane(picture.size, 0);  // gray
    const auto decoded = DecodeAll(&OpenWebpDecoder, Encoded(picture));
    ASSERT_EQ(OutcomeOf(decoded), "ok");
    ASSERT_EQ(decoded->planes.size(), picture.planes.size());
    Plane luma = SmoothPlane(picture.size, 0);
    for (int y = 0; y < luma.height(); ++y) {
      for (std::uint8_t& sample : luma.mutable_row(y)) {
        sample = static_cast<std::uint8_t>(16 + (sample * 219 + 127) / 255);
      }
    }
    EXPECT_GT(PsnrOf(decoded->planes[0], luma), 30);
  }
}

TEST(WebpCodec, DecodesLosslessPicturesExactly) {
  for (const Size size : kSizes) {
    for (const bool has_alpha : {false, true}) {
      const PlanarImage picture = RgbPicture(size, has_alpha);
      const auto decoded = DecodeAll(&OpenWebpDecoder, LosslessFile(picture));
      ASSERT_EQ(OutcomeOf(decoded), "ok");
      EXPECT_EQ(decoded->model, ColorModel::kRgb);
      ASSERT_EQ(decoded->planes.size(), picture.planes.size());
      for (std::size_t p = 0; p < picture.planes.size(); ++p) {
        EXPECT_EQ(PsnrOf(decoded->planes[p], picture.planes[p]), 99) << "plane " << p;
      }
    }
  }
}

TEST(WebpCodec, MakesSmallerFilesAtLowerQuality) {
  const PlanarImage picture = LossyPicture({200, 150}, false);
  EXPECT_LT(Encoded(picture, {20}).size(), Encoded(picture, {80}).size());
  EXPECT_LT(Encoded(picture, {80}).size(), Encoded(picture, {100}).size());
}

TEST(WebpEncoder, RefusesWhenTheRoomIsOneByteShort) {
  for (const PlanarImage& picture : {LossyPicture({64, 48}, true), RgbPicture({64, 48}, false)}) {
    Bytes out = Encoded(picture);
    EXPECT_TRUE(EncodeWebp(picture, {90}, out));
    for (const std::size_t room : {out.size() - 1, std::size_t{10}, std::size_t{0}}) {
      const auto refused = EncodeWebp(picture, {90}, MutableByteSpan(out).first(room));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kResultTooLarge);
    }
  }
}

TEST(WebpEncoder, RefusesSidesThatTheFormatCannotHold) {
  Bytes out(1 << 20);
  EXPECT_TRUE(EncodeWebp(LossyPicture({16383, 2}, false), {75}, out));
  const auto refused = EncodeWebp(LossyPicture({16384, 2}, false), {75}, out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResultTooLarge);
}

TEST(WebpDecoder, ReportsTruncatedFilesAsCorruptWhereverTheyAreCut) {
  for (const Bytes& file :
       {Encoded(LossyPicture({40, 30}, true)), LosslessFile(RgbPicture({40, 30}, true))}) {
    ASSERT_EQ(OutcomeOfFile(file), "ok");
    for (std::size_t length = 0; length < file.size(); ++length) {
      const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
      ASSERT_EQ(OutcomeOfFile(cut), "corrupt_image") << length;
    }
  }
}

// Cut and then given headers that agree with the cut: only the bitstream knows.
TEST(WebpDecoder, NeverCallsAShortenedBitstreamAnythingButCorrupt) {
  for (const Bytes& file :
       {Encoded(LossyPicture({40, 30}, false)), LosslessFile(RgbPicture({40, 30}, true))}) {
    const std::string name(TextOf(ByteSpan(file).subspan(12, 4)));
    for (std::ptrdiff_t length = 0; length < std::ssize(file) - 20; ++length) {
      const Bytes payload(file.begin() + 20, file.begin() + 20 + length);
      const std::string outcome = OutcomeOfFile(WebpFile({WebpChunk(name, payload)}));
      const bool may_be_whole = length > std::ssize(file) / 2;
      ASSERT_TRUE(outcome == "corrupt_image" || (may_be_whole && outcome == "ok"))
          << outcome << " at " << length;
    }
  }
}

class WebpContainerTest : public testing::Test {
 protected:
  static constexpr Size kSize{40, 30};
  const Bytes lossy_ = FrameChunksOf(Encoded(LossyPicture(kSize, false)));
  const Bytes lossless_ = FrameChunksOf(LosslessFile(RgbPicture(kSize, false)));
  const Bytes exif_ = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
                       0,   1,   0,  0, 0, 6, 0, 0, 0, 0, 0,    0,    0};
  const Bytes profile_ = Bytes(201, 7);  // odd, so padded
};

TEST_F(WebpContainerTest, ReportsProfileAndOrientation) {
  const Bytes file = WebpFile({Vp8xChunk(kWebpFlagIcc | kWebpFlagExif, kSize),
                               WebpChunk("ICCP", profile_), lossy_, WebpChunk("EXIF", exif_)});
  const auto decoder = OpenWebpDecoder(file, {});
  ASSERT_TRUE(decoder);
  EXPECT_EQ((*decoder)->info().icc_profile, profile_);
  EXPECT_EQ((*decoder)->info().orientation, Orientation::kRotate90);
  EXPECT_EQ((*decoder)->info().size, kSize);
  EXPECT_TRUE((*decoder)->info().multi_pass);
  EXPECT_EQ(OutcomeOfFile(file), "ok");
}

TEST_F(WebpContainerTest, IgnoresAProfileOverTheLimit) {
  const Bytes file =
      WebpFile({Vp8xChunk(kWebpFlagIcc, kSize), WebpChunk("ICCP", profile_), lossy_});
  const auto decoder = OpenWebpDecoder(file, {.max_icc_bytes = 200});
  ASSERT_TRUE(decoder);
  EXPECT_TRUE((*decoder)->info().icc_profile.empty());
}

TEST_F(WebpContainerTest, RefusesACanvasThatIsNotThePicturesSize) {
  for (const Bytes& frame : {lossy_, lossless_}) {
    EXPECT_EQ(OutcomeOfFile(WebpFile({Vp8xChunk(0, {40, 31}), frame})), "corrupt_image");
    EXPECT_EQ(OutcomeOfFile(WebpFile({Vp8xChunk(0, {16384, 16384}), frame})), "corrupt_image");
  }
}

TEST_F(WebpContainerTest, IgnoresWhatFollowsTheRiffFile) {
  Bytes file = WebpFile({lossy_});
  file.insert(file.end(), 999, '<');
  EXPECT_EQ(OutcomeOfFile(file), "ok");
}

TEST_F(WebpContainerTest, RefusesFilesWithoutAPicture) {
  EXPECT_EQ(OutcomeOfFile(WebpFile({})), "corrupt_image");
  EXPECT_EQ(OutcomeOfFile(WebpFile({Vp8xChunk(0, kSize)})), "corrupt_image");
  EXPECT_EQ(OutcomeOfFile(WebpFile({WebpChunk("VP8X", {0, 0, 0, 0})})), "corrupt_image");
  EXPECT_EQ(OutcomeOfFile(WebpFile({WebpChunk("ALPH", {0, 1, 2, 3})})), "corrupt_image");
  EXPECT_EQ(OutcomeOfFile(WebpFile({Vp8xChunk(kWebpFlagAnimation, kSize)})), "corrupt_image");
}

TEST_F(WebpContainerTest, ShowsTheFirstFrameOfAnAnimationLikeAStillPicture) {
  const Bytes second = AnimationFrame(0, 0, kSize, lossless_);
  const Bytes file =
      WebpFile({Vp8xChunk(kWebpFlagAnimation, kSize), WebpChunk("ANIM", {0, 0, 0, 0, 0, 0}),
                AnimationFrame(0, 0, kSize, lossy_), second});
  const auto animated = DecodeAll(&OpenWebpDecoder, file);
  const auto still = DecodeAll(&OpenWebpDecoder, WebpFile({lossy_}));
  ASSERT_EQ(OutcomeOf(animated), "ok");
  EXPECT_EQ(animated->model, ColorModel::kYCbCrLimited);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ(PsnrOf(animated->planes[p], still->planes[p]), 99);
  }
}

TEST_F(WebpContainerTest, PutsASmallerFirstFrameOnATransparentCanvas) {
  const Size canvas = {64, 50};
  for (const Bytes& frame : {lossy_, lossless_}) {
    const auto decoded = DecodeAll(
        &OpenWebpDecoder,
        WebpFile({Vp8xChunk(kWebpFlagAnimation, canvas), AnimationFrame(24, 20, kSize, frame)}));
    ASSERT_EQ(OutcomeOf(decoded), "ok");
    EXPECT_EQ(decoded->model, ColorModel::kRgb);
    EXPECT_EQ(decoded->size, canvas);
    ASSERT_EQ(decoded->planes.size(), 4U);
    for (int y = 0; y < canvas.height; ++y) {
      for (int x = 0; x < canvas.width; ++x) {
        ASSERT_EQ(decoded->planes[3].row(y)[static_cast<std::size_t>(x)],
                  x >= 24 && y >= 20 ? 255 : 0);
      }
    }
  }
}

TEST_F(WebpContainerTest, RefusesFramesThatDoNotFit) {
  const Bytes header = Vp8xChunk(kWebpFlagAnimation, {64, 50});
  const auto outcome_with = [&](const Bytes& frame) {
    return OutcomeOfFile(WebpFile({header, frame}));
  };
  EXPECT_EQ(outcome_with(AnimationFrame(26, 20, kSize, lossy_)), "corrupt_image");
  EXPECT_EQ(outcome_with(AnimationFrame(24, 22, kSize, lossy_)), "corrupt_image");
  EXPECT_EQ(outcome_with(AnimationFrame(0, 0, {65, 30}, lossy_)), "corrupt_image");
  EXPECT_EQ(outcome_with(AnimationFrame(0, 0, {40, 29}, lossy_)), "corrupt_image");
  EXPECT_EQ(outcome_with(WebpChunk("ANMF", {0, 0, 0})), "corrupt_image");
}

TEST_F(WebpContainerTest, ReportsAHugeCanvasForThePlanToJudge) {
  const Size huge = {1 << 24, 1 << 24};
  const Bytes file =
      WebpFile({Vp8xChunk(kWebpFlagAnimation, huge), AnimationFrame(0, 0, kSize, lossy_)});
  const auto decoder = OpenWebpDecoder(file, {});
  ASSERT_TRUE(decoder);
  EXPECT_EQ((*decoder)->info().size, huge);
  EXPECT_EQ(OutcomeOfFile(file), "dimension_too_large");
}

}  // namespace
}  // namespace thimble
