#include "codec/exif.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <vector>

namespace thimble {
namespace {

enum class ByteOrder { kLittle, kBig };

// Writes TIFF blocks of one IFD.
class TiffBlock {
 public:
  explicit TiffBlock(ByteOrder order, std::uint32_t ifd_offset = 8) : order_(order) {
    const char mark = order == ByteOrder::kLittle ? 'I' : 'M';
    Byte(mark).Byte(mark).Short(42).Long(ifd_offset);
  }

  TiffBlock& Byte(int value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  TiffBlock& Short(std::uint32_t value) { return Number(value, 2); }
  TiffBlock& Long(std::uint32_t value) { return Number(value, 4); }
  TiffBlock& ShortEntry(std::uint32_t tag, std::uint32_t value) {
    return Short(tag).Short(3).Long(1).Short(value).Short(0);
  }
  TiffBlock& LongEntry(std::uint32_t tag, std::uint32_t value) {
    return Short(tag).Short(4).Long(1).Long(value);
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  TiffBlock& Number(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) {
      const int place = order_ == ByteOrder::kBig ? count - 1 - i : i;
      Byte(static_cast<int>(value >> (8 * place) & 0xFF));
    }
    return *this;
  }

  ByteOrder order_;
  std::vector<std::uint8_t> bytes_;
};

constexpr std::uint32_t kOrientationTag = 0x0112;

class ExifOrientation : public testing::TestWithParam<ByteOrder> {};

TEST_P(ExifOrientation, IsReadFromAShort) {
  for (std::uint32_t value = 1; value <= 8; ++value) {
    TiffBlock block(GetParam());
    block.Short(1).ShortEntry(kOrientationTag, value);
    EXPECT_EQ(OrientationFromExifBlock(block.bytes()), static_cast<Orientation>(value));
  }
}

TEST_P(ExifOrientation, IsFoundBehindOtherTags) {
  TiffBlock block(GetParam());
  block.Short(3).ShortEntry(0x0100, 640).LongEntry(0x0101, 480).ShortEntry(kOrientationTag, 8);
  EXPECT_EQ(OrientationFromExifBlock(block.bytes()), Orientation::kRotate270);
}

TEST_P(ExifOrientation, IsThatOfTheFirstEntryThatNamesOne) {
  TiffBlock block(GetParam());
  block.Short(4).ShortEntry(kOrientationTag, 9).LongEntry(kOrientationTag, 3);
  block.ShortEntry(kOrientationTag, 6).ShortEntry(kOrientationTag, 1);
  EXPECT_EQ(OrientationFromExifBlock(block.bytes()), Orientation::kRotate90);
}

TEST_P(ExifOrientation, IsUprightForValuesThatNameNone) {
  for (const std::uint32_t value : {0U, 9U, 65535U}) {
    TiffBlock block(GetParam());
    block.Short(1).ShortEntry(kOrientationTag, value);
    EXPECT_EQ(OrientationFromExifBlock(block.bytes()), Orientation::kUpright) << value;
  }
}

TEST_P(ExifOrientation, IsUprightForOtherTypesAndCounts) {
  TiffBlock ascii(GetParam());
  ascii.Short(1).Short(kOrientationTag).Short(2).Long(1).Long(6);
  EXPECT_EQ(OrientationFromExifBlock(ascii.bytes()), Orientation::kUpright);

  TiffBlock number(GetParam());
  number.Short(1).LongEntry(kOrientationTag, 6);
  EXPECT_EQ(OrientationFromExifBlock(number.bytes()), Orientation::kUpright);

  TiffBlock two_values(GetParam());
  two_values.Short(1).Short(kOrientationTag).Short(3).Long(2).Short(6).Short(6);
  EXPECT_EQ(OrientationFromExifBlock(two_values.bytes()), Orientation::kUpright);
}

TEST_P(ExifOrientation, IsUprightWhenTheDirectoryLiesOutside) {
  for (const std::uint32_t offset : {9U, 1000U, 0xFFFFFFFFU}) {
    TiffBlock block(GetParam(), offset);
    block.Short(1).ShortEntry(kOrientationTag, 6);
    EXPECT_EQ(OrientationFromExifBlock(block.bytes()), Orientation::kUpright) << offset;
  }
}

TEST_P(ExifOrientation, SurvivesACutAtEveryByte) {
  TiffBlock block(GetParam());
  block.Short(0xFFFF).ShortEntry(0x0100, 640).ShortEntry(kOrientationTag, 6);
  const std::span<const std::uint8_t> whole(block.bytes());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<long>(size));
    EXPECT_EQ(OrientationFromExifBlock(cut), Orientation::kUpright) << size;
  }
  EXPECT_EQ(OrientationFromExifBlock(block.bytes()), Orientation::kRotate90);
}

INSTANTIATE_TEST_SUITE_P(BothByteOrders, ExifOrientation,
                         testing::Values(ByteOrder::kLittle, ByteOrder::kBig));

TEST(ExifOrientationHeader, IsUprightForWhatIsNoTiff) {
  EXPECT_EQ(OrientationFromExifBlock({}), Orientation::kUpright);
  EXPECT_EQ(OrientationFromExifBlock(BytesOf("Exif")), Orientation::kUpright);
  EXPECT_EQ(OrientationFromExifBlock(BytesOf("IM*_________________")), Orientation::kUpright);
  EXPECT_EQ(OrientationFromExifBlock(BytesOf("II+_________________")), Orientation::kUpright);
}

TEST(WithoutExifLabel, SkipsTheLabelWhateverItsLastByte) {
  for (const int last : {0, 1, 32, 255}) {
    const std::vector<std::uint8_t> block = {'E', 'x', 'i', 'f', 0, static_cast<std::uint8_t>(last),
                                             'I', 'I'};
    EXPECT_EQ(TextOf(WithoutExifLabel(block)), "II");
  }
  const std::vector<std::uint8_t> label = {'E', 'x', 'i', 'f', 0};
  EXPECT_TRUE(WithoutExifLabel(label).empty());
  EXPECT_EQ(TextOf(WithoutExifLabel(BytesOf("II*"))), "II*");
  EXPECT_EQ(TextOf(WithoutExifLabel(BytesOf("Exif  II*"))), "Exif  II*");
}

}  // namespace
}  // namespace thimble
