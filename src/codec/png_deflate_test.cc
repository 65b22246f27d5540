#include "codec/png_deflate.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Inflater = CPtr<libdeflate_decompressor, &libdeflate_free_decompressor>;

// Small numbers, here more and there less so, as residuals of a photograph are.
Bytes PhotoLike(std::size_t size) {
  std::mt19937 random(1);
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto spread = static_cast<unsigned>(2 + i / 10'000 % 16);
    const std::uint_fast32_t dark = random() % spread;
    bytes[i] = static_cast<std::uint8_t>((random() % spread - dark) & 0xFF);
  }
  return bytes;
}

// The same noise again and again, as letters on a screen are.
Bytes TextLike(std::size_t size) {
  const Bytes letters = PhotoLike(1000);
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = letters[i % letters.size()];
  return bytes;
}

Bytes Inflate(ByteSpan stream, std::size_t size) {
  const Inflater inflater(libdeflate_alloc_decompressor());
  Bytes out(size);
  EXPECT_EQ(libdeflate_zlib_decompress(inflater.get(), stream.data(), stream.size(), out.data(),
                                       size, nullptr),
            LIBDEFLATE_SUCCESS);
  return out;
}

TEST(PngDeflate, KeepsEveryByteOfEitherKindAndAnySize) {
  for (const std::size_t size : {1U, 2U, 100U, 131'072U, 131'073U, 500'000U}) {
    for (const Bytes& rows : {PhotoLike(size), TextLike(size), Bytes(size, 7)}) {
      Bytes out(size * 2 + 100);
      const auto written = DeflatePng(rows, out);
      ASSERT_TRUE(written) << size;
      EXPECT_EQ(Inflate(ByteSpan(out).first(*written), size), rows);
    }
  }
}

TEST(PngDeflate, TakesTheWayThatMakesFewerBytes) {
  for (const Bytes& rows : {PhotoLike(400'000), TextLike(400'000)}) {
    Bytes out(500'000);
    const auto runs = DeflateRuns(rows, out);
    const auto repetitions = DeflateRepetitions(rows, out);
    ASSERT_TRUE(runs && repetitions);
    EXPECT_EQ(DeflatePng(rows, out), std::min(*runs, *repetitions));
  }
}

TEST(PngDeflate, FindsThatTheTwoKindsWantDifferentWays) {
  Bytes out(500'000);
  EXPECT_LT(*DeflateRuns(PhotoLike(400'000), out), *DeflateRepetitions(PhotoLike(400'000), out));
  EXPECT_GT(*DeflateRuns(TextLike(400'000), out), *DeflateRepetitions(TextLike(400'000), out));
}

TEST(PngDeflate, RefusesARoomThatIsTooSmall) {
  for (const Bytes& rows : {PhotoLike(3000), TextLike(3000)}) {
    Bytes out(5000);
    const auto written = DeflatePng(rows, out);
    ASSERT_TRUE(written);
    for (std::size_t room = 0; room < *written; ++room) {
      const auto refused = DeflatePng(rows, MutableByteSpan(out).first(room));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kResultTooLarge);
    }
  }
}

}  // namespace
}  // namespace thimble
