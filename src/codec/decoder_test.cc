#include "codec/decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace thimble {
namespace {

using std::string_literals::operator""s;

ErrorCode CodeOf(const std::string& source) {
  const auto decoder = OpenDecoder(BytesOf(source), {});
  EXPECT_FALSE(decoder);
  return decoder ? ErrorCode::kInternal : decoder.error().code;
}

TEST(OpenDecoder, RefusesWhatHasNoKnownMagicNumber) {
  for (const std::string& source :
       {""s, "\xFF"s, "%PDF-1.7"s, "GIF89a"s, "RIFF\0\0\0\0WAVE"s, "RIFF\0\0\0\0"s, "RIFF"s,
        "<svg xmlns='http://www.w3.org/2000/svg'/>"s, "\x89PNG"s,
        "\0\0\0\x1c"
        "ftypavif"s}) {
    EXPECT_EQ(CodeOf(source), ErrorCode::kUnsupportedFormat) << source;
  }
}

TEST(OpenDecoder, CountsFilesThatEndBehindTheirMagicNumberAsCorrupt) {
  for (const std::string& source :
       {"\xFF\xD8"s, "\xFF\xD8\xFF"s, "\x89PNG\r\n\x1A\n"s, "RIFF\x04\0\0\0WEBP"s}) {
    EXPECT_EQ(CodeOf(source), ErrorCode::kCorruptImage) << source;
  }
}

}  // namespace
}  // namespace thimble
