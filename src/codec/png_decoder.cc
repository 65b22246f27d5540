// PNG (ISO/IEC 15948) through libpng: any colour type and depth becomes 8-bit gray or RGB planes,
// with alpha where the file has an alpha channel or a tRNS chunk.
//
// Of the ancillary chunks only iCCP, sRGB, tRNS and eXIf are read; the others, and the bombs that
// hide in them, are skipped without being inflated. An eXIf chunk after the pixels is not seen. An
// animated PNG shows its default image.

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include <png.h>

#include "codec/codecs.h"
#include "codec/exif.h"
#include "codec/interleave.h"
#include "codec/png_guard.h"

namespace thimble {
namespace {

// Stops chunks that claim gigabytes. Nothing that is read needs as much as this.
constexpr png_alloc_size_t kMaxChunkBytes = 8U << 20;
constexpr png_uint_32 kMaxCachedChunks = 128;
constexpr int kBandRows = BandSplitter::kBandRows;

// Five bytes a name, as libpng wants them.
constexpr std::array<png_byte, 15> kReadAncillaryChunks = {'i', 'C', 'C', 'P', 0,   's', 'R', 'G',
                                                           'B', 0,   'e', 'X', 'I', 'f', 0};

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
  png_set_chunk_malloc_max(png, kMaxChunkBytes);
  png_set_chunk_cache_max(png, kMaxCachedChunks);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, kReadAncillaryChunks.data(),
                              static_cast<int>(kReadAncillaryChunks.size() / 5));
}

std::vector<std::uint8_t> ProfileOf(png_structp png, png_infop info, const PictureLimits& limits) {
  if (png_get_valid(png, info, PNG_INFO_sRGB) != 0) return {};
  png_charp name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 bytes = 0;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &bytes) == 0) return {};
  if (bytes > limits.max_icc_bytes) return {};
  return {profile, profile + bytes};
}

Orientation OrientationOf(png_structp png, png_infop info) {
  png_uint_32 bytes = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(png, info, &bytes, &exif) == 0) return Orientation::kUpright;
  return OrientationFromExifBlock({exif, bytes});
}

SourceInfo Describe(png_structp png, png_infop info, const PictureLimits& limits) {
  const int color_type = png_get_color_type(png, info);
  SourceInfo source;
  source.format = ImageFormat::kPng;
  source.size = {static_cast<int>(png_get_image_width(png, info)),
                 static_cast<int>(png_get_image_height(png, info))};
  source.orientation = OrientationOf(png, info);
  source.model = (color_type & PNG_COLOR_MASK_COLOR) != 0 ? ColorModel::kRgb : ColorModel::kGray;
  source.has_alpha =
      (color_type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  source.multi_pass = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  source.icc_profile = ProfileOf(png, info, limits);
  return source;
}

class PngDecoder final : public Decoder {
 public:
  explicit PngDecoder(ByteSpan source) : input_{.unread = source} {}
  ~PngDecoder() override { png_destroy_read_struct(&png_, &png_info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  PngDecoder(PngDecoder&&) = delete;  // libpng holds pointers to the members
  PngDecoder& operator=(PngDecoder&&) = delete;

  Status ReadHeader(const PictureLimits& limits);
  const SourceInfo& info() const override { return info_; }
  Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) override;
  Status Decode(BandSink& sink) override;

 private:
  int channels() const {
    return static_cast<int>(ColorPlaneCount(info_.model)) + (info_.has_alpha ? 1 : 0);
  }
  Status DecodeRowByRow(BandSink& sink);
  Status DecodeInterlaced(BandSink& sink);
  Status ReadRows(InterleavedRows& rows, int count);

  PngFault fault_;
  Input input_;
  png_structp png_ = nullptr;
  png_infop png_info_ = nullptr;
  int passes_ = 0;
  SourceInfo info_;
};

Status PngDecoder::ReadHeader(const PictureLimits& limits) {
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
  info_ = Describe(png_, png_info_, limits);
  return {};
}

Expected<std::vector<PlaneLayout>> PngDecoder::Start(DecodeScale scale) {
  THIMBLE_CHECK(scale.eighths == 8);
  const bool started = RunGuarded(png_, [&] {
    png_set_expand(png_);  // palette to RGB, 1-4 bits to 8, tRNS to alpha
    png_set_scale_16(png_);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, png_info_);
  });
  if (!started) return FailPng(fault_);
  THIMBLE_CHECK(png_get_rowbytes(png_, png_info_) ==
                static_cast<std::size_t>(info_.size.width) * static_cast<std::size_t>(channels()));
  return std::vector<PlaneLayout>(static_cast<std::size_t>(channels()),
                                  PlaneLayout{.size = info_.size});
}

// What follows the last row (IEND, more metadata) is not read: nothing of it is wanted.
Status PngDecoder::Decode(BandSink& sink) {
  return info_.multi_pass ? DecodeInterlaced(sink) : DecodeRowByRow(sink);
}

Status PngDecoder::DecodeRowByRow(BandSink& sink) {
  const auto [width, height] = info_.size;
  THIMBLE_TRY(BandSplitter splitter, BandSplitter::Create(width, channels()));
  THIMBLE_TRY(InterleavedRows rows, InterleavedRows::Create({width, kBandRows}, channels()));
  for (int y = 0; y < height; y += kBandRows) {
    const int count = std::min(kBandRows, height - y);
    if (Status read = ReadRows(rows, count); !read) return read;
    if (!splitter.Emit(rows, count, sink)) return {};
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
  splitter.Emit(rows, info_.size.height, sink);
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
  auto decoder = std::make_unique<PngDecoder>(source);
  if (Status read = decoder->ReadHeader(limits); !read) return Forward(read);
  return decoder;
}

}  // namespace thimble
