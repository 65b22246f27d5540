#include "codec/jpeg_markers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;

std::string Segment(int marker, const std::string& payload) {
  const std::size_t length = payload.size() + 2;
  return "\xFF"s + static_cast<char>(marker) + static_cast<char>(length >> 8) +
         static_cast<char>(length & 0xFF) + payload;
}

const std::string kStart = "\xFF\xD8"s;
const std::string kEnd = "\xFF\xD9"s;
constexpr int kApp1 = 0xE1;
constexpr int kApp2 = 0xE2;
constexpr int kSos = 0xDA;

std::vector<int> MarkersOf(const std::string& jpeg) {
  JpegSegmentReader reader(BytesOf(jpeg));
  std::vector<int> markers;
  while (const auto segment = reader.Next()) markers.push_back(segment->marker);
  return markers;
}

TEST(JpegSegmentReader, YieldsSegmentsWithTheirPayload) {
  const std::string jpeg = kStart + Segment(kApp1, "one") + Segment(0xFE, "") + kEnd;
  JpegSegmentReader reader(BytesOf(jpeg));
  const auto first = reader.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->marker, kApp1);
  EXPECT_EQ(TextOf(first->payload), "one");
  const auto second = reader.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->marker, 0xFE);
  EXPECT_TRUE(second->payload.empty());
  EXPECT_FALSE(reader.Next());
}

TEST(JpegSegmentReader, SkipsCodedDataStuffedZerosRestartsAndFillBytes) {
  const std::string data = "\x12\xFF\x00\x34\xFF\xD0\x56\xFF\xD7\xFF\xFF"s;
  EXPECT_THAT(MarkersOf(kStart + Segment(kSos, "") + data + Segment(kSos, "") + kEnd),
              ElementsAre(kSos, kSos));
}

TEST(JpegSegmentReader, EndsAtTheEndMarkerAndAtBrokenLengths) {
  EXPECT_THAT(MarkersOf(kStart + kEnd + Segment(kSos, "")), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xDB\x00\x01"s + Segment(kSos, "")), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xE1\x00\x09..."s), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xE1\x00"s), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xE1"s), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xFF\xFF"s), ElementsAre());
  EXPECT_THAT(MarkersOf(""), ElementsAre());
}

TEST(JpegSegmentReader, TakesACommentOrAnApplicationsSegmentOfLessThanItsLengthsBytesAsEmpty) {
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xFE\x00\x00"s + Segment(kSos, "")), ElementsAre(0xFE, kSos));
  EXPECT_THAT(MarkersOf(kStart + "\xFF\xE1\x00\x01"s + Segment(kSos, "")),
              ElementsAre(kApp1, kSos));
}

TEST(JpegSegmentReader, EndsWhereLibjpegWouldFail) {
  EXPECT_THAT(MarkersOf(kStart + kStart + Segment(kSos, "")), ElementsAre());
  EXPECT_THAT(MarkersOf(kStart + Segment(0xF7, "unknown") + Segment(kSos, "")), ElementsAre());
}

TEST(JpegScans, AreCountedAsLibjpegWritesThem) {
  const auto progressive = MakeJpeg({.progressive = true}, SmoothWave);
  EXPECT_TRUE(HasMoreScansThan(progressive, 9));
  EXPECT_FALSE(HasMoreScansThan(progressive, 10));
  const auto baseline = MakeJpeg({.restart_rows = 1}, SmoothWave);
  EXPECT_TRUE(HasMoreScansThan(baseline, 0));
  EXPECT_FALSE(HasMoreScansThan(baseline, 1));
}

TEST(JpegScans, AreNotCountedInsideOtherSegments) {
  const std::string thumbnail = "JFXX\0"s + Segment(kSos, "") + Segment(kSos, "");
  const auto jpeg = MakeJpeg({.segments = {{.marker = 0xE0, .payload = thumbnail}}}, SmoothWave);
  EXPECT_FALSE(HasMoreScansThan(jpeg, 1));
}

// ---- Orientation --------------------------------------------------------------------------------

std::string ExifLittleEndian(char orientation) {
  return "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0"s;
}
std::string ExifBigEndian(char orientation) {
  return "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation + "\0\0"s;
}

TEST(JpegOrientation, IsReadInBothByteOrders) {
  EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + Segment(kApp1, ExifLittleEndian(6)) + kEnd)),
            Orientation::kRotate90);
  EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + Segment(kApp1, ExifBigEndian(8)) + kEnd)),
            Orientation::kRotate270);
}

TEST(JpegOrientation, ComesFromTheFirstExifSegmentOnly) {
  const std::string xmp = Segment(kApp1, "http://ns.adobe.com/xap/1.0/\0<x/>"s);
  EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + xmp + Segment(kApp1, ExifBigEndian(3)) +
                                        Segment(kApp1, ExifBigEndian(6)) + kEnd)),
            Orientation::kRotate180);
}

TEST(JpegOrientation, PassesOverExifSegmentsThatHoldNothing) {
  for (const std::string& empty : {"Exif\0"s, "Exif\0\0"s, "Exif  "s}) {
    EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + Segment(kApp1, empty) +
                                          Segment(kApp1, ExifBigEndian(6)) + kEnd)),
              Orientation::kRotate90);
  }
  for (const std::string& unreadable : {"Exif\0\0?"s, "Exif\0\0II*\0\x08\0\0\0\0\0"s}) {
    EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + Segment(kApp1, unreadable) +
                                          Segment(kApp1, ExifBigEndian(6)) + kEnd)),
              Orientation::kUpright);
  }
}

TEST(JpegOrientation, IsFoundBehindALabelWithAnyLastByte) {
  for (const char last : {'\x01', ' ', '\xFF'}) {
    std::string exif = ExifBigEndian(6);
    exif[5] = last;
    EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + Segment(kApp1, exif) + kEnd)),
              Orientation::kRotate90);
  }
}

TEST(JpegOrientation, IsUprightWithoutExifBeforeTheFirstScan) {
  EXPECT_EQ(OrientationFromJpeg(BytesOf(kStart + kEnd)), Orientation::kUpright);
  EXPECT_EQ(OrientationFromJpeg(
                BytesOf(kStart + Segment(kSos, "") + Segment(kApp1, ExifBigEndian(6)) + kEnd)),
            Orientation::kUpright);
}

// ---- ICC profiles -------------------------------------------------------------------------------

std::string IccChunk(int number, int count, const std::string& bytes) {
  return Segment(kApp2,
                 "ICC_PROFILE\0"s + static_cast<char>(number) + static_cast<char>(count) + bytes);
}

constexpr std::int64_t kNoIccLimit = 1 << 20;

std::string IccOf(const std::string& segments, std::int64_t max_bytes = kNoIccLimit) {
  return std::string(TextOf(IccProfileFromJpeg(BytesOf(kStart + segments + kEnd), max_bytes)));
}

TEST(JpegIccProfile, IsJoinedInTheOrderOfItsNumbers) {
  EXPECT_EQ(IccOf(IccChunk(1, 1, "profile")), "profile");
  EXPECT_EQ(IccOf(IccChunk(2, 3, "fi") + IccChunk(1, 3, "pro") + IccChunk(3, 3, "le")), "profile");
}

TEST(JpegIccProfile, IsNoneWhenItsChunksContradictEachOther) {
  EXPECT_EQ(IccOf(""), "");
  EXPECT_EQ(IccOf(IccChunk(1, 3, "pro") + IccChunk(3, 3, "le")), "");
  EXPECT_EQ(IccOf(IccChunk(1, 2, "pro") + IccChunk(1, 2, "file")), "");
  EXPECT_EQ(IccOf(IccChunk(1, 2, "pro") + IccChunk(2, 3, "file")), "");
  EXPECT_EQ(IccOf(IccChunk(0, 0, "profile")), "");
  EXPECT_EQ(IccOf(IccChunk(0, 1, "profile")), "");
  EXPECT_EQ(IccOf(IccChunk(2, 1, "profile")), "");
  EXPECT_EQ(IccOf(Segment(kApp2, "ICC_PROFILE\0\x01"s)), "");
}

TEST(JpegIccProfile, IsNoneWhenItIsTooLarge) {
  const std::string chunks = IccChunk(1, 2, "pro") + IccChunk(2, 2, "file");
  EXPECT_EQ(IccOf(chunks, 7), "profile");
  EXPECT_EQ(IccOf(chunks, 6), "");
}

TEST(JpegIccProfile, MayHave255Chunks) {
  std::string segments;
  std::string profile;
  for (int i = 1; i <= 255; ++i) {
    segments += IccChunk(i, 255, "chunk" + std::to_string(i));
    profile += "chunk" + std::to_string(i);
  }
  EXPECT_EQ(IccOf(segments), profile);
}

}  // namespace
}  // namespace thimble
