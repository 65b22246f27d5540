// WebP through libwebp. A lossy picture is delivered as its own Y, Cb, Cr (and alpha) planes, a
// lossless one as R, G, B (and alpha). Both are held whole: libwebp's lossless decoder holds them
// so anyway, and a lossy picture's planes are decoded in place.
//
// An animation shows its first frame: as a still picture would be if it covers the canvas, else as
// RGBA on a transparent canvas.

#include <string>
#include <utility>

#include <webp/decode.h>

#include "codec/codecs.h"
#include "codec/exif.h"
#include "codec/interleave.h"
#include "codec/webp_container.h"

namespace thimble {
namespace {

constexpr int kLossy = 1;  // WebPBitstreamFeatures::format
constexpr ChromaSubsampling kChroma420{.horizontal = 2, .vertical = 2};

Status StatusOf(VP8StatusCode code) {
  if (code == VP8_STATUS_OK) return {};
  const auto error =
      code == VP8_STATUS_OUT_OF_MEMORY ? ErrorCode::kImageTooCostly : ErrorCode::kCorruptImage;
  return Fail(error, "libwebp: status " + std::to_string(static_cast<int>(code)));
}

Expected<WebPBitstreamFeatures> FeaturesOf(ByteSpan bitstream) {
  WebPBitstreamFeatures features;
  if (Status read = StatusOf(WebPGetFeatures(bitstream.data(), bitstream.size(), &features));
      !read) {
    return Forward(read);
  }
  return features;
}

bool CoversCanvas(const WebpFramePlacement& placement) {
  return placement.size == placement.canvas;
}

SourceInfo Describe(const WebpContainer& container, const WebPBitstreamFeatures& features,
                    const PictureLimits& limits) {
  SourceInfo info;
  info.format = ImageFormat::kWebp;
  info.size = {features.width, features.height};
  info.has_alpha = features.has_alpha != 0;
  info.model = features.format == kLossy ? ColorModel::kYCbCrLimited : ColorModel::kRgb;
  if (container.placement && !CoversCanvas(*container.placement)) {
    info.size = container.placement->canvas;
    info.has_alpha = true;
    info.model = ColorModel::kRgb;
  }
  if (info.model == ColorModel::kYCbCrLimited) info.chroma = kChroma420;
  info.multi_pass = true;
  info.orientation = OrientationFromExifBlock(WithoutExifLabel(container.exif));
  if (std::cmp_less_equal(container.icc_profile.size(), limits.max_icc_bytes)) {
    info.icc_profile.assign(container.icc_profile.begin(), container.icc_profile.end());
  }
  return info;
}

// Makes a plane one of libwebp's output buffers.
void Lend(Plane& plane, std::uint8_t*& data, int& stride, std::size_t& bytes) {
  data = plane.mutable_view().data;
  stride = static_cast<int>(plane.stride());
  bytes = static_cast<std::size_t>(plane.stride()) * static_cast<std::size_t>(plane.height());
}

class WebpDecoder final : public Decoder {
 public:
  WebpDecoder(const WebpContainer& container, SourceInfo info)
      : container_(container), info_(std::move(info)) {}

  const SourceInfo& info() const override { return info_; }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;

 private:
  std::size_t plane_count() const {
    return ColorPlaneCount(info_.model) + (info_.has_alpha ? 1 : 0);
  }
  PlaneLayout LayoutOf(std::size_t plane) const;
  Status DecodePlanes(BandSink& sink);
  Status DecodeInterleaved(BandSink& sink);
  Status RunLibwebp(const WebPDecBuffer& output);

  WebpContainer container_;
  SourceInfo info_;
};

PlaneLayout WebpDecoder::LayoutOf(std::size_t plane) const {
  const bool is_chroma = info_.model == ColorModel::kYCbCrLimited && (plane == 1 || plane == 2);
  if (!is_chroma) return {.size = info_.size};
  return {.size = {(info_.size.width + 1) / 2, (info_.size.height + 1) / 2},
          .pitch_x = 2,
          .pitch_y = 2};
}

Expected<std::vector<PlaneLayout>> WebpDecoder::Start(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths == 8);
  std::vector<PlaneLayout> layouts;
  for (std::size_t plane = 0; plane < plane_count(); ++plane) layouts.push_back(LayoutOf(plane));
  return layouts;
}

Status WebpDecoder::Decode(BandSink& sink) {
  return info_.model == ColorModel::kYCbCrLimited ? DecodePlanes(sink) : DecodeInterleaved(sink);
}

Status WebpDecoder::DecodePlanes(BandSink& sink) {
  std::array<Plane, kMaxInterleavedChannels> planes;
  std::array<PlaneView, kMaxInterleavedChannels> views;
  for (std::size_t i = 0; i < plane_count(); ++i) {
    THIMBLE_TRY(planes[i], Plane::Create(LayoutOf(i).size));
    views[i] = planes[i].view();
  }
  WebPDecBuffer output{};
  output.colorspace = info_.has_alpha ? MODE_YUVA : MODE_YUV;
  WebPYUVABuffer& yuva = output.u.YUVA;
  Lend(planes[0], yuva.y, yuva.y_stride, yuva.y_size);
  Lend(planes[1], yuva.u, yuva.u_stride, yuva.u_size);
  Lend(planes[2], yuva.v, yuva.v_stride, yuva.v_size);
  if (info_.has_alpha) Lend(planes[3], yuva.a, yuva.a_stride, yuva.a_size);
  if (Status decoded = RunLibwebp(output); !decoded) return decoded;
  sink.AcceptBand({views.data(), plane_count()});
  return {};
}

Status WebpDecoder::DecodeInterleaved(BandSink& sink) {
  const auto channels = static_cast<int>(plane_count());
  THIMBLE_TRY(BandSplitter splitter, BandSplitter::Create(info_.size.width, channels));
  THIMBLE_TRY(InterleavedRows canvas, InterleavedRows::Create(info_.size, channels));
  const WebpFramePlacement placement =
      container_.placement.value_or(WebpFramePlacement{.canvas = info_.size, .size = info_.size});
  const auto row_bytes = canvas.row_bytes();
  const auto pixel_bytes = static_cast<std::size_t>(channels);
  WebPDecBuffer output{};
  output.colorspace = info_.has_alpha ? MODE_RGBA : MODE_RGB;
  output.u.RGBA.rgba =
      canvas.row(placement.y) + static_cast<std::size_t>(placement.x) * pixel_bytes;
  output.u.RGBA.stride = static_cast<int>(row_bytes);
  output.u.RGBA.size = static_cast<std::size_t>(placement.size.height - 1) * row_bytes +
                       static_cast<std::size_t>(placement.size.width) * pixel_bytes;
  if (Status decoded = RunLibwebp(output); !decoded) return decoded;
  splitter.Emit(canvas.view(info_.size.height), sink);
  return {};
}

Status WebpDecoder::RunLibwebp(const WebPDecBuffer& output) {
  WebPDecoderConfig config;
  THIMBLE_CHECK(WebPInitDecoderConfig(&config));
  config.options.use_threads = 0;  // the sandbox allows none
  config.output = output;
  config.output.is_external_memory = 1;
  return StatusOf(WebPDecode(container_.bitstream.data(), container_.bitstream.size(), &config));
}

}  // namespace

Expected<std::unique_ptr<Decoder>> OpenWebpDecoder(ByteSpan source, const PictureLimits& limits) {
  THIMBLE_TRY(const WebpContainer container, ReadWebpContainer(source));
  THIMBLE_TRY(const WebPBitstreamFeatures features, FeaturesOf(container.bitstream));
  if (container.placement && container.placement->size != Size{features.width, features.height}) {
    return Fail(ErrorCode::kCorruptImage, "frame and bitstream disagree about the size");
  }
  return std::make_unique<WebpDecoder>(container, Describe(container, features, limits));
}

}  // namespace thimble
