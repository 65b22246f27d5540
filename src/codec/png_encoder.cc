// PNG through libpng: 8-bit gray or RGB, with or without alpha. No sRGB chunk: a PNG without one is
// taken for sRGB.

#include "codec/encoder.h"

#include <cstring>

#include <png.h>

#include "codec/interleave.h"
#include "codec/png_guard.h"

namespace thimble {
namespace {

// Of zlib's levels the last cheap one: 6 takes two to three times as long for 1-3 % fewer bytes.
// The filters stay libpng's choice among all five, which is 5-10 % smaller than any one on
// graphics.
constexpr int kCompressionLevel = 4;
constexpr std::size_t kIdatBytes = 65'536;  // libpng's 8 KB would cut a chunk every 8 KB

struct Output {
  MutableByteSpan room;
  std::size_t used = 0;
};

void WriteBytes(png_structp png, png_bytep bytes, std::size_t count) {
  auto* output = static_cast<Output*>(png_get_io_ptr(png));
  if (count > output->room.size() - output->used) {
    static_cast<PngFault*>(png_get_error_ptr(png))->output_full = true;
    png_error(png, "no room for the result");
  }
  std::memcpy(output->room.data() + output->used, bytes, count);
  output->used += count;
}

void Flush(png_structp /*png*/) {}

int ColorTypeOf(const PlanarImage& picture) {
  const int color = picture.model == ColorModel::kRgb ? PNG_COLOR_MASK_COLOR : 0;
  return color | (picture.has_alpha ? PNG_COLOR_MASK_ALPHA : 0);
}

struct PngWriter {
  PngFault fault;
  png_structp png = CreatePngWriteStruct(fault);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);

  PngWriter() = default;
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
  PngWriter(PngWriter&&) = delete;  // libpng holds a pointer to `fault`
  PngWriter& operator=(PngWriter&&) = delete;
  ~PngWriter() { png_destroy_write_struct(&png, &info); }
};

void WriteHeader(const PngWriter& writer, const PlanarImage& picture, Output& output) {
  png_set_write_fn(writer.png, &output, &WriteBytes, &Flush);
  png_set_user_limits(writer.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(writer.png, kCompressionLevel);
  png_set_compression_buffer_size(writer.png, kIdatBytes);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(picture.size.width),
               static_cast<png_uint_32>(picture.size.height), 8, ColorTypeOf(picture),
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
}

// The views hold no resource: libpng may jump over them.
void WriteRows(png_structp png, const PlanarImage& picture, InterleavedRows& buffer) {
  const std::size_t channels = picture.planes.size();
  std::array<std::span<const std::uint8_t>, kMaxInterleavedChannels> samples;
  for (int y = 0; y < picture.size.height; ++y) {
    for (std::size_t c = 0; c < channels; ++c) samples[c] = picture.planes[c].row(y);
    InterleaveRow({samples.data(), channels}, {buffer.row(0), buffer.row_bytes()});
    png_write_row(png, buffer.row(0));
  }
}

}  // namespace

Expected<std::size_t> EncodePng(const PlanarImage& picture, MutableByteSpan out) {
  THIMBLE_CHECK(picture.model == ColorModel::kGray || picture.model == ColorModel::kRgb);
  THIMBLE_CHECK(picture.planes.size() ==
                ColorPlaneCount(picture.model) + (picture.has_alpha ? 1 : 0));
  THIMBLE_TRY(
      InterleavedRows buffer,
      InterleavedRows::Create({picture.size.width, 1}, static_cast<int>(picture.planes.size())));
  PngWriter writer;
  if (writer.info == nullptr) return Fail(ErrorCode::kImageTooCostly, "libpng: no memory");
  Output output{.room = out};
  const bool written = RunGuarded(writer.png, [&] {
    WriteHeader(writer, picture, output);
    WriteRows(writer.png, picture, buffer);
    png_write_end(writer.png, nullptr);
  });
  if (!written) return FailPng(writer.fault);
  return output.used;
}

}  // namespace thimble
