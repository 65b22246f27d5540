#include "worker/magic.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto kJpeg = "\xff\xd8\xff\xe0\0\x10JFIF"sv;
constexpr auto kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv;
constexpr auto kWebp = "RIFF\x24\0\0\0WEBPVP8 "sv;

TEST(Magic, KnowsEachFormatByItsFirstBytesAndNoOther) {
  const auto formats = {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp};
  for (const ImageFormat format : formats) {
    EXPECT_EQ(BeginsLike(format, BytesOf(kJpeg)), format == ImageFormat::kJpeg);
    EXPECT_EQ(BeginsLike(format, BytesOf(kPng)), format == ImageFormat::kPng);
    EXPECT_EQ(BeginsLike(format, BytesOf(kWebp)), format == ImageFormat::kWebp);
    EXPECT_FALSE(BeginsLike(format, BytesOf("<html>")));
  }
}

TEST(Magic, IsNotSatisfiedByABeginning) {
  EXPECT_FALSE(BeginsLike(ImageFormat::kJpeg, BytesOf(kJpeg.substr(0, 2))));
  EXPECT_FALSE(BeginsLike(ImageFormat::kPng, BytesOf(kPng.substr(0, 7))));
  EXPECT_FALSE(BeginsLike(ImageFormat::kWebp, BytesOf(kWebp.substr(0, 11))));
  EXPECT_FALSE(BeginsLike(ImageFormat::kJpeg, {}));
}

TEST(Magic, AnotherRiffFileIsNoWebp) {
  EXPECT_FALSE(BeginsLike(ImageFormat::kWebp, BytesOf("RIFF\x24\0\0\0WAVEfmt "sv)));
}

TEST(Magic, TellsTheFormatOrNone) {
  EXPECT_EQ(FormatByMagic(BytesOf(kJpeg)), ImageFormat::kJpeg);
  EXPECT_EQ(FormatByMagic(BytesOf(kPng)), ImageFormat::kPng);
  EXPECT_EQ(FormatByMagic(BytesOf(kWebp)), ImageFormat::kWebp);
  EXPECT_EQ(FormatByMagic(BytesOf("GIF89a")), std::nullopt);
}

}  // namespace
}  // namespace thimble
