// JPEG: planes as they are stored, at any DCT scale. libjpeg-turbo reads the header. The
// coefficients of the common kind of picture are read by src/jpeg, which is faster; those of all
// others, and of whatever it finds wrong, by libjpeg-turbo. Samples are made of them by src/jpeg,
// so that both ways give the same.
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
#include "codec/jpeg_coefficient_reader.h"
#include "codec/jpeg_error.h"
#include "codec/jpeg_fine_pattern.h"
#include "codec/jpeg_frame.h"
#include "codec/jpeg_markers.h"
#include "codec/jpeg_progressive.h"

namespace thimble {
namespace {

constexpr int kSupportedPrecision = 8;  // bits a sample

// Each scan costs a pass over all coefficients, however few its bytes are. A picture may have more
// scans than any encoder makes unless it is large: then so many pixels may be passed over.
constexpr std::int64_t kScansOfAnyPicture = 24;
constexpr std::int64_t kMaxPixelsInAllScans = 500'000'000;

std::int64_t MaxScans(Size size, const PictureLimits& limits) {
  const std::int64_t pixels = std::max<std::int64_t>(size.area(), 1);
  return std::min<std::int64_t>(limits.max_jpeg_scans,
                                std::max(kScansOfAnyPicture, kMaxPixelsInAllScans / pixels));
}

class JpegDecoder final : public Decoder {
 public:
  JpegDecoder() = default;
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() override { jpeg_destroy_decompress(&libjpeg_); }

  Status Open(ByteSpan source, const PictureLimits& limits);

  const SourceInfo& info() const override { return info_; }
  bool HoldsFinePattern() const override { return thimble::HoldsFinePattern(libjpeg_); }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;
  bool DecodeTogether(std::span<const ScaledSink> outputs) override;

 private:
  Status ReadHeader(ByteSpan source);
  std::vector<PlaneLayout> LayoutsAt(std::span<const int> block_sides) const;
  BandCutter CutterFor(const ScaledSink& output) const;
  Status DecodeAll(std::span<const ScaledSink> outputs);
  Expected<ScanEnd> DecodeByOwnMethod(std::span<const ScanOutput> outputs) const;
  Status DecodeByLibjpeg(std::span<const ScanOutput> outputs);
  bool IsComplete() const;

  std::span<const jpeg_component_info> components() const {
    return {libjpeg_.comp_info, static_cast<std::size_t>(libjpeg_.num_components)};
  }

  ByteSpan source_;
  JpegErrors errors_;
  jpeg_decompress_struct libjpeg_{};
  DecodeScale scale_;
  SourceInfo info_;
  JpegMethod method_ = JpegMethod::kFastest;
};

Status JpegDecoder::Open(ByteSpan source, const PictureLimits& limits) {
  method_ = limits.jpeg_method;
  source_ = source;
  if (Status read = ReadHeader(source); !read) return read;

  const std::optional<ColorModel> model = ColorModelOf(libjpeg_);
  if (!model) return Fail(ErrorCode::kUnsupportedFormat, "JPEG with an unusual component count");
  if (libjpeg_.data_precision != kSupportedPrecision) {
    return Fail(ErrorCode::kUnsupportedFormat, "JPEG with an unusual precision");
  }
  const Size size = {static_cast<int>(libjpeg_.image_width),
                     static_cast<int>(libjpeg_.image_height)};
  const bool multi_pass = jpeg_has_multiple_scans(&libjpeg_) != FALSE;
  if (multi_pass && HasMoreScansThan(source, MaxScans(size, limits))) {
    return Fail(ErrorCode::kTooManyScans);
  }
  info_ = {.format = ImageFormat::kJpeg,
           .size = size,
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

std::vector<PlaneLayout> JpegDecoder::LayoutsAt(std::span<const int> block_sides) const {
  std::vector<PlaneLayout> layouts;
  for (std::size_t i = 0; i < block_sides.size(); ++i) {
    layouts.push_back(LayoutOf(libjpeg_, components()[i], block_sides[i]));
  }
  return layouts;
}

Expected<std::vector<PlaneLayout>> JpegDecoder::Start(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths >= 1 && scale.eighths <= DCTSIZE);
  THIMBLE_CHECK(scale.chroma_eighths >= 1 && scale.chroma_eighths <= DCTSIZE);
  scale_ = scale;
  return LayoutsAt(BlockSidesFor(libjpeg_, info_.model, scale));
}

BandCutter JpegDecoder::CutterFor(const ScaledSink& output) const {
  std::vector<ComponentRows> rows;
  for (const PlaneLayout& layout : LayoutsAt(BlockSidesFor(libjpeg_, info_.model, output.scale))) {
    rows.emplace_back(layout.size, IsInverted(libjpeg_, static_cast<int>(rows.size())));
  }
  return BandCutter(std::move(rows), *output.sink);
}

Status JpegDecoder::Decode(BandSink& sink) {
  const ScaledSink output = {scale_, &sink};
  return DecodeAll({&output, 1});
}

bool JpegDecoder::DecodeTogether(std::span<const ScaledSink> outputs) {
  if (DecodeAll(outputs)) return true;
  // For who decodes one by one now. The header was good, so it is again.
  jpeg_abort_decompress(&libjpeg_);
  static_cast<void>(ReadHeader(source_));
  return false;
}

Status JpegDecoder::DecodeAll(std::span<const ScaledSink> outputs) {
  std::vector<BandCutter> cutters;
  cutters.reserve(outputs.size());  // scan_outputs points to them
  std::vector<ScanOutput> scan_outputs;
  for (const ScaledSink& output : outputs) {
    cutters.push_back(CutterFor(output));
    scan_outputs.push_back({BlockSidesFor(libjpeg_, info_.model, output.scale), &cutters.back()});
  }
  THIMBLE_TRY(const ScanEnd end, DecodeByOwnMethod(scan_outputs));
  if (end == ScanEnd::kComplete) return {};
  for (BandCutter& cutter : cutters) cutter.BeginAgain();
  return DecodeByLibjpeg(scan_outputs);
}

Expected<ScanEnd> JpegDecoder::DecodeByOwnMethod(std::span<const ScanOutput> outputs) const {
  if (method_ != JpegMethod::kFastest) return ScanEnd::kNotRead;
  if (libjpeg_.progressive_mode) return DecodeProgressive(libjpeg_, outputs);
  const std::optional<BaselineScan> scan = BaselineScanOf(libjpeg_);
  return scan ? DecodeBaselineScan(*scan, outputs) : ScanEnd::kNotRead;
}

Status JpegDecoder::DecodeByLibjpeg(std::span<const ScanOutput> outputs) {
  LibjpegCoefficients coefficients(libjpeg_, errors_);
  if (Status read = coefficients.Read(); !read) return read;
  const std::optional<JpegFrame> frame = FrameOf(libjpeg_);
  if (!frame || !IsComplete()) return Fail(ErrorCode::kCorruptImage, "missing data");
  THIMBLE_TRY(const ScanEnd end, TransformCoefficients(*frame, coefficients, outputs));
  THIMBLE_CHECK(end == ScanEnd::kComplete);
  return {};
}

// libjpeg reports Huffman data that are missing inside a scan; it does not report whole scans that
// are missing, nor arithmetic-coded data, which it continues with zeros.
bool JpegDecoder::IsComplete() const {
  for (const jpeg_component_info& component : components()) {
    if (component.quant_table == nullptr) return false;  // no scan had this component
  }
  if (libjpeg_.arith_code && errors_.source_ended()) return false;
  if (!libjpeg_.progressive_mode) return true;
  for (int i = 0; i < libjpeg_.num_components; ++i) {
    const std::span<const int, DCTSIZE2> bits_to_come(libjpeg_.coef_bits[i]);
    if (bits_to_come.front() < 0) return false;  // DC has not come at all
    if (!errors_.source_ended()) continue;
    // Without an end marker more scans may have followed, unless all bits of all coefficients came.
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
