// PNG (ISO/IEC 15948) through libpng: any colour type and depth becomes 8-bit gray or RGB planes,
// with alpha where the file has an alpha channel or a tRNS chunk.
//
// Of the usual kind of picture (8 bits, not interlaced, no palette) libpng reads only the header:
// the pixels are inflated at once and unfiltered by SIMD, in a third of libpng's time. Where the
// pixel data has any fault, libpng reads that as well and decides what the fault means.
//
// Of the ancillary chunks libpng reads only tRNS and eXIf; the others, and the bombs that hide in
// them, are skipped without being inflated. Those about colours are read elsewhere (png_color.h).
// An eXIf chunk after the pixels is not seen. An animated PNG shows its default image.

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <png.h>

#include "codec/codecs.h"
#include "codec/exif.h"
#include "codec/interleave.h"
#include "codec/png_color.h"
#include "codec/png_guard.h"
#include "codec/png_inflate.h"
#include "codec/png_unfilter.h"

namespace thimble {
namespace {

// Stops chunks that claim gigabytes. Nothing that is read needs as much as this.
constexpr png_alloc_size_t kMaxChunkBytes = 8U << 20;
constexpr png_uint_32 kMaxCachedChunks = 128;
constexpr int kBandRows = BandSplitter::kBandRows;
// What a picture may take to be inflated at once: 16 megapixels with alpha, 22 without. A worker
// keeps its footprint; larger PNGs are rare.
constexpr std::size_t kMaxInflatedBytes = std::size_t{64} << 20;
// The length and the name, which libpng reads of the first IDAT chunk together with the header.
constexpr std::size_t kChunkHeaderBytes = 8;

// Five bytes a name, as libpng wants them. It reads tRNS anyway.
constexpr std::array<png_byte, 5> kReadAncillaryChunks = {'e', 'X', 'I', 'f', 0};

// What libpng may read next.
struct Input {
  ByteSpan unread;
  std::size_t budget = std::numeric_limits<std::size_t>::max();  // bytes
};

void ReadBytes(png_structp png, png_bytep out, std::size_t count) {
  auto* input = static_cast<Input*>(png_get_io_ptr(png));
  if (count > input->unread.size()) png_error(png, "the file ends too early");
  if (count > input->budget) png_error(png, "too many bytes for one row");
  std::memcpy(out, input->unread.data(), count);
  input->unread = input->unread.subspan(count);
  input->budget -= count;
}

// Deflate expands by less than a thousandth and a stored row is at most twice as long as ours (16
// bits), so this is ample. It stops what follows the last row: libpng would inflate all of it, a
// gigabyte for each megabyte, only to throw it away.
std::size_t BudgetOfRow(const InterleavedRows& rows) { return 4 * rows.row_bytes() + 65'536; }

// The plan judges the size, so the header may claim any.
void SetLimits(png_structp png) {
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Some encoders' zlib headers ask for too little memory; nobody but zlib minds.
  png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
  png_set_chunk_malloc_max(png, kMaxChunkBytes);
  png_set_chunk_cache_max(png, kMaxCachedChunks);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, kReadAncillaryChunks.data(),
                              static_cast<int>(kReadAncillaryChunks.size() / 5));
}

Orientation OrientationOf(png_structp png, png_infop info) {
  png_uint_32 bytes = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(png, info, &bytes, &exif) == 0) return Orientation::kUpright;
  return OrientationFromExifBlock({exif, bytes});
}

// A tRNS chunk that libpng applies. One that comes before a PLTE chunk it reads and then drops,
// which leaves it valid, but without entries.
bool HasTransparentColors(png_structp png, png_infop info) {
  int count = 0;
  png_get_tRNS(png, info, nullptr, &count, nullptr);
  return count > 0;
}

SourceInfo Describe(png_structp png, png_infop info) {
  const int color_type = png_get_color_type(png, info);
  SourceInfo source;
  source.format = ImageFormat::kPng;
  source.size = {static_cast<int>(png_get_image_width(png, info)),
                 static_cast<int>(png_get_image_height(png, info))};
  source.orientation = OrientationOf(png, info);
  source.model = (color_type & PNG_COLOR_MASK_COLOR) != 0 ? ColorModel::kRgb : ColorModel::kGray;
  source.has_alpha = (color_type & PNG_COLOR_MASK_ALPHA) != 0 || HasTransparentColors(png, info);
  source.multi_pass = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  source.is_deep = png_get_bit_depth(png, info) == 16;
  return source;
}

// Are the stored samples already those that libpng would return?
bool HasPlainSamples(png_structp png, png_infop info) {
  return png_get_bit_depth(png, info) == 8 &&
         png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE &&
         !HasTransparentColors(png, info) &&
         png_get_interlace_type(png, info) == PNG_INTERLACE_NONE;
}

bool HasKnownFilters(const InflatedPng& rows, std::size_t stored_row_bytes) {
  for (std::size_t at = 0; at < rows.size; at += stored_row_bytes) {
    if (rows.bytes.get()[at] >= kPngFilterTypes) return false;
  }
  return true;
}

// As png_set_scale_16 rounds.
std::uint8_t EightBits(std::uint32_t sample) {
  return static_cast<std::uint8_t>((sample * 255 + 32'895) >> 16);
}

// libpng's row of 16-bit samples, in place.
void ReduceRow(png_structp png, png_row_infop row, png_bytep data) {
  const auto& curves =
      *static_cast<const std::vector<DepthCurve>*>(png_get_user_transform_ptr(png));
  const std::size_t channels = row->channels;
  const std::uint8_t* from = data;
  for (png_uint_32 x = 0; x < row->width; ++x) {
    for (std::size_t c = 0; c < channels; ++c, from += 2) {
      const std::uint32_t sample = std::uint32_t{from[0]} << 8 | from[1];
      *data++ = c < curves.size() ? curves[c][sample] : EightBits(sample);
    }
  }
}

class PngDecoder final : public Decoder {
 public:
  PngDecoder(ByteSpan source, std::size_t max_inflated_bytes)
      : input_{.unread = source}, max_inflated_bytes_(max_inflated_bytes) {}
  ~PngDecoder() override { png_destroy_read_struct(&png_, &png_info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  PngDecoder(PngDecoder&&) = delete;  // libpng holds pointers to the members
  PngDecoder& operator=(PngDecoder&&) = delete;

  Status ReadHeader(const PictureLimits& limits);
  const SourceInfo& info() const override { return info_; }
  void ReduceDepthBy(std::vector<DepthCurve> curves) override { depth_curves_ = std::move(curves); }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;

 private:
  int channels() const {
    return static_cast<int>(ColorPlaneCount(info_.model)) + (info_.has_alpha ? 1 : 0);
  }
  std::optional<InflatedPng> InflateWhole() const;
  Status DecodeInflated(const InflatedPng& rows, BandSink& sink);
  Status DecodeRowByRow(BandSink& sink);
  Status DecodeInterlaced(BandSink& sink);
  Status ReadRows(InterleavedRows& rows, int count);

  PngFault fault_;
  Input input_;
  std::size_t max_inflated_bytes_;
  ByteSpan pixel_chunks_;  // for InflateWhole; empty when libpng has to read them
  png_structp png_ = nullptr;
  png_infop png_info_ = nullptr;
  int passes_ = 0;
  std::vector<DepthCurve> depth_curves_;  // of the colours; empty: they are rounded
  SourceInfo info_;
};

Status PngDecoder::ReadHeader(const PictureLimits& limits) {
  const ByteSpan source = input_.unread;
  png_ = CreatePngReadStruct(fault_);
  if (png_ == nullptr) return Fail(ErrorCode::kImageTooCostly, "libpng: no memory");
  png_info_ = png_create_info_struct(png_);
  if (png_info_ == nullptr) return Fail(ErrorCode::kImageTooCostly, "libpng: no memory");
  const bool read = RunGuarded(png_, [&] {
    png_set_read_fn(png_, &input_, &ReadBytes);
    SetLimits(png_);
    png_read_info(png_, png_info_);
  });
  if (!read) return FailPng(fault_);
  info_ = Describe(png_, png_info_);
  PngColor color = ColorOfPng(source, limits.max_icc_bytes);
  info_.icc_profile = std::move(color.icc_profile);
  info_.color_encoding = color.encoding;
  if (HasPlainSamples(png_, png_info_)) {
    pixel_chunks_ = {input_.unread.data() - kChunkHeaderBytes,
                     input_.unread.size() + kChunkHeaderBytes};
  }
  return {};
}

Expected<std::vector<PlaneLayout>> PngDecoder::Start(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths == 8);
  const bool started = RunGuarded(png_, [&] {
    png_set_expand(png_);  // palette to RGB, 1-4 bits to 8, tRNS to alpha
    if (depth_curves_.empty()) {
      png_set_scale_16(png_);
    } else {
      png_set_read_user_transform_fn(png_, &ReduceRow);
      png_set_user_transform_info(png_, &depth_curves_, 8, channels());
    }
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, png_info_);
  });
  if (!started) return FailPng(fault_);
  // Everything below counts on rows of this length, which only libpng decides about.
  if (png_get_rowbytes(png_, png_info_) !=
      static_cast<std::size_t>(info_.size.width) * static_cast<std::size_t>(channels())) {
    return Fail(ErrorCode::kCorruptImage, "rows of another length than the header tells");
  }
  return std::vector<PlaneLayout>(static_cast<std::size_t>(channels()),
                                  PlaneLayout{.size = info_.size});
}

// What follows the last row (IEND, more metadata) is not read: nothing of it is wanted.
Status PngDecoder::Decode(BandSink& sink) {
  if (const std::optional<InflatedPng> rows = InflateWhole()) return DecodeInflated(*rows, sink);
  return info_.multi_pass ? DecodeInterlaced(sink) : DecodeRowByRow(sink);
}

std::optional<InflatedPng> PngDecoder::InflateWhole() const {
  const std::size_t row_bytes = StoredPngRowBytes(info_.size.width, channels());
  const auto height = static_cast<std::size_t>(info_.size.height);
  if (pixel_chunks_.empty() || height > max_inflated_bytes_ / row_bytes) return {};
  std::optional<InflatedPng> rows = InflatePng(pixel_chunks_, height * row_bytes);
  if (rows && !HasKnownFilters(*rows, row_bytes)) return {};
  return rows;
}

// A band at a time, so that its rows are split into planes while they are in the cache.
Status PngDecoder::DecodeInflated(const InflatedPng& rows, BandSink& sink) {
  const auto [width, height] = info_.size;
  THIMBLE_TRY(PngUnfilter unfilter, PngUnfilter::Create(width, channels()));
  THIMBLE_TRY(BandSplitter splitter, BandSplitter::Create(width, channels()));
  const std::size_t row_bytes = StoredPngRowBytes(width, channels());
  std::uint8_t* stored = rows.bytes.get();
  for (int y = 0; y < height; y += kBandRows) {
    const int count = std::min(kBandRows, height - y);
    const std::span<std::uint8_t> band(stored, static_cast<std::size_t>(count) * row_bytes);
    unfilter.UndoNextRows(band);
    const InterleavedView samples{.data = band.data() + 1,
                                  .size = {width, count},
                                  .channels = channels(),
                                  .stride = static_cast<std::ptrdiff_t>(row_bytes)};
    if (!splitter.Emit(samples, sink)) return {};
    stored += band.size();
  }
  return {};
}

Status PngDecoder::DecodeRowByRow(BandSink& sink) {
  const auto [width, height] = info_.size;
  THIMBLE_TRY(BandSplitter splitter, BandSplitter::Create(width, channels()));
  THIMBLE_TRY(InterleavedRows rows, InterleavedRows::Create({width, kBandRows}, channels()));
  for (int y = 0; y < height; y += kBandRows) {
    const int count = std::min(kBandRows, height - y);
    if (Status read = ReadRows(rows, count); !read) return read;
    if (!splitter.Emit(rows.view(count), sink)) return {};
  }
  return {};
}

// Each pass fills its own pixels of the rows, so all of them are held until the last has run.
Status PngDecoder::DecodeInterlaced(BandSink& sink) {
  THIMBLE_TRY(BandSplitter splitter, BandSplitter::Create(info_.size.width, channels()));
  THIMBLE_TRY(InterleavedRows rows, InterleavedRows::Create(info_.size, channels()));
  for (int pass = 0; pass < passes_; ++pass) {
    if (Status read = ReadRows(rows, info_.size.height); !read) return read;
  }
  splitter.Emit(rows.view(info_.size.height), sink);
  return {};
}

Status PngDecoder::ReadRows(InterleavedRows& rows, int count) {
  const bool read = RunGuarded(png_, [&] {
    for (int y = 0; y < count; ++y) {
      input_.budget = BudgetOfRow(rows);
      png_read_row(png_, rows.row(y), nullptr);
    }
  });
  if (!read) return FailPng(fault_);
  return {};
}

}  // namespace

Expected<std::unique_ptr<Decoder>> OpenPngDecoder(ByteSpan source, const PictureLimits& limits) {
  return OpenPngDecoderWithin(kMaxInflatedBytes, source, limits);
}

Expected<std::unique_ptr<Decoder>> OpenPngDecoderWithin(std::size_t max_inflated_bytes,
                                                        ByteSpan source,
                                                        const PictureLimits& limits) {
  auto decoder = std::make_unique<PngDecoder>(source, max_inflated_bytes);
  if (Status read = decoder->ReadHeader(limits); !read) return Forward(read);
  return decoder;
}

}  // namespace thimble
