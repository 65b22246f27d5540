#include "codec/decoder.h"

#include <array>
#include <string_view>

#include "codec/codecs.h"

namespace thimble {
namespace {

using std::string_view_literals::operator""sv;

struct Format {
  // The first bytes of a file of this kind.
  std::string_view magic;
  // And those at `second_offset`, for containers that hold more than one kind.
  std::string_view second_magic;
  std::size_t second_offset;
  Expected<std::unique_ptr<Decoder>> (*open)(ByteSpan source, const PictureLimits& limits);
};

// Ordered by preference: what originals most often are comes first.
constexpr std::array<Format, 3> kFormats = {{
    // Only the start-of-image marker: a file that is cut behind it is a broken JPEG, not an unknown
    // format.
    {"\xFF\xD8"sv, {}, 0, &OpenJpegDecoder},
    {"\x89PNG\r\n\x1A\n"sv, {}, 0, &OpenPngDecoder},
    {"RIFF"sv, "WEBP"sv, 8, &OpenWebpDecoder},
}};

bool HasMagicOf(const Format& format, std::string_view source) {
  return source.starts_with(format.magic) &&
         (format.second_magic.empty() ||
          (source.size() > format.second_offset &&
           source.substr(format.second_offset).starts_with(format.second_magic)));
}

}  // namespace

Expected<std::unique_ptr<Decoder>> OpenDecoder(ByteSpan source, const PictureLimits& limits) {
  for (const Format& format : kFormats) {
    if (HasMagicOf(format, TextOf(source))) return format.open(source, limits);
  }
  return Fail(ErrorCode::kUnsupportedFormat, "no known magic number");
}

}  // namespace thimble
