// Lossy WebP through libwebp. Y, Cb, Cr (and alpha) planes are encoded where they lie; R, G, B
// planes are packed and left to libwebp's own conversion.

#include "codec/encoder.h"

#include <cstring>
#include <string>

#include <webp/encode.h>

#include "base/c_ptr.h"

namespace thimble {
namespace {

// libwebp's default. 2 takes half the time for 6 % more bytes at the same quality, 6 three times as
// long for 3 % fewer.
constexpr int kMethod = 4;
constexpr ChromaSubsampling kChroma420{.horizontal = 2, .vertical = 2};

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

WebPConfig ConfigFor(WebpQuality quality, bool borrows_planes) {
  WebPConfig config;
  THIMBLE_CHECK(WebPConfigInit(&config));
  config.quality = static_cast<float>(quality.value);
  config.method = kMethod;
  config.thread_level = 0;  // the sandbox allows none
  // Otherwise libwebp smooths what lies under full transparency: inside the caller's planes.
  config.exact = borrows_planes ? 1 : 0;
  return config;
}

// libwebp's pointers are not const, though with `exact` it only reads.
std::uint8_t* SamplesOf(const Plane& plane) {
  const std::uint8_t* samples = plane.view().data;
  return const_cast<std::uint8_t*>(samples);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void BorrowPlanes(const PlanarImage& picture, WebPPicture& webp) {
  webp.use_argb = 0;
  webp.colorspace = picture.has_alpha ? WEBP_YUV420A : WEBP_YUV420;
  webp.y = SamplesOf(picture.planes[0]);
  webp.u = SamplesOf(picture.planes[1]);
  webp.v = SamplesOf(picture.planes[2]);
  webp.y_stride = static_cast<int>(picture.planes[0].stride());
  webp.uv_stride = static_cast<int>(picture.planes[1].stride());
  if (picture.has_alpha) {
    webp.a = SamplesOf(picture.planes[3]);
    webp.a_stride = static_cast<int>(picture.planes[3].stride());
  }
}

// libwebp's packed form: alpha in the highest byte, blue in the lowest.
Status PackRgb(const PlanarImage& picture, WebPPicture& webp) {
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
  return {};
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
  Output output{.room = out};
  WebPPicture webp;
  THIMBLE_CHECK(WebPPictureInit(&webp));
  const CPtr<WebPPicture, &WebPPictureFree> allocations(&webp);  // what libwebp adds to it
  webp.width = picture.size.width;
  webp.height = picture.size.height;
  webp.writer = &WriteBytes;
  webp.custom_ptr = &output;
  if (planar) {
    BorrowPlanes(picture, webp);
  } else if (Status packed = PackRgb(picture, webp); !packed) {
    return Forward(packed);
  }
  const WebPConfig config = ConfigFor(quality, planar);
  if (!WebPEncode(&config, &webp)) {
    // libwebp does not name this error when it is the last bytes that find no room.
    if (output.is_full) return Fail(ErrorCode::kResultTooLarge);
    return Fail(ErrorCodeOf(webp.error_code),
                "libwebp: error " + std::to_string(static_cast<int>(webp.error_code)));
  }
  return output.used;
}

}  // namespace thimble
