// Lossy WebP through libwebp. Y, Cb, Cr planes are encoded where they lie; R, G, B planes are
// packed and left to libwebp's own conversion. Alpha goes its own way (webp_alpha.h), so the chunks
// around the two are written here.

#include "codec/encoder.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <webp/encode.h>

#include "base/c_ptr.h"
#include "codec/webp_alpha.h"

namespace thimble {
namespace {

// libwebp's default. 2 takes half the time for 6 % more bytes at the same quality, 6 three times as
// long for 3 % fewer.
constexpr int kMethod = 4;
constexpr ChromaSubsampling kChroma420{.horizontal = 2, .vertical = 2};

constexpr std::size_t kRiffHeaderBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 8;
constexpr std::size_t kExtendedPayloadBytes = 10;  // of VP8X

struct Output {
  MutableByteSpan room;
  std::size_t used = 0;
  bool is_full = false;
};

int WriteBytes(const std::uint8_t* bytes, std::size_t count, const WebPPicture* picture) {
  auto* output = static_cast<Output*>(picture->custom_ptr);
  output->is_full = output->is_full || count > output->room.size() - output->used;
  if (output->is_full) return 0;
  std::memcpy(output->room.data() + output->used, bytes, count);
  output->used += count;
  return 1;
}

// No `default`: the compiler then names a code that was forgotten.
ErrorCode ErrorCodeOf(WebPEncodingError error) {
  switch (error) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY: return ErrorCode::kImageTooCostly;
    case VP8_ENC_ERROR_BAD_DIMENSION:
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
    case VP8_ENC_ERROR_BAD_WRITE:
    case VP8_ENC_ERROR_FILE_TOO_BIG: return ErrorCode::kResultTooLarge;
    case VP8_ENC_OK:
    case VP8_ENC_ERROR_NULL_PARAMETER:
    case VP8_ENC_ERROR_INVALID_CONFIGURATION:
    case VP8_ENC_ERROR_USER_ABORT:
    case VP8_ENC_ERROR_LAST: break;
  }
  return ErrorCode::kInternal;
}

WebPConfig ConfigFor(WebpQuality quality) {
  WebPConfig config;
  THIMBLE_CHECK(WebPConfigInit(&config));
  config.quality = static_cast<float>(quality.value);
  config.method = kMethod;
  config.thread_level = 0;  // the sandbox allows none
  return config;
}

// libwebp's pointers are not const, though it only reads.
std::uint8_t* SamplesOf(const Plane& plane) {
  const std::uint8_t* samples = plane.view().data;
  return const_cast<std::uint8_t*>(samples);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void BorrowPlanes(const PlanarImage& picture, WebPPicture& webp) {
  webp.use_argb = 0;
  webp.colorspace = WEBP_YUV420;
  webp.y = SamplesOf(picture.planes[0]);
  webp.u = SamplesOf(picture.planes[1]);
  webp.v = SamplesOf(picture.planes[2]);
  webp.y_stride = static_cast<int>(picture.planes[0].stride());
  webp.uv_stride = static_cast<int>(picture.planes[1].stride());
}

// libwebp's packed form: alpha in the highest byte, blue in the lowest.
Status ConvertRgb(const PlanarImage& picture, WebPPicture& webp) {
  webp.use_argb = 1;
  if (!WebPPictureAlloc(&webp)) {
    return Fail(ErrorCodeOf(webp.error_code), "libwebp: picture");
  }
  const auto width = static_cast<std::size_t>(picture.size.width);
  for (int y = 0; y < picture.size.height; ++y) {
    std::uint32_t* out = webp.argb + static_cast<std::ptrdiff_t>(y) * webp.argb_stride;
    const std::uint8_t* red = picture.planes[0].row(y).data();
    const std::uint8_t* green = picture.planes[1].row(y).data();
    const std::uint8_t* blue = picture.planes[2].row(y).data();
    const std::uint8_t* alpha = picture.has_alpha ? picture.planes[3].row(y).data() : nullptr;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint32_t opacity = alpha == nullptr ? 255U : alpha[x];
      out[x] = opacity << 24 | std::uint32_t{red[x]} << 16 | std::uint32_t{green[x]} << 8 | blue[x];
    }
  }
  if (!WebPPictureARGBToYUVA(&webp, WEBP_YUV420)) {
    return Fail(ErrorCodeOf(webp.error_code), "libwebp: conversion");
  }
  webp.a = nullptr;  // the colours go alone
  webp.colorspace = WEBP_YUV420;
  return {};
}

// A whole WebP file without alpha.
Expected<std::size_t> EncodeColors(const PlanarImage& picture, WebpQuality quality,
                                   MutableByteSpan out) {
  Output output{.room = out};
  WebPPicture webp;
  THIMBLE_CHECK(WebPPictureInit(&webp));
  const CPtr<WebPPicture, &WebPPictureFree> allocations(&webp);  // what libwebp adds to it
  webp.width = picture.size.width;
  webp.height = picture.size.height;
  webp.writer = &WriteBytes;
  webp.custom_ptr = &output;
  if (picture.model == ColorModel::kYCbCrLimited) {
    BorrowPlanes(picture, webp);
  } else if (Status converted = ConvertRgb(picture, webp); !converted) {
    return Forward(converted);
  }
  const WebPConfig config = ConfigFor(quality);
  if (!WebPEncode(&config, &webp)) {
    // libwebp does not name this error when it is the last bytes that find no room.
    if (output.is_full) return Fail(ErrorCode::kResultTooLarge);
    return Fail(ErrorCodeOf(webp.error_code),
                "libwebp: error " + std::to_string(static_cast<int>(webp.error_code)));
  }
  return output.used;
}

bool IsOpaque(const Plane& alpha) {
  for (int y = 0; y < alpha.height(); ++y) {
    const auto row = alpha.row(y);
    if (std::ranges::any_of(row, [](std::uint8_t sample) { return sample != 255; })) return false;
  }
  return true;
}

std::uint8_t* PutText(std::string_view text, std::uint8_t* out) {
  return std::ranges::copy(BytesOf(text), out).out;
}

std::uint8_t* PutLittleEndian(std::size_t value, int bytes, std::uint8_t* out) {
  for (int i = 0; i < bytes; ++i) *out++ = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

// All that precedes the colours' chunk: RIFF, VP8X and ALPH. `riff_bytes` does not count RIFF's own
// first eight.
void PutHeadersAndAlpha(Size size, ByteSpan alpha, std::size_t riff_bytes, std::uint8_t* out) {
  constexpr std::size_t kHasAlpha = 0x10;
  out = PutLittleEndian(riff_bytes, 4, PutText("RIFF", out));
  out = PutLittleEndian(kExtendedPayloadBytes, 4, PutText("WEBPVP8X", out));
  out = PutLittleEndian(kHasAlpha, 4, out);
  out = PutLittleEndian(static_cast<std::size_t>(size.width - 1), 3, out);
  out = PutLittleEndian(static_cast<std::size_t>(size.height - 1), 3, out);
  out = PutLittleEndian(alpha.size(), 4, PutText("ALPH", out));
  out = std::ranges::copy(alpha, out).out;
  if (alpha.size() % 2 != 0) *out = 0;
}

// The colours' file is written to where its chunk will stand; its RIFF header is then overwritten
// by the end of what precedes that.
Expected<std::size_t> EncodeWithAlpha(const PlanarImage& picture, WebpQuality quality,
                                      MutableByteSpan out) {
  THIMBLE_TRY(const std::vector<std::uint8_t> alpha, EncodeWebpAlpha(picture.planes[3].view()));
  const std::size_t before_colors = kRiffHeaderBytes + kChunkHeaderBytes + kExtendedPayloadBytes +
                                    kChunkHeaderBytes + alpha.size() + alpha.size() % 2;
  const std::size_t start = before_colors - kRiffHeaderBytes;
  if (out.size() < before_colors) return Fail(ErrorCode::kResultTooLarge);
  THIMBLE_TRY(const std::size_t color_bytes, EncodeColors(picture, quality, out.subspan(start)));
  const std::size_t total = start + color_bytes;
  PutHeadersAndAlpha(picture.size, alpha, total - kChunkHeaderBytes, out.data());
  return total;
}

}  // namespace

Expected<std::size_t> EncodeWebp(const PlanarImage& picture, WebpQuality quality,
                                 MutableByteSpan out) {
  const bool planar = picture.model == ColorModel::kYCbCrLimited;
  THIMBLE_CHECK(planar || picture.model == ColorModel::kRgb);
  THIMBLE_CHECK(!planar || picture.chroma == kChroma420);
  THIMBLE_CHECK(picture.planes.size() == std::size_t{picture.has_alpha ? 4U : 3U});
  if (picture.size.width > WEBP_MAX_DIMENSION || picture.size.height > WEBP_MAX_DIMENSION) {
    return Fail(ErrorCode::kResultTooLarge, "a WebP's side is at most 16383");
  }
  const bool has_transparency = picture.has_alpha && !IsOpaque(picture.planes[3]);
  return has_transparency ? EncodeWithAlpha(picture, quality, out)
                          : EncodeColors(picture, quality, out);
}

}  // namespace thimble
