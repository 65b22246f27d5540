#include "codec/png_inflate.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <random>

#include "base/c_ptr.h"
#include "codec/codecs.h"
#include "codec/png_file_test_support.h"

namespace thimble {
namespace {

constexpr std::array kPlainColorTypes = {0, 2, 4, 6};

Expected<std::unique_ptr<Decoder>> OpenWithLibpngAlone(ByteSpan source,
                                                       const PictureLimits& limits) {
  return OpenPngDecoderWithin(0, source, limits);
}

// Noise under a mix of all filters.
PngTestFile MixedFile(Size size, int color_type) {
  PngTestFile file;
  file.size = size;
  file.color_type = color_type;
  file.max_idat_bytes = 100;
  file.sample = [random = std::mt19937(7)](int, int, int) mutable { return random() & 0xFFU; };
  file.filter = [](int y) { return y * y % 5 == 0 ? y % 3 : y % 5; };
  return file;
}

void ExpectSameFate(ByteSpan source) {
  const auto fast = DecodeAll(&OpenPngDecoder, source);
  const auto slow = DecodeAll(&OpenWithLibpngAlone, source);
  ASSERT_EQ(OutcomeOf(fast), OutcomeOf(slow));
  if (!fast) return;
  ASSERT_EQ(fast->planes.size(), slow->planes.size());
  for (std::size_t p = 0; p < fast->planes.size(); ++p) {
    for (int y = 0; y < fast->size.height; ++y) {
      ASSERT_TRUE(std::ranges::equal(fast->planes[p].row(y), slow->planes[p].row(y)))
          << "plane " << p << " row " << y;
    }
  }
}

// The file from its first IDAT chunk on: behind the signature and IHDR.
ByteSpan PixelChunks(const Bytes& file) { return ByteSpan(file).subspan(8 + 25); }

std::size_t PixelBytes(const PngTestFile& file) {
  return static_cast<std::size_t>(file.size.height) *
         (1 + static_cast<std::size_t>(file.size.width * PngChannels(file.color_type)));
}

TEST(PngInflate, TakesSoundPictures) {
  for (const int color_type : kPlainColorTypes) {
    const PngTestFile file = MixedFile({33, 20}, color_type);
    const auto inflated = InflatePng(PixelChunks(PngBytes(file)), PixelBytes(file));
    ASSERT_TRUE(inflated);
    EXPECT_EQ(inflated->size, PixelBytes(file));
    EXPECT_EQ(inflated->bytes.get()[3 * PixelBytes(file) / 20], file.filter(3));
  }
}

TEST(PngInflate, LeavesPixelsOfAnotherSizeToLibpng) {
  const PngTestFile file = MixedFile({33, 20}, 2);
  const Bytes bytes = PngBytes(file);
  EXPECT_FALSE(InflatePng(PixelChunks(bytes), PixelBytes(file) - 1));
  EXPECT_FALSE(InflatePng(PixelChunks(bytes), PixelBytes(file) + 1));
}

TEST(PngInflate, LeavesDamagedAndMissingChunksToLibpng) {
  const PngTestFile file = MixedFile({5, 4}, 0);
  const Bytes bytes = PngBytes(file);
  const ByteSpan chunks = PixelChunks(bytes);
  const std::size_t pixel_chunk_bytes = chunks.size() - 12;  // without IEND
  for (std::size_t at = 0; at < pixel_chunk_bytes; ++at) {
    Bytes damaged(chunks.begin(), chunks.end());
    damaged[at] ^= 1;
    EXPECT_FALSE(InflatePng(damaged, PixelBytes(file))) << at;
    EXPECT_FALSE(InflatePng(chunks.first(at), PixelBytes(file))) << at;
  }
  EXPECT_TRUE(InflatePng(chunks.first(pixel_chunk_bytes), PixelBytes(file)));
}

// A stream of runs whose copies reach back 1,000 bytes, behind a header that asks for 256.
Bytes StreamWithTooSmallAWindow(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(i % 1201 == 0 ? 0 : (i % 1201 * 2654435761U) >> 24);
  }
  const CPtr<libdeflate_compressor, &libdeflate_free_compressor> compressor(
      libdeflate_alloc_compressor(6));
  Bytes stream(size + 1000);
  stream.resize(
      libdeflate_zlib_compress(compressor.get(), bytes.data(), size, stream.data(), stream.size()));
  stream[0] = 0x08;
  stream[1] = 0x1D;  // makes the two a multiple of 31
  return stream;
}

TEST(PngDecoder, ToleratesAHeaderThatAsksForTooSmallAWindow) {
  PngTestFile file;
  file.size = {1200, 9};
  const Bytes whole = PngBytes(file);
  Bytes bytes(whole.begin(), whole.begin() + 8 + 25);  // signature and IHDR
  const Bytes pixels = PngChunkBytes({"IDAT", StreamWithTooSmallAWindow(1201 * 9)});
  bytes.insert(bytes.end(), pixels.begin(), pixels.end());
  ExpectSameFate(bytes);
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, bytes)), "ok");
}

TEST(PngDecoder, DecodesLikeLibpngAlone) {
  for (const int color_type : kPlainColorTypes) {
    for (const Size size : {Size{1, 1}, Size{2, 3}, Size{17, 16}, Size{64, 41}, Size{301, 33}}) {
      SCOPED_TRACE(testing::Message() << color_type << " " << size.width << "x" << size.height);
      ExpectSameFate(PngBytes(MixedFile(size, color_type)));
    }
  }
}

TEST(PngDecoder, JudgesDamageLikeLibpngAlone) {
  const Bytes bytes = PngBytes(MixedFile({9, 17}, 6));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    SCOPED_TRACE(at);
    Bytes damaged = bytes;
    damaged[at] ^= 4;
    ExpectSameFate(damaged);
    ExpectSameFate(ByteSpan(bytes).first(at));
  }
}

TEST(PngDecoder, RefusesUnknownFiltersLikeLibpngAlone) {
  PngTestFile file = MixedFile({9, 17}, 6);
  file.filter = [](int y) { return y == 16 ? 5 : 0; };
  EXPECT_EQ(OutcomeOf(DecodeAll(&OpenPngDecoder, PngBytes(file))), "corrupt_image");
  ExpectSameFate(PngBytes(file));
}

}  // namespace
}  // namespace thimble
