#include "codec/webp_alpha.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <libdeflate.h>
#include <webp/encode.h>

#include "base/bytes.h"
#include "base/c_ptr.h"
#include "image/size.h"

namespace thimble {
namespace {

using Samples = std::vector<std::uint8_t>;
using Estimator = CPtr<libdeflate_compressor, &libdeflate_free_compressor>;

// Named as in the format. Its fourth, the gradient filter, is left out: it is hardly ever the best,
// for the lossless coder predicts by gradients itself.
enum class Filter : std::uint8_t { kNone = 0, kHorizontal = 1, kVertical = 2 };

// The effort. The quality is what libwebp would take for alpha at its method 4; that method's own
// search takes a tenth more time and saves nothing here. Quality 25 would save a tenth of the time
// and cost 4 % more bytes.
constexpr int kMethod = 3;
constexpr float kQuality = 32;

constexpr std::uint8_t kLossless = 1;
constexpr int kFilterShift = 2;
// What libwebp writes before the stream that an ALPH chunk wants: the RIFF header, the chunk's
// header, and the stream's own with the size.
constexpr std::size_t kHeaderBytes = 12 + 8 + 5;

// A filter has to save this share: it also hides the picture from the coder's own predictors, which
// the estimate knows nothing about.
constexpr std::size_t kWorthwhile = 10;
constexpr std::size_t kEstimatedBytes = 131'072;

// The first row and the first column are the same under every filter: there is nothing else to
// predict them from than the sample to the left and the one above.
Samples Residuals(PlaneView alpha, Filter filter) {
  Samples residuals;
  residuals.reserve(static_cast<std::size_t>(alpha.width) * static_cast<std::size_t>(alpha.height));
  for (int y = 0; y < alpha.height; ++y) {
    const auto row = alpha.row(y);
    residuals.insert(residuals.end(), row.begin(), row.end());
    if (filter == Filter::kNone) continue;
    std::uint8_t* out = residuals.data() + residuals.size() - row.size();
    const std::uint8_t* above = alpha.data + (y - 1) * alpha.stride;
    if (y > 0) out[0] = static_cast<std::uint8_t>(row[0] - above[0]);
    const bool from_left = filter == Filter::kHorizontal || y == 0;
    const std::uint8_t* prediction = from_left ? row.data() : above + 1;
    for (std::size_t x = 1; x < row.size(); ++x) {
      out[x] = static_cast<std::uint8_t>(row[x] - prediction[x - 1]);
    }
  }
  return residuals;
}

// How far another compressor gets with the middle of the plane, in a thirtieth of libwebp's time.
std::size_t EstimatedBytes(ByteSpan residuals, libdeflate_compressor* estimator) {
  const std::size_t count = std::min(residuals.size(), kEstimatedBytes);
  const ByteSpan middle = residuals.subspan((residuals.size() - count) / 2, count);
  Samples scratch(libdeflate_deflate_compress_bound(estimator, count));
  return libdeflate_deflate_compress(estimator, middle.data(), middle.size(), scratch.data(),
                                     scratch.size());
}

struct FilteredAlpha {
  Filter filter = Filter::kNone;
  Samples residuals;
  std::size_t estimate = 0;
};

Expected<FilteredAlpha> FilterWell(PlaneView alpha) {
  const Estimator estimator(libdeflate_alloc_compressor(1));
  if (!estimator) return Fail(ErrorCode::kImageTooCostly, "libdeflate: no memory");
  FilteredAlpha best;
  for (const Filter filter : {Filter::kNone, Filter::kHorizontal, Filter::kVertical}) {
    Samples residuals = Residuals(alpha, filter);
    const std::size_t estimate = EstimatedBytes(residuals, estimator.get());
    if (filter != Filter::kNone && estimate > best.estimate - best.estimate / kWorthwhile) continue;
    best = {filter, std::move(residuals), estimate};
  }
  return best;
}

// The lossless coder wants pixels; those of alpha are their green.
bool PutGreen(ByteSpan samples, WebPPicture& picture) {
  picture.use_argb = 1;
  if (!WebPPictureAlloc(&picture)) return false;
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = samples.data() + std::ptrdiff_t{y} * picture.width;
    std::uint32_t* to = picture.argb + std::ptrdiff_t{y} * picture.argb_stride;
    for (int x = 0; x < picture.width; ++x) to[x] = 0xFF000000U | std::uint32_t{from[x]} << 8;
  }
  return true;
}

// Appends to `payload`.
Status EncodeLossless(ByteSpan samples, Size size, Samples& payload) {
  WebPConfig config;
  THIMBLE_CHECK(WebPConfigInit(&config));
  config.lossless = 1;
  config.exact = 1;
  config.method = kMethod;
  config.quality = kQuality;
  config.thread_level = 0;  // the sandbox allows none
  WebPPicture picture;
  THIMBLE_CHECK(WebPPictureInit(&picture));
  const CPtr<WebPPicture, &WebPPictureFree> allocations(&picture);
  WebPMemoryWriter written;
  WebPMemoryWriterInit(&written);
  const CPtr<WebPMemoryWriter, &WebPMemoryWriterClear> written_bytes(&written);
  picture.width = size.width;
  picture.height = size.height;
  picture.writer = &WebPMemoryWrite;
  picture.custom_ptr = &written;
  // With a sound picture and room that grows, only memory can fail.
  if (!PutGreen(samples, picture) || !WebPEncode(&config, &picture)) {
    return Fail(ErrorCode::kImageTooCostly, "libwebp: alpha");
  }
  THIMBLE_CHECK(written.size > kHeaderBytes);
  payload.insert(payload.end(), written.mem + kHeaderBytes, written.mem + written.size);
  return {};
}

}  // namespace

Expected<std::vector<std::uint8_t>> EncodeWebpAlpha(PlaneView alpha) {
  THIMBLE_TRY(const FilteredAlpha filtered, FilterWell(alpha));
  const auto filter_bits = static_cast<unsigned>(filtered.filter) << kFilterShift;
  Samples payload = {static_cast<std::uint8_t>(kLossless | filter_bits)};
  const Size size{alpha.width, alpha.height};
  if (Status encoded = EncodeLossless(filtered.residuals, size, payload); !encoded) {
    return Forward(encoded);
  }
  return payload;
}

}  // namespace thimble
