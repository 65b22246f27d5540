// JPEG through libjpeg-turbo's raw-data interface: planes as they are stored, at any DCT scale.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_error.h"
#include "codec/jpeg_markers.h"

namespace thimble {
namespace {

constexpr int kSupportedPrecision = 8;  // bits a sample

std::optional<ColorModel> ColorModelOf(const jpeg_decompress_struct& libjpeg) {
  switch (libjpeg.jpeg_color_space) {
    case JCS_GRAYSCALE: return ColorModel::kGray;
    case JCS_YCbCr: return ColorModel::kYCbCr;
    case JCS_RGB: return ColorModel::kRgb;
    case JCS_CMYK: return ColorModel::kCmyk;
    case JCS_YCCK: return ColorModel::kYcck;
    default: return std::nullopt;
  }
}

// The reduction of the finer chroma plane, in whole luma samples: exact but for pictures whose Cb
// and Cr differ or whose luma is reduced too.
ChromaSubsampling ChromaSubsamplingOf(const jpeg_decompress_struct& libjpeg, ColorModel model) {
  if (model != ColorModel::kYCbCr && model != ColorModel::kYcck) return {};
  const jpeg_component_info& cb = libjpeg.comp_info[1];
  const jpeg_component_info& cr = libjpeg.comp_info[2];
  return {libjpeg.max_h_samp_factor / std::max(cb.h_samp_factor, cr.h_samp_factor),
          libjpeg.max_v_samp_factor / std::max(cb.v_samp_factor, cr.v_samp_factor)};
}

// Adobe's applications store inks as 255 = none and say so with their marker. The C, M and Y of
// YCCK are inverted once more by its definition, so only K is left to turn.
bool IsInverted(const jpeg_decompress_struct& libjpeg, int component) {
  if (!libjpeg.saw_Adobe_marker) return false;
  return libjpeg.jpeg_color_space == JCS_CMYK ||
         (libjpeg.jpeg_color_space == JCS_YCCK && component == 3);
}

// Samples a side that a DCT block becomes at the chosen scale; it differs between components,
// because libjpeg scales reduced chroma less while that makes it as large as luma.
int ScaledBlockSide(const jpeg_component_info& component) {
#if JPEG_LIB_VERSION >= 70
  return component.DCT_v_scaled_size;
#else
  return component.DCT_scaled_size;
#endif
}

PlaneLayout LayoutOf(const jpeg_decompress_struct& libjpeg, const jpeg_component_info& component) {
  const double block_pitch = static_cast<double>(DCTSIZE) / ScaledBlockSide(component);
  return {.size = {static_cast<int>(component.downsampled_width),
                   static_cast<int>(component.downsampled_height)},
          .pitch_x = block_pitch * libjpeg.max_h_samp_factor / component.h_samp_factor,
          .pitch_y = block_pitch * libjpeg.max_v_samp_factor / component.v_samp_factor};
}

// The rows of one component that libjpeg decodes at a time (an iMCU row), used again for each band.
class ComponentBand {
 public:
  static Expected<ComponentBand> Create(const jpeg_component_info& component, bool inverted) {
    const int block_side = ScaledBlockSide(component);
    // libjpeg writes whole blocks, also where the picture's width ends inside one.
    const int width = static_cast<int>(component.width_in_blocks) * block_side;
    THIMBLE_TRY(Plane samples, Plane::Create({width, component.v_samp_factor * block_side}));
    return ComponentBand(std::move(samples), component, inverted);
  }

  JSAMPARRAY rows() { return rows_.data(); }

  // The rows just decoded that belong to the picture: the last band may be short.
  PlaneView TakeDecodedRows() {
    const int height = std::min(samples_.height(), rows_left_);
    rows_left_ -= height;
    if (inverted_) Invert(height);
    return {samples_.view().data, width_, height, samples_.stride()};
  }

 private:
  ComponentBand(Plane samples, const jpeg_component_info& component, bool inverted)
      : samples_(std::move(samples)),
        width_(static_cast<int>(component.downsampled_width)),
        rows_left_(static_cast<int>(component.downsampled_height)),
        inverted_(inverted) {
    for (int y = 0; y < samples_.height(); ++y) rows_.push_back(samples_.mutable_row(y).data());
  }

  void Invert(int height) {
    for (int y = 0; y < height; ++y) {
      for (std::uint8_t& sample : samples_.mutable_row(y)) {
        sample = static_cast<std::uint8_t>(~sample);
      }
    }
  }

  Plane samples_;
  std::vector<JSAMPROW> rows_;
  int width_;
  int rows_left_;
  bool inverted_;
};

class JpegDecoder final : public Decoder {
 public:
  JpegDecoder() = default;
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() override { jpeg_destroy_decompress(&libjpeg_); }

  Status Open(ByteSpan source, const PictureLimits& limits);

  const SourceInfo& info() const override { return info_; }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;

 private:
  Status ReadHeader(ByteSpan source);
  Expected<std::vector<ComponentBand>> CreateBands() const;
  Status PushBands(std::vector<ComponentBand>& components, BandSink& sink);
  bool IsComplete() const;

  std::span<const jpeg_component_info> components() const {
    return {libjpeg_.comp_info, static_cast<std::size_t>(libjpeg_.num_components)};
  }

  JpegErrors errors_;
  jpeg_decompress_struct libjpeg_{};
  SourceInfo info_;
};

Status JpegDecoder::Open(ByteSpan source, const PictureLimits& limits) {
  if (Status read = ReadHeader(source); !read) return read;

  const std::optional<ColorModel> model = ColorModelOf(libjpeg_);
  if (!model) return Fail(ErrorCode::kUnsupportedFormat, "JPEG with an unusual component count");
  if (libjpeg_.data_precision != kSupportedPrecision) {
    return Fail(ErrorCode::kUnsupportedFormat, "JPEG with an unusual precision");
  }
  const bool multi_pass = jpeg_has_multiple_scans(&libjpeg_) != FALSE;
  if (multi_pass && HasMoreScansThan(source, limits.max_jpeg_scans)) {
    return Fail(ErrorCode::kTooManyScans);
  }
  info_ = {
      .format = ImageFormat::kJpeg,
      .size = {static_cast<int>(libjpeg_.image_width), static_cast<int>(libjpeg_.image_height)},
      .orientation = OrientationFromJpeg(source),
      .model = *model,
      .has_alpha = false,
      .chroma = ChromaSubsamplingOf(libjpeg_, *model),
      .multi_pass = multi_pass,
      .icc_profile = IccProfileFromJpeg(source, limits.max_icc_bytes)};
  return {};
}

Status JpegDecoder::ReadHeader(ByteSpan source) {
  errors_.Attach(libjpeg_);
  return errors_.Run([this, source] {
    jpeg_CreateDecompress(&libjpeg_, JPEG_LIB_VERSION, sizeof(libjpeg_));
    jpeg_mem_src(&libjpeg_, source.data(), source.size());
    jpeg_read_header(&libjpeg_, TRUE);
  });
}

Expected<std::vector<PlaneLayout>> JpegDecoder::Start(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths >= 1 && scale.eighths <= DCTSIZE);
  libjpeg_.scale_num = static_cast<unsigned>(scale.eighths);
  libjpeg_.scale_denom = DCTSIZE;
  libjpeg_.out_color_space = libjpeg_.jpeg_color_space;
  libjpeg_.raw_data_out = TRUE;
  libjpeg_.do_block_smoothing = FALSE;  // it embellishes coefficients that are missing
  Status sized = errors_.Run([this] { jpeg_calc_output_dimensions(&libjpeg_); });
  if (!sized) return Forward(sized);

  std::vector<PlaneLayout> layouts;
  layouts.reserve(components().size());
  for (const jpeg_component_info& component : components()) {
    layouts.push_back(LayoutOf(libjpeg_, component));
  }
  return layouts;
}

Status JpegDecoder::Decode(BandSink& sink) {
  THIMBLE_CHECK(libjpeg_.raw_data_out);
  // Reads all scans of a multi-pass picture.
  Status started = errors_.Run([this] { jpeg_start_decompress(&libjpeg_); });
  if (!started) return started;
  if (info_.multi_pass && !IsComplete()) return Fail(ErrorCode::kCorruptImage, "missing scans");

  THIMBLE_TRY(std::vector<ComponentBand> bands, CreateBands());
  return PushBands(bands, sink);
}

Expected<std::vector<ComponentBand>> JpegDecoder::CreateBands() const {
  std::vector<ComponentBand> bands;
  for (const jpeg_component_info& component : components()) {
    const bool inverted = IsInverted(libjpeg_, component.component_index);
    THIMBLE_TRY(ComponentBand band, ComponentBand::Create(component, inverted));
    bands.push_back(std::move(band));
  }
  return bands;
}

Status JpegDecoder::PushBands(std::vector<ComponentBand>& components, BandSink& sink) {
  std::vector<JSAMPARRAY> rows;
  rows.reserve(components.size());
  for (ComponentBand& component : components) rows.push_back(component.rows());
  std::vector<PlaneView> band(components.size());
  const auto max_lines = static_cast<JDIMENSION>(libjpeg_.max_v_samp_factor * DCTSIZE);

  while (libjpeg_.output_scanline < libjpeg_.output_height) {
    Status read = errors_.Run([&] { jpeg_read_raw_data(&libjpeg_, rows.data(), max_lines); });
    if (!read) return read;
    std::transform(components.begin(), components.end(), band.begin(),
                   [](ComponentBand& component) { return component.TakeDecodedRows(); });
    if (!sink.AcceptBand(band)) return {};
  }
  if (!IsComplete()) return Fail(ErrorCode::kCorruptImage, "missing data");
  return {};
}

// libjpeg reports Huffman data that are missing inside a scan; it does not report whole scans that
// are missing, nor arithmetic-coded data, which it continues with zeros.
bool JpegDecoder::IsComplete() const {
  for (const jpeg_component_info& component : components()) {
    if (component.quant_table == nullptr) return false;  // no scan had this component
  }
  if (!errors_.source_ended()) return true;
  if (libjpeg_.arith_code) return false;
  if (!libjpeg_.progressive_mode) return true;
  // Without an end marker more scans may have followed, unless all bits of all coefficients came.
  for (int i = 0; i < libjpeg_.num_components; ++i) {
    const std::span<const int, DCTSIZE2> bits_to_come(libjpeg_.coef_bits[i]);
    if (!std::all_of(bits_to_come.begin(), bits_to_come.end(), [](int n) { return n == 0; })) {
      return false;
    }
  }
  return true;
}

}  // namespace

Expected<std::unique_ptr<Decoder>> OpenJpegDecoder(ByteSpan source, const PictureLimits& limits) {
  auto decoder = std::make_unique<JpegDecoder>();
  if (Status opened = decoder->Open(source, limits); !opened) return Forward(opened);
  return decoder;
}

}  // namespace thimble
