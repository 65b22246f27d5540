// JPEG: planes as they are stored, at any DCT scale. libjpeg-turbo reads the header. The common
// kind of picture is decoded by src/jpeg, which is faster; all others, and whatever it finds wrong,
// by libjpeg-turbo's raw-data interface. Both give the same samples.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_bands.h"
#include "codec/jpeg_baseline.h"
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

PlaneLayout LayoutOf(const jpeg_decompress_struct& libjpeg, const jpeg_component_info& component) {
  const double block_pitch = static_cast<double>(DCTSIZE) / ScaledBlockSide(component);
  return {.size = {static_cast<int>(component.downsampled_width),
                   static_cast<int>(component.downsampled_height)},
          .pitch_x = block_pitch * libjpeg.max_h_samp_factor / component.h_samp_factor,
          .pitch_y = block_pitch * libjpeg.max_v_samp_factor / component.v_samp_factor};
}

class JpegDecoder final : public Decoder {
 public:
  JpegDecoder() = default;
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() override { jpeg_destroy_decompress(&libjpeg_); }

  Status Open(ByteSpan source, const PictureLimits& limits, JpegMethod method);

  const SourceInfo& info() const override { return info_; }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;
  bool decodes_together() const override { return BaselineScanForOwnMethod().has_value(); }
  bool DecodeTogether(std::span<const ScaledSink> outputs) override;

 private:
  Status ReadHeader(ByteSpan source);
  Status ScaleTo(DecodeScale scale);
  std::optional<BaselineScan> BaselineScanForOwnMethod() const;
  BandCutter CutterFor(BandSink& sink) const;
  Status LeaveOutUnneededScans();
  Status DecodeByLibjpeg(BandCutter& cutter);
  Expected<std::vector<ComponentBand>> CreateBands() const;
  Status PushBands(std::vector<ComponentBand>& bands, BandCutter& cutter);
  bool IsComplete() const;

  std::span<const jpeg_component_info> components() const {
    return {libjpeg_.comp_info, static_cast<std::size_t>(libjpeg_.num_components)};
  }

  ByteSpan source_;
  JpegErrors errors_;
  jpeg_decompress_struct libjpeg_{};
  DecodeScale scale_;
  std::vector<std::uint8_t> needed_scans_;  // the source without the others, where there are any
  SourceInfo info_;
  JpegMethod method_ = JpegMethod::kFastest;
};

Status JpegDecoder::Open(ByteSpan source, const PictureLimits& limits, JpegMethod method) {
  method_ = method;
  source_ = source;
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
    if (libjpeg_.mem == nullptr) {
      jpeg_CreateDecompress(&libjpeg_, JPEG_LIB_VERSION, sizeof(libjpeg_));
    }
    jpeg_mem_src(&libjpeg_, source.data(), source.size());
    jpeg_read_header(&libjpeg_, TRUE);
  });
}

Status JpegDecoder::ScaleTo(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths >= 1 && scale.eighths <= DCTSIZE);
  scale_ = scale;
  libjpeg_.scale_num = static_cast<unsigned>(scale.eighths);
  libjpeg_.scale_denom = DCTSIZE;
  libjpeg_.out_color_space = libjpeg_.jpeg_color_space;
  libjpeg_.raw_data_out = TRUE;
  libjpeg_.do_block_smoothing = FALSE;  // it embellishes coefficients that are missing
  return errors_.Run([this] { jpeg_calc_output_dimensions(&libjpeg_); });
}

Expected<std::vector<PlaneLayout>> JpegDecoder::Start(DecodeScale scale) {
  if (Status scaled = ScaleTo(scale); !scaled) return Forward(scaled);
  std::vector<PlaneLayout> layouts;
  layouts.reserve(components().size());
  for (const jpeg_component_info& component : components()) {
    layouts.push_back(LayoutOf(libjpeg_, component));
  }
  return layouts;
}

std::optional<BaselineScan> JpegDecoder::BaselineScanForOwnMethod() const {
  if (method_ != JpegMethod::kFastest) return std::nullopt;
  return BaselineScanOf(libjpeg_);
}

BandCutter JpegDecoder::CutterFor(BandSink& sink) const {
  std::vector<ComponentRows> rows;
  for (const jpeg_component_info& component : components()) {
    rows.emplace_back(component, IsInverted(libjpeg_, component.component_index));
  }
  return BandCutter(std::move(rows), sink);
}

Status JpegDecoder::Decode(BandSink& sink) {
  THIMBLE_CHECK(libjpeg_.raw_data_out);
  BandCutter cutter = CutterFor(sink);
  const std::optional<BaselineScan> scan = BaselineScanForOwnMethod();
  std::optional<std::vector<int>> block_sides = BlockSidesOf(libjpeg_);
  if (scan && block_sides) {
    const ScanOutput output = {std::move(*block_sides), &cutter};
    THIMBLE_TRY(const ScanEnd end, DecodeBaselineScan(*scan, {&output, 1}));
    if (end == ScanEnd::kComplete) return {};
    cutter.BeginAgain();
  }
  return DecodeByLibjpeg(cutter);
}

bool JpegDecoder::DecodeTogether(std::span<const ScaledSink> outputs) {
  const std::optional<BaselineScan> scan = BaselineScanForOwnMethod();
  if (!scan) return false;
  std::vector<BandCutter> cutters;
  cutters.reserve(outputs.size());  // scan_outputs points to them
  std::vector<ScanOutput> scan_outputs;
  for (const ScaledSink& output : outputs) {
    if (!ScaleTo(output.scale)) return false;
    std::optional<std::vector<int>> block_sides = BlockSidesOf(libjpeg_);
    if (!block_sides) return false;
    cutters.push_back(CutterFor(*output.sink));
    scan_outputs.push_back({std::move(*block_sides), &cutters.back()});
  }
  const Expected<ScanEnd> end = DecodeBaselineScan(*scan, scan_outputs);
  return end && *end == ScanEnd::kComplete;
}

// Where a component comes out at an eighth, its samples are its DC values: the scans of its AC
// coefficients, most of a progressive file, need not be read.
Status JpegDecoder::LeaveOutUnneededScans() {
  std::vector<int> reduced_to_dc;
  for (const jpeg_component_info& component : components()) {
    if (ScaledBlockSide(component) == 1) reduced_to_dc.push_back(component.component_id);
  }
  // A broken file may have two components of one name, whose scans cannot be told apart.
  for (const jpeg_component_info& component : components()) {
    if (ScaledBlockSide(component) != 1) std::erase(reduced_to_dc, component.component_id);
  }
  if (reduced_to_dc.empty()) return {};
  needed_scans_ = WithoutAcScans(source_, reduced_to_dc);
  jpeg_abort_decompress(&libjpeg_);
  if (Status read = ReadHeader(needed_scans_); !read) return read;
  return ScaleTo(scale_);
}

Status JpegDecoder::DecodeByLibjpeg(BandCutter& cutter) {
  if (libjpeg_.progressive_mode && method_ == JpegMethod::kFastest) {
    if (Status left_out = LeaveOutUnneededScans(); !left_out) return left_out;
  }
  // Reads all scans of a multi-pass picture.
  Status started = errors_.Run([this] { jpeg_start_decompress(&libjpeg_); });
  if (!started) return started;
  if (info_.multi_pass && !IsComplete()) return Fail(ErrorCode::kCorruptImage, "missing scans");

  THIMBLE_TRY(std::vector<ComponentBand> bands, CreateBands());
  return PushBands(bands, cutter);
}

Expected<std::vector<ComponentBand>> JpegDecoder::CreateBands() const {
  std::vector<ComponentBand> bands;
  for (const jpeg_component_info& component : components()) {
    THIMBLE_TRY(ComponentBand band, ComponentBand::Create(component));
    bands.push_back(std::move(band));
  }
  return bands;
}

Status JpegDecoder::PushBands(std::vector<ComponentBand>& bands, BandCutter& cutter) {
  std::vector<JSAMPARRAY> rows;
  rows.reserve(bands.size());
  for (ComponentBand& band : bands) rows.push_back(band.rows());
  const auto max_lines = static_cast<JDIMENSION>(libjpeg_.max_v_samp_factor * DCTSIZE);

  while (libjpeg_.output_scanline < libjpeg_.output_height) {
    Status read = errors_.Run([&] { jpeg_read_raw_data(&libjpeg_, rows.data(), max_lines); });
    if (!read) return read;
    if (!cutter.AcceptBand(bands)) return {};
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

Expected<std::unique_ptr<Decoder>> OpenJpegDecoderWith(JpegMethod method, ByteSpan source,
                                                       const PictureLimits& limits) {
  auto decoder = std::make_unique<JpegDecoder>();
  if (Status opened = decoder->Open(source, limits, method); !opened) return Forward(opened);
  return decoder;
}

Expected<std::unique_ptr<Decoder>> OpenJpegDecoder(ByteSpan source, const PictureLimits& limits) {
  return OpenJpegDecoderWith(JpegMethod::kFastest, source, limits);
}

}  // namespace thimble
