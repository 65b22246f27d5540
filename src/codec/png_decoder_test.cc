#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "codec/codecs.h"
#include "codec/png_file_test_support.h"

namespace thimble {
namespace {

constexpr int kGray = 0;
constexpr int kRgb = 2;
constexpr int kPalette = 3;
constexpr int kGrayAlpha = 4;
constexpr int kRgba = 6;

constexpr unsigned kPaletteSize = 200;

// Values without a pattern, the same ones on every machine.
unsigned Noise(int x, int y, int channel) {
  auto bits = static_cast<unsigned>(x) * 0x9E3779B1U + static_cast<unsigned>(y) * 0x85EBCA77U +
              static_cast<unsigned>(channel) * 0xC2B2AE3DU;
  bits ^= bits >> 15;
  bits *= 0x2C1B3C6DU;
  return bits ^ bits >> 12;
}

// How many values a stored sample can have.
unsigned ValuesOf(int color_type, int bit_depth) {
  return color_type == kPalette ? std::min(1U << bit_depth, kPaletteSize) : 1U << bit_depth;
}

std::uint8_t EightBits(unsigned value, int bit_depth) {
  const unsigned max = (1U << bit_depth) - 1;
  return static_cast<std::uint8_t>((value * 255U + max / 2) / max);
}

std::uint8_t PaletteSample(unsigned index, int channel) {
  return static_cast<std::uint8_t>(Noise(static_cast<int>(index), 99, channel) & 0xFF);
}

PngTestFile NoiseFile(Size size, int color_type, int bit_depth, bool interlaced = false) {
  PngTestFile file;
  file.size = size;
  file.color_type = color_type;
  file.bit_depth = bit_depth;
  file.interlaced = interlaced;
  file.sample = [values = ValuesOf(color_type, bit_depth)](int x, int y, int channel) {
    return Noise(x, y, channel) % values;
  };
  if (color_type == kPalette) {
    Bytes palette;
    for (unsigned i = 0; i < ValuesOf(color_type, bit_depth); ++i) {
      for (int channel = 0; channel < 3; ++channel) palette.push_back(PaletteSample(i, channel));
    }
    file.before_pixels.push_back({"PLTE", palette});
  }
  return file;
}

// The sample that plane `plane` must have, without tRNS.
std::uint8_t ExpectedSample(const PngTestFile& file, int x, int y, int plane) {
  if (file.color_type == kPalette) return PaletteSample(file.sample(x, y, 0), plane);
  return EightBits(file.sample(x, y, plane), file.bit_depth);
}

void ExpectPlanes(const PlanarImage& picture, const PngTestFile& file, std::size_t planes) {
  ASSERT_GE(picture.planes.size(), planes);
  for (std::size_t plane = 0; plane < planes; ++plane) {
    for (int y = 0; y < file.size.height; ++y) {
      for (int x = 0; x < file.size.width; ++x) {
        ASSERT_EQ(picture.planes[plane].row(y)[static_cast<std::size_t>(x)],
                  ExpectedSample(file, x, y, static_cast<int>(plane)))
            << "plane " << plane << " x " << x << " y " << y;
      }
    }
  }
}

std::unique_ptr<Decoder> Open(const Bytes& bytes, const PictureLimits& limits = {}) {
  auto decoder = OpenPngDecoder(bytes, limits);
  EXPECT_TRUE(decoder) << decoder.error().detail;
  return decoder ? std::move(*decoder) : nullptr;
}

// Keeps every row of two planes.
class KeepingSink final : public BandSink {
 public:
  bool AcceptBand(std::span<const PlaneView> band) override {
    for (std::size_t i = 0; i < planes.size(); ++i) {
      for (int y = 0; y < band[i].height; ++y) {
        planes[i].insert(planes[i].end(), band[i].row(y).begin(), band[i].row(y).end());
      }
    }
    return true;
  }
  std::array<Bytes, 2> planes;
};

struct Kind {
  int color_type;
  int bit_depth;
};
constexpr std::array<Kind, 7> kOpaqueKinds = {
    {{kGray, 1}, {kGray, 2}, {kGray, 4}, {kGray, 8}, {kGray, 16}, {kRgb, 8}, {kRgb, 16}}};
constexpr std::array<Kind, 8> kOtherKinds = {{{kPalette, 1},
                                              {kPalette, 2},
                                              {kPalette, 4},
                                              {kPalette, 8},
                                              {kGrayAlpha, 8},
                                              {kGrayAlpha, 16},
                                              {kRgba, 8},
                                              {kRgba, 16}}};

void ExpectSamplesOf(Kind kind, bool interlaced) {
  SCOPED_TRACE(testing::Message() << "colour type " << kind.color_type << " depth "
                                  << kind.bit_depth << " interlaced " << interlaced);
  for (const Size size : {Size{1, 1}, Size{3, 2}, Size{5, 9}, Size{33, 17}, Size{130, 35}}) {
    const PngTestFile file = NoiseFile(size, kind.color_type, kind.bit_depth, interlaced);
    const Bytes bytes = PngBytes(file);
    const auto picture = DecodeAll(&OpenPngDecoder, bytes);
    ASSERT_EQ(OutcomeOf(picture), "ok") << picture.error().detail;
    const bool gray = kind.color_type == kGray || kind.color_type == kGrayAlpha;
    EXPECT_EQ(picture->model, gray ? ColorModel::kGray : ColorModel::kRgb);
    EXPECT_EQ(picture->has_alpha, kind.color_type == kGrayAlpha || kind.color_type == kRgba);
    ExpectPlanes(*picture, file, picture->planes.size());
    EXPECT_EQ(Open(bytes)->info().multi_pass, interlaced);
  }
}

TEST(PngDecoder, DecodesEveryColorTypeAndDepthToTheExpectedSamples) {
  for (const bool interlaced : {false, true}) {
    for (const Kind kind : kOpaqueKinds) ExpectSamplesOf(kind, interlaced);
    for (const Kind kind : kOtherKinds) ExpectSamplesOf(kind, interlaced);
  }
}

// tRNS of gray and RGB names one colour, in the stored depth, that is transparent.
void ExpectKeyColorTransparent(Kind kind, bool interlaced) {
  PngTestFile file = NoiseFile({20, 11}, kind.color_type, kind.bit_depth, interlaced);
  const int channels = PngChannels(kind.color_type);
  const auto color_at = [&](int x, int y) {
    std::vector<unsigned> color;
    color.reserve(static_cast<std::size_t>(channels));
    for (int c = 0; c < channels; ++c) color.push_back(file.sample(x, y, c));
    return color;
  };
  const std::vector<unsigned> key = color_at(7, 5);
  Bytes payload;
  for (const unsigned value : key) {
    payload.push_back(static_cast<std::uint8_t>(value >> 8));
    payload.push_back(static_cast<std::uint8_t>(value & 0xFF));
  }
  file.before_pixels.push_back({"tRNS", payload});
  const auto picture = DecodeAll(&OpenPngDecoder, PngBytes(file));
  ASSERT_EQ(OutcomeOf(picture), "ok");
  ASSERT_TRUE(picture->has_alpha);
  ExpectPlanes(*picture, file, picture->planes.size() - 1);
  for (int y = 0; y < file.size.height; ++y) {
    for (int x = 0; x < file.size.width; ++x) {
      ASSERT_EQ(picture->planes.back().row(y)[static_cast<std::size_t>(x)],
                color_at(x, y) == key ? 0 : 255);
    }
  }
}

TEST(PngDecoder, MakesOnlyTheKeyColorOfTrnsTransparent) {
  for (const bool interlaced : {false, true}) {
    for (const Kind kind : kOpaqueKinds) ExpectKeyColorTransparent(kind, interlaced);
  }
}

TEST(PngDecoder, TakesAlphaOfPaletteEntriesFromTrnsAndOpaqueWhereItEnds) {
  for (const int bit_depth : {1, 2, 4, 8}) {
    PngTestFile file = NoiseFile({20, 11}, kPalette, bit_depth);
    file.before_pixels.push_back({"tRNS", {17}});
    const auto picture = DecodeAll(&OpenPngDecoder, PngBytes(file));
    ASSERT_EQ(OutcomeOf(picture), "ok");
    ASSERT_TRUE(picture->has_alpha);
    ExpectPlanes(*picture, file, 3);
    for (int y = 0; y < file.size.height; ++y) {
      for (int x = 0; x < file.size.width; ++x) {
        ASSERT_EQ(picture->planes[3].row(y)[static_cast<std::size_t>(x)],
                  file.sample(x, y, 0) == 0 ? 17 : 255);
      }
    }
  }
}

// Against the specification. libpng drops such a tRNS, but still calls it valid.
TEST(PngDecoder, DecodesWhereTrnsComesBeforeThePalette) {
  for (const bool interlaced : {false, true}) {
    for (const int bit_depth : {8, 16}) {
      PngTestFile file = NoiseFile({20, 11}, kRgb, bit_depth, interlaced);
      file.before_pixels = {{"tRNS", {0, 0, 0, 255, 0, 0}}, {"PLTE", {0, 0, 0, 128, 128, 128}}};
      const auto picture = DecodeAll(&OpenPngDecoder, PngBytes(file));
      ASSERT_EQ(OutcomeOf(picture), "ok");
      EXPECT_FALSE(picture->has_alpha);
      ExpectPlanes(*picture, file, 3);
    }
  }
}

// The least that passes for an RGB display profile.
Bytes SmallProfile(std::size_t bytes) {
  Bytes profile(bytes, 0);
  for (int i = 0; i < 4; ++i) {
    profile[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(bytes >> (24 - 8 * i));
  }
  const auto put = [&](std::size_t offset, std::string_view text) {
    std::ranges::copy(text, profile.begin() + static_cast<std::ptrdiff_t>(offset));
  };
  profile[8] = 2;
  put(12, "mntr");
  put(16, "RGB ");
  put(20, "XYZ ");
  put(36, "acsp");
  put(68, std::string_view("\0\0\xF6\xD6\0\1\0\0\0\0\xD3\x2D", 12));
  return profile;
}

PngTestChunk ProfileChunk(const Bytes& profile) {
  Bytes payload = {'p', 0, 0};
  const Bytes stream = StoredZlib(profile);
  payload.insert(payload.end(), stream.begin(), stream.end());
  return {"iCCP", payload};
}

TEST(PngDecoder, ReportsTheProfile) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  file.before_pixels = {ProfileChunk(SmallProfile(132))};
  EXPECT_EQ(Open(PngBytes(file))->info().icc_profile, SmallProfile(132));
}

TEST(PngDecoder, IgnoresAProfileOverTheLimit) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  file.before_pixels = {ProfileChunk(SmallProfile(132))};
  EXPECT_TRUE(Open(PngBytes(file), {.max_icc_bytes = 131})->info().icc_profile.empty());
}

TEST(PngDecoder, IgnoresABrokenProfileAndDecodes) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  Bytes profile = SmallProfile(132);
  profile[36] = '?';
  file.before_pixels = {ProfileChunk(profile)};
  EXPECT_TRUE(Open(PngBytes(file))->info().icc_profile.empty());
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, PngBytes(file))), "ok");
}

TEST(PngDecoder, ReducesDeepColorsByTheGivenCurvesAndRoundsAlpha) {
  for (const bool interlaced : {false, true}) {
    const PngTestFile file = NoiseFile({20, 11}, kGrayAlpha, 16, interlaced);
    const Bytes bytes = PngBytes(file);
    const std::unique_ptr<Decoder> decoder = Open(bytes);
    ASSERT_TRUE(decoder->info().is_deep);
    DepthCurve low_bytes;
    for (unsigned i = 0; i < 65'536; ++i) low_bytes.push_back(static_cast<std::uint8_t>(i & 0xFF));
    decoder->ReduceDepthBy({low_bytes});
    ASSERT_TRUE(decoder->Start(DecodeScale{}));
    KeepingSink sink;
    ASSERT_TRUE(decoder->Decode(sink));
    for (int y = 0; y < file.size.height; ++y) {
      for (int x = 0; x < file.size.width; ++x) {
        const std::size_t at =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(file.size.width) +
            static_cast<std::size_t>(x);
        ASSERT_EQ(sink.planes[0][at], file.sample(x, y, 0) & 0xFF);
        ASSERT_EQ(sink.planes[1][at], EightBits(file.sample(x, y, 1), 16));
      }
    }
  }
}

const Bytes kExifRotate90 = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                             3,   0,   0, 0,  1, 0, 6, 0, 0, 0, 0,    0,    0};

TEST(PngDecoder, ReportsTheExifOrientation) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  file.before_pixels = {{"eXIf", kExifRotate90}};
  EXPECT_EQ(Open(PngBytes(file))->info().orientation, Orientation::kRotate90);
}

TEST(PngDecoder, SkipsAncillaryChunksWithAWrongCrcButNotPixels) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  file.before_pixels = {{"eXIf", kExifRotate90}};
  const Bytes good = PngBytes(file);
  const std::size_t exif_crc = 8 + 25 + 8 + kExifRotate90.size();
  Bytes bad_exif = good;
  bad_exif[exif_crc] ^= 1;
  EXPECT_EQ(Open(bad_exif)->info().orientation, Orientation::kUpright);
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, bad_exif)), "ok");
  Bytes bad_pixels = good;
  bad_pixels[good.size() - 12 - 4] ^= 1;  // the CRC before IEND
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, bad_pixels)), "corrupt_image");
}

TEST(PngDecoder, SkipsTextAndAnimationChunks) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  Bytes broken_text = {'t', 0, 0, 0xFF, 0xFF, 0xFF};
  file.before_pixels = {{"acTL", {0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}},
                        {"zTXt", broken_text},
                        {"tEXt", Bytes(100'000, 'x')}};
  const auto picture = DecodeAll(&OpenPngDecoder, PngBytes(file));
  ASSERT_EQ(OutcomeOf(picture), "ok");
  ExpectPlanes(*picture, file, 3);
}

TEST(PngDecoder, RefusesUnknownCriticalChunks) {
  PngTestFile file = NoiseFile({4, 4}, kRgb, 8);
  file.before_pixels = {{"CgBI", {0, 0, 0, 0}}};
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, PngBytes(file))), "corrupt_image");
}

// All that may be missing is what follows the pixels: the 12 bytes of IEND.
TEST(PngDecoder, ReportsTruncatedFilesAsCorruptWhereverTheyAreCut) {
  for (const bool interlaced : {false, true}) {
    PngTestFile file = NoiseFile({9, 40}, kPalette, 4, interlaced);
    file.before_pixels.push_back({"tRNS", {0, 80, 160}});
    const Bytes bytes = PngBytes(file);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      const auto picture = DecodeAll(&OpenPngDecoder, ByteSpan(bytes).first(length));
      const bool has_all_pixels = length >= bytes.size() - 12;
      ASSERT_EQ(OutcomeOf(picture), has_all_pixels ? "ok" : "corrupt_image") << length;
    }
  }
}

// A file whose header is for `rows` rows of those that are stored.
Bytes WithRows(int rows, int stored_rows) {
  PngTestFile file = NoiseFile({300, stored_rows}, kRgb, 8);
  Bytes bytes = PngBytes(file);
  file.size.height = rows;
  const Bytes header = PngBytes(file);
  std::copy_n(header.begin(), 8 + 25, bytes.begin());
  return bytes;
}

TEST(PngDecoder, ReportsAPictureWithTooFewRowsAsCorrupt) {
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, WithRows(41, 40))), "corrupt_image");
}

TEST(PngDecoder, ToleratesAFewSurplusRowsButNoFlood) {
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, WithRows(40, 45))), "ok");
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, WithRows(40, 400))), "corrupt_image");
}

TEST(PngDecoder, ReportsAnySizeThatTheHeaderClaims) {
  const Bytes bytes = PngBytes(NoiseFile({1, 1}, kRgba, 16));
  Bytes header = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  const Bytes ihdr =
      PngChunkBytes({"IHDR", {0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 16, 6, 0, 0, 0}});
  header.insert(header.end(), ihdr.begin(), ihdr.end());
  header.insert(header.end(), bytes.begin() + 8 + 25, bytes.end());
  EXPECT_EQ(Open(header)->info().size, (Size{0x7FFFFFFF, 0x7FFFFFFF}));
}

class OneBandSink final : public BandSink {
 public:
  bool AcceptBand(std::span<const PlaneView> /*band*/) override {
    ++bands;
    return false;
  }
  int bands = 0;
};

TEST(PngDecoder, StopsWhenTheSinkWantsNoMore) {
  for (const bool interlaced : {false, true}) {
    const Bytes bytes = PngBytes(NoiseFile({9, 100}, kRgb, 8, interlaced));
    const std::unique_ptr<Decoder> decoder = Open(bytes);
    ASSERT_TRUE(decoder->Start(DecodeScale{}));
    OneBandSink sink;
    EXPECT_TRUE(decoder->Decode(sink));
    EXPECT_EQ(sink.bands, 1);
  }
}

}  // namespace
}  // namespace thimble
